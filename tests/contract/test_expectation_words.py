"""The suites, the words a person reads of them, the targets and the queries name the same expectations."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from expectations import ACROSS, DECLARED, FEEDS, SOURCES, suite_of
from expectations.runner import NAMES
from expectations.slices import QUERIES

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TABLE = re.compile(r"\b(core|quality)\.(\w+)")


def rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_expectation_has_words_and_the_other_way_round() -> None:
    words = {row["expectation"]: row["severity"] for row in rows("ref_expectation")}
    assert words == {declared.name: declared.severity for declared in DECLARED}
    assert all(text and not text.endswith(".") for row in rows("ref_expectation") for text in row.values())


def test_a_quotation_that_opens_in_the_words_closes() -> None:
    """A quote at the start of a cell is the file's own and not the reader's, unless it is doubled."""
    odd = [text for row in rows("ref_expectation") for text in row.values() if text.count('"') % 2]
    assert odd == []


def test_every_expectation_has_a_query_and_a_class_and_the_other_way_round() -> None:
    from expectations.classes import KINDS

    assert list(QUERIES) == [declared.name for declared in DECLARED]
    assert {declared.kind for declared in DECLARED} == set(KINDS)


def test_a_target_is_a_least_or_a_most_as_its_class_judges() -> None:
    from expectations.classes import KINDS

    for declared in DECLARED:
        assert (declared.direction == "at least") == KINDS[declared.kind].worst_is_low, declared.name


def test_what_is_read_beside_is_every_table_that_expectations_read_and_none_guards() -> None:
    from orchestration.assets.quality import BESIDE

    read = {".".join(found) for query in (*QUERIES.values(), NAMES) for found in TABLE.findall(query)}
    assert {".".join(key) for key in BESIDE} == read - {declared.table for declared in DECLARED}


def test_every_feed_has_a_suite_and_what_only_several_show_has_one() -> None:
    assert (*FEEDS, ACROSS) == SOURCES
    for source in SOURCES:
        names = [declared.name for declared in suite_of(source)]
        assert names[0] == "slices_present"
        assert len(names) == len(set(names)) > 2


def test_every_target_is_held_by_an_expectation_and_every_feed_has_those_it_needs() -> None:
    asked = set()
    for declared in DECLARED:
        if declared.has_target:
            measure = re.search(r"target\.measure = '(\w+)'", QUERIES[declared.name])
            assert measure, declared.name
            level = "team" if declared.name.endswith("_team") else "organisation"
            asked |= {(source, measure.group(1), level) for source in declared.sources}
    assert {(row["feed"], row["measure"], row["unit_level"]) for row in rows("ref_quality_target")} == asked


def test_how_to_fix_names_only_tables_that_an_expectation_reads_or_that_follow_from_one() -> None:
    from orchestration.settings import PROJECT

    models = {path.stem for path in (PROJECT / "dbt_project" / "models").rglob("*.sql")}
    seeds = {path.stem for path in SEEDS.glob("*.csv")}
    for row in rows("ref_expectation"):
        for schema, table in re.findall(r"\b(quality|intermediate|marts)\.(\w+)", row["how_to_fix"]):
            assert table in models, (row["expectation"], schema, table)
        for seed in re.findall(r"\bref_\w+", row["how_to_fix"]):
            assert seed in seeds, row["expectation"]


def test_how_to_fix_can_be_followed_by_who_reads_no_tables() -> None:
    """Names of tables stand in brackets at the end, for an engineer; a code with an underscore stands nowhere else."""
    for row in rows("ref_expectation"):
        plain = re.sub(r" \(for an engineer: [^()]+\)$", "", row["how_to_fix"])
        assert not re.search(r"\w_\w|\b(quality|core|marts|reference|intermediate)\.", plain), row["expectation"]
