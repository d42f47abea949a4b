"""Data Docs open without a network, say what failed, and are the same for the same results."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from expectations import SOURCES
from expectations.docs import build
from tests.unit.sound_trust import judge

LOADED = re.compile(
    r"<(script|link|img|iframe|source)\b|@import|url\(|\b(?:src|srcset|action)=|https?://", re.IGNORECASE
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What Great Expectations returned for a trust with one bad team and one table that is not there."""
    lower = "UPDATE quality.ethnicity_recording SET valid_count = 41, missing_count = 56 WHERE unit_code = 'B'"
    database = tmp_path_factory.mktemp("docs") / "warehouse.duckdb"
    found = judge(database, lower, "DROP TABLE quality.ethnicity_timeliness").documents
    read_back: list[dict[str, object]] = json.loads(json.dumps(found))
    return read_back


@pytest.fixture(scope="module")
def pages(documents: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages by name."""
    written = build(documents, tmp_path_factory.mktemp("site") / "data_docs")
    return {path.name: path.read_text(encoding="utf-8") for path in written}


def test_a_page_to_each_suite_and_an_index_that_links_them(pages: dict[str, str]) -> None:
    assert set(pages) == {"index.html", *(f"{source}.html" for source in SOURCES)}
    assert all(f'href="{source}.html"' in pages["index.html"] for source in SOURCES)


def test_what_a_page_says_stands_in_its_one_main_landmark(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert re.search(r"<body>\s*<main>.*</main>\s*</body>", page, re.DOTALL), name
        assert page.count("<main") == 1, name


def test_nothing_is_loaded_from_anywhere(pages: dict[str, str]) -> None:
    assert {name: LOADED.findall(page) for name, page in pages.items() if LOADED.search(page)} == {}


def test_no_link_leads_to_a_page_that_is_not_there(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for target in re.findall(r'href="([^"]*)"', page):
            assert target in pages or target == "../index.html" or f'id="{target[1:]}"' in page, (name, target)


def test_failing_slices_are_listed_and_what_was_not_judged_says_why(pages: dict[str, str]) -> None:
    page = re.sub(r"<[^>]*>|\s+", " ", pages["mhsds.html"])
    assert "known_and_stated_team : the share of records with a known and stated ethnic group meets its target." in (
        page.replace("known_and_stated_team:", "known_and_stated_team :")
    )
    assert re.search(r"team +Unit B +2025-09 +41 +100 +41.0% +95.0%", page)
    assert "quality.ethnicity_timeliness" in pages["patient_ethnicity.html"]


def test_the_same_results_give_the_same_bytes_and_no_path_of_the_machine(
    documents: list[dict[str, object]], pages: dict[str, str], tmp_path: Path
) -> None:
    again = {path.name: path.read_text(encoding="utf-8") for path in build(documents, tmp_path)}
    assert again == pages
    assert "site-packages" not in "".join(pages.values())
