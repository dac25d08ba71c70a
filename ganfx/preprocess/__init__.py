"""Scans and footage into clean training pictures.

Two passes. The first reads every source and surveys it: which part of it is a picture,
and what is wrong with it. Then the whole set is judged (near-duplicates, common tone),
and the second pass cuts, scales and writes what is kept. The sources are only read.
"""
