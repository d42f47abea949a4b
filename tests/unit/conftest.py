"""The quality pages of made-up rows, for every test of what they say."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.pages.quality.facts import Facts
from orchestration.pages.quality.site import render
from orchestration.pages.quality.tables import read_tables
from tests import quality_tables
from tests.unit.pages import AS_OF


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = quality_tables.make(tmp_path_factory.mktemp("rows") / "rows.duckdb")
    with duckdb.connect(str(path)) as connection:
        yield connection


@pytest.fixture(scope="module")
def facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    return Facts(read_tables(connection), AS_OF)


@pytest.fixture(scope="module")
def site(facts: Facts) -> dict[str, str]:
    return dict(render(facts))
