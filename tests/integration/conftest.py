"""Both sides of every comparison with what was planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import Home


@pytest.fixture(scope="module")
def truth(small_home: Home) -> dict[str, Any]:
    """What was planted, as the generator wrote it down."""
    content: dict[str, Any] = json.loads((small_home.path / "demo" / "truth.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def built(small_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private warehouse."""
    with small_home.warehouse() as connection:
        yield connection
