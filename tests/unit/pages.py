"""What tests of the quality pages share: the words of a page, and facts with other rows."""

from __future__ import annotations

import html
import re
from typing import Any

from orchestration.pages.quality.facts import Facts
from orchestration.pages.quality.tables import Tables

AS_OF = "2025-10-15"


def said(page: str) -> str:
    """The words of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page)))


def changed(facts: Facts, **rows: Any) -> Facts:
    """The facts with the rows of some tables of the schema `quality` put in place of theirs."""
    new = {f"quality.{table}": tuple(found) for table, found in rows.items()}
    return Facts(Tables({**facts.tables.rows, **new}), AS_OF)
