"""Blind comparisons: which of two pictures is better, without knowing whose they are.

`comparison` makes pairs in a hidden order, and the key that only whoever counts needs; `page` and
`ballots` show them, `votes` reads what was chosen, and `preference` counts.
"""
