"""What pictures look like beside each other, and numbers about them.

`sheets` lays pictures out to judge by eye; `measures` puts numbers on structure and
style. Nothing here needs a trained network.
"""
