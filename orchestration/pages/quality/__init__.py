"""The quality pages: an offline site on how ethnicity is recorded, for the data-quality team and every ward manager.

Belongs here: which rows of a database a page shows, in which order and in which words. Does not belong here: how
those rows are counted (dbt), what is expected of them (`expectations`) and when the site is built (`assets`).
"""

from orchestration.pages.quality.site import Built, build_quality_pages

__all__ = ["Built", "build_quality_pages"]
