"""Options of a stylize run by subject; `ganfx.stylize.options.Options` has all of them."""
