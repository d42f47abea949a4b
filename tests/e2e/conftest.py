"""The home of the long tests: fewer months than the small one, since they run the pipeline some twenty times."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from orchestration.settings import Settings
from tests.conftest import Home, run_from_nothing

FIRST_MONTH = "first_month: 2024-04"
"""A whole financial year and half of the next: the shortest time in which every mart has rows."""


@pytest.fixture(scope="session")
def short_home(make_home: Callable[[str], Home], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A trust of eighteen months, taken from files to the published file. Read it, never change it."""
    demo = Settings().trust_config.read_text(encoding="utf-8")
    text, found = re.subn("^first_month:.*", FIRST_MONTH, demo, flags=re.MULTILINE)
    assert found == 1
    config = tmp_path_factory.mktemp("short-trust") / "trust.yaml"
    config.write_text(text, encoding="utf-8")
    home = run_from_nothing(Home(make_home("short").path, config))
    with home.published() as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
        empty = [name for (name,) in tables if not connection.execute(f"SELECT 1 FROM marts.{name} LIMIT 1").fetchall()]
    assert not empty, "a mart without rows proves nothing"
    return home
