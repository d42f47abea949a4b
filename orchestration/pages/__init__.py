"""Shared by quality pages and report: charts, shares, numbers and sentences, and the stylesheet.

Belongs here: what a reader sees, made from rows that are handed in, and the limits and ratings of one share. Does not
belong here: reading files, sums over rows (dbt's), verdicts (the engine's) or disclosure control, which is not built
yet.
"""
