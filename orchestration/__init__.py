"""The Dagster code location: what runs, when, and on what."""
