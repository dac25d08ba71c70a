"""Metrics of pictures and shots, limits for them, and pages to judge them by eye.

Of pictures: `metrics` (structure, style), `artifacts` (what a look must not add), `flip` and
`distances`; of shots: `flicker`. `appearance`, `style`, `golden` and `steadiness` judge finished
files with them, and `gates` holds what they find to limits. None needs a trained network, but the
kernel inception distance (`inception`), on request.
To look at: `sheets`, `charts` and `pages`, a few of many (`sampling`), and texts of times and
lists (`wording`); to ask people, `blind`.
"""
