"""Metrics of pictures and shots, and pages to judge them by eye; none needs a trained network.

Of pictures: `metrics` (structure, style), `artifacts` (what a look must not add) and
`distances`; of shots: `flicker`. `appearance` and `steadiness` judge finished files with them.
To look at: `sheets`, `charts` and `pages`, a few of many (`sampling`), and texts of times and
lists (`wording`).
"""
