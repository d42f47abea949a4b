"""Shared by quality pages and report: charts, tables, stylesheet, sentences; for now only the sentence lives here.

Belongs here: what a reader sees, made from rows that are handed in. Does not belong here: reading files, arithmetic,
verdicts (the engine's) or disclosure control, which is not built yet.
"""
