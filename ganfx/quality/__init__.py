"""Numbers about pictures, and pages to judge them by eye. Nothing here needs a trained network.

Of pictures: `measures` (structure, style), `artefacts` (what a look must not add) and
`distances`; of shots: `flicker`. `appearance` and `steadiness` judge finished files with them.
To look at: `sheets`, `charts` and `pages`, what is shown of many (`sampling`), and how times and
lists are put (`wording`).
"""
