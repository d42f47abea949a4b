"""The Dagster assets: feeds, warehouse, quality, publication and the verdict on a run.

Belongs here: how a stage appears in Dagster: keys, groups, owners, checks, metadata. Does not belong here: how the
stage does its work (`orchestration.ingest`, `dbt_project`, `expectations`, `orchestration.publish`).
"""
