"""The quality pages as text: what they say of made-up rows, and of a database that lacks them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.pages.quality import build_quality_pages
from orchestration.pages.quality.facts import Facts, file_name, period_name
from orchestration.pages.quality.judged import Result, judged
from orchestration.pages.quality.overview import absent_sources, troubled_feeds
from orchestration.pages.quality.site import render
from orchestration.pages.quality.tables import COLUMNS, Tables, read_tables
from orchestration.pages.quality.views import system_name
from orchestration.pages.quality.words import STATUSES
from orchestration.pages.shares import FEW
from tests import quality_tables
from tests.quality_tables import SOURCES, TINY, UNITS, WORST
from tests.unit.pages import AS_OF, changed, said


def test_equal_rows_give_equal_bytes(connection: duckdb.DuckDBPyConnection, site: dict[str, str]) -> None:
    assert dict(render(Facts(read_tables(connection), AS_OF))) == site


def test_every_source_unit_and_expectation_has_a_page(site: dict[str, str]) -> None:
    assert {f"source/{source}.html" for source in SOURCES} <= set(site)
    assert {f"unit/{file_name(code)}.html" for code in UNITS if code != quality_tables.ORGANISATION} <= set(site)
    expectations = ("known_and_stated_trust", "known_and_stated_team", "status_counts_add_up", "systems_agree")
    assert {f"expectation/{name}.html" for name in expectations} <= set(site)


def test_every_table_read_was_filled(facts: Facts) -> None:
    assert not [name for name in COLUMNS if not facts.tables.of(name)]


def test_a_page_asks_nothing_of_a_network_and_runs_nothing(site: dict[str, str]) -> None:
    for path, text in site.items():
        assert not re.search(r"https?:|<script|javascript:|@import|//[a-z]+\.", text), path


def test_no_page_uses_the_word_the_style_forbids(site: dict[str, str]) -> None:
    for path, text in site.items():
        assert "BAME" not in text, path
        assert not re.search(r"\b(because of|due to|caused by)\b", said(text)), path


def test_no_run_is_named(site: dict[str, str]) -> None:
    assert not [path for path, text in site.items() if re.search("run-[123]", text)]


def test_names_of_units_are_escaped(site: dict[str, str]) -> None:
    assert "<Team>" not in "".join(site.values())
    assert "<h1>Crisis &lt;Team&gt;</h1>" in site[f"unit/{WORST}.html"]


@pytest.mark.parametrize("code", ["T/5", "..", "a b", "Ä", ""])
def test_a_code_can_not_leave_its_folder(code: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", file_name(code))


def test_two_codes_never_share_a_file() -> None:
    assert len({file_name(code) for code in ("a/b", "a b", "a-b", "a.b")}) == 4
    assert len(file_name("A" * 5_000)) < 100


@pytest.mark.parametrize("plain", [str.upper, str.lower])
def test_codes_that_differ_in_case_share_no_file_where_case_is_ignored(plain: Callable[[str], str]) -> None:
    codes = ("RXX-T1", "rxx-t1", "Rxx-T1", "RXX-t1")
    names = {code: file_name(code, plain) for code in codes}
    assert len({name.lower() for name in names.values()}) == len(codes)
    assert {code for code, name in names.items() if name == code} == {plain("RXX-T1")}, "the usual code is its own name"


def test_what_failed_stands_on_the_first_page(facts: Facts, site: dict[str, str]) -> None:
    failing = Facts(facts.tables, AS_OF, ("lake/mhsds: files_usable",))
    page = dict(render(failing))["index.html"]
    assert "lake/mhsds: files_usable" in page
    assert "This run failed a check" not in site["index.html"]


def test_an_expectation_says_what_it_is_who_owns_it_how_to_fix_it_and_what_it_found(site: dict[str, str]) -> None:
    text = said(site["expectation/known_and_stated_trust.html"])
    assert "Enough is known at the whole trust" in text
    assert "no figure of the board is firm" in text
    assert re.search("Who owns it Data quality team How to fix it Ask those on the asking plan", text)
    dates = re.findall(r"(\d+ \w+ 2025) Patient record", text[text.index("History") :])
    assert dates == ["15 October 2025", "15 September 2025", "15 August 2025"]
    slices = said(site["expectation/known_and_stated_team.html"])
    assert re.search(r"Where it is not met .*Crisis <Team> .*60\.0%", slices)
    assert slices.index("Crisis <Team>") < slices.index("Elm: outreach"), "the team of few people is last, though lower"


def test_of_pairs_of_systems_the_worst_is_told_and_not_the_sum(site: dict[str, str]) -> None:
    pair = "Rio (clinical system) and PAS (patient administration system), patients"
    told = f"All sources together: worst of the pairs judged: {pair}, 75.0% (at least 95%); 2 of 5 failing"
    assert told in said(site["expectation/systems_agree.html"])
    assert told in said(site["index.html"])
    assert "96.0%" not in said(site["expectation/systems_agree.html"])


@pytest.mark.parametrize(("share", "told"), [(0.75, "75.0% (at least 95%)."), (None, "1 of 1 failing.")])
def test_how_many_fail_is_told_only_of_several(facts: Facts, share: float | None, told: str) -> None:
    """A check of the whole trust has one slice: that it fails is said already, unless there is nothing else to say."""
    rows = [
        {**row, "evaluated_count": 1, "failing_count": 1, "share": share}
        for row in facts.tables.of("quality.check_result")
        if (row["expectation"], row["source"]) == ("known_and_stated_trust", "mhsds")
    ]
    page = dict(render(changed(facts, check_result=rows)))["expectation/known_and_stated_trust.html"]
    assert f"National return: {told}" in said(page)
    assert page.count("1 of 1") == (share is None)


def test_how_many_of_those_that_fail_have_few_people_is_told(facts: Facts, site: dict[str, str]) -> None:
    """The slice of few people of each source fails, and one failure of few is not told as one of many."""
    failing = [
        row for row in facts.tables.of("quality.check_result")
        if (row["expectation"], row["source"], row["unit_code"]) == ("known_and_stated_team", "mhsds", TINY)
    ]
    assert any(not row["passed"] and row["denominator"] < FEW for row in failing)
    text = said(site["expectation/known_and_stated_team.html"])
    assert re.search(r"National return: [^;]*; \d of \d failing, 1 of them with fewer than 20 people or records", text)


def test_where_it_is_not_met_is_told_by_source_and_few_people_are_folded(site: dict[str, str]) -> None:
    page = site["expectation/known_and_stated_team.html"]
    part = page[page.index('id="slices"') : page.index('id="history"')]
    names = ["Patient record", "National return", "Incident reports", "Staff record"]
    assert re.findall("<h3>(.*?)</h3>", part) == names
    folded = re.findall("<details>.*?</details>", part, flags=re.DOTALL)
    assert [said(each).count("Elm: outreach") for each in folded] == [1] * len(names)
    assert "Patient record: 1 more with fewer than 20 people or records" in said(folded[0])
    rest = said(re.sub("<details>.*?</details>", "", part, flags=re.DOTALL))
    assert (rest.count("Crisis <Team>"), rest.count("Elm: outreach")) == (len(names), 0)


def test_pairs_beside_a_system_that_is_no_witness_are_shown_and_not_judged(facts: Facts, site: dict[str, str]) -> None:
    assert "not judged" not in said(site["agreement.html"])
    row = facts.tables.of("quality.ethnicity_agreement")[0]
    rows = [row, {**row, "compared_system": "incidents"}, {**row, "system": "incidents", "compared_system": "rio"}]
    page = dict(render(changed(facts, ethnicity_agreement=rows)))["agreement.html"]
    assert "Beside incident reports it is shown and not judged" in said(page)
    table = page[page.index('id="t-pairs"') : page.index("</table>")]
    assert ["not judged" in row for row in re.findall(r"<tr\b.*?</tr>", table)] == [False, False, True, False]


def test_the_unit_nobody_knows_does_not_belong_to_itself(facts: Facts) -> None:
    """Its row names itself as what it belongs to."""
    unit = facts.tables.of("core.dim_organisation_unit")[0]
    lost = {**unit, "unit_code": "UNKNOWN", "parent_unit_code": "UNKNOWN", "unit_level": "team"}
    rows = facts.tables.of("quality.ethnicity_recording")
    units = {"core.dim_organisation_unit": (*facts.tables.of("core.dim_organisation_unit"), lost)}
    moved = tuple({**row, "unit_code": "UNKNOWN"} if row["unit_code"] == "T1" else row for row in rows)
    tables = Tables({**facts.tables.rows, **units, "quality.ethnicity_recording": moved})
    page = said(dict(render(Facts(tables, AS_OF)))["unit/UNKNOWN.html"])
    assert "This unit has no line in the asking plan." in page
    assert "the teams below" not in page
    assert "What belongs to it" not in page


@pytest.mark.parametrize(
    ("name", "target", "has_range"),
    [
        ("white_default", "at most 5%", True),
        ("no_sudden_drop", "5.0%", True),
        ("use_of_force_team", "at least 5%", False),
    ],
)
def test_a_target_says_which_side_of_it_is_good(name: str, target: str, has_range: bool) -> None:
    row = {"share": 0.04, "target": 0.05, "numerator": 4, "denominator": 100, "source": "mhsds"}
    result = Result(name, row)
    assert result.target_text == target
    assert (result.counted is not None) is has_range, "items of one record are not independent of each other"


def test_its_own_usual_range_is_headed_as_one(facts: Facts) -> None:
    rows = [{**row, "expectation": "no_sudden_drop"} for row in facts.tables.of("quality.check_result")]
    text = said(dict(render(changed(facts, check_result=rows)))["expectation/no_sudden_drop.html"])
    assert "Usual at least" in text


def test_a_unit_of_few_people_meets_no_target(facts: Facts) -> None:
    series = facts.series["mhsds", "team", TINY]
    one = replace(series, months=(replace(series.latest, counts={**dict.fromkeys(STATUSES, 0), "valid": 1}),))
    assert (one.rating, one.said) == (None, "Too few people to rate")


def test_a_level_without_a_target_has_none_for_the_unit_nobody_knows_either(facts: Facts) -> None:
    """The unit not known stands at several levels, and its name at one of them."""
    rows = facts.tables.of("quality.ethnicity_recording")
    lost = [{**row, "unit_code": "UNKNOWN"} for row in rows if row["unit_code"] in ("T1", "D1")]
    series = changed(facts, ethnicity_recording=[*lost, *rows]).series
    said_of = {level: series["mhsds", level, "UNKNOWN"].said for level in ("division", "team")}
    assert said_of == {"division": "No target set", "team": "Close to target"}


def test_an_organisation_that_has_merged_is_not_late_for_ever(facts: Facts) -> None:
    old = {
        **facts.tables.of("quality.feed_status")[0], "source_organisation_code": "OLD", "period": "2024-03",
        "is_stale": True,
    }
    here = {**old, "source_organisation_code": quality_tables.ORGANISATION}
    refused = {**old, "source_organisation_code": "OLDER", "refusal": "no header"}
    assert troubled_feeds(changed(facts, feed_status=[old, here, refused])) == [here, refused]


def test_a_source_whose_feed_never_came_is_said_to_be_not_measured(facts: Facts, site: dict[str, str]) -> None:
    """A file that was refused is none; an organisation that has become part of the trust owes no other source."""
    assert "not measured" not in said(site["index.html"])
    status = facts.tables.of("quality.feed_status")
    rows = [
        {**row, "feed_state": "refused"} if row["feed"] == "patient_ethnicity" else row for row in status
    ]
    rows += [{**row, "source_organisation_code": "OLD"} for row in status if row["feed"] in ("contacts", "incidents")]
    recording = facts.tables.of("quality.ethnicity_recording")
    measured = [row for row in recording if row["source"] != "patient_ethnicity"]
    without = changed(facts, feed_status=rows, ethnicity_recording=measured)
    found = [(each.source, each.organisation.code, each.feeds) for each in absent_sources(without)]
    assert found == [
        ("patient_ethnicity", "OLD", ("patient_ethnicity",)), ("patient_ethnicity", "RXX", ("patient_ethnicity",)),
    ]
    text = said(dict(render(without))["index.html"])
    assert "Patient record of Example Trust: not measured. No file of patient ethnicity was ever kept" in text
    no_contacts = [row for row in status if row["feed"] != "contacts"]
    assert [each.feeds for each in absent_sources(changed(facts, feed_status=no_contacts))] == [("contacts",)]


def test_nobody_who_declined_is_not_told_as_a_number(facts: Facts) -> None:
    rows = [{**row, "not_stated_count": 0} for row in facts.asking_plan]
    text = said(dict(render(changed(facts, asking_plan=rows)))["unit/T1.html"])
    assert "Nobody declined." in text
    assert "0 declined and" not in text


def test_who_had_a_chance_to_answer_stands_on_the_page_of_the_source(facts: Facts, site: dict[str, str]) -> None:
    row = facts.series["mhsds", "organisation", "RXX"].latest.row
    told = f"{row['valid_count'] + row['not_stated_count']:,} {row['stated_or_declined_share']:.1%}"
    assert f"Stated or declined {told}" in said(site["source/mhsds.html"])


def test_tables_of_one_page_have_names_of_their_own(site: dict[str, str]) -> None:
    """A reader who jumps from region to region hears only the caption."""
    for path, page in site.items():
        captions = re.findall(r"<caption[^>]*>(.*?)</caption>", page)
        assert len(captions) == len(set(captions)), path


def test_a_broken_pipeline_is_told_apart_from_a_finding(facts: Facts) -> None:
    rows = [
        {**row, "passed": False} if row["expectation"] == "status_counts_add_up" else row
        for row in facts.tables.of("quality.check_result")
    ]
    history = judged(changed(facts, check_result=rows))
    first, results = history.not_met[0]
    assert first.name == "status_counts_add_up"
    assert {result.said for result in results} == {"Failed"}
    assert {result.said for _, found in history.not_met[1:] for result in found} == {"Not met"}


def test_the_national_reading_stands_beside_ours(site: dict[str, str]) -> None:
    text = said(site["source/mhsds.html"])
    assert re.search(r"Coverage 99\.0% .*Validity 98\.5% .*Accuracy 90\.0% .*Item score 93\.5 of 100", text)
    assert "No national reading of this source." in said(site["source/staff_record.html"])


def test_breakdowns_are_named(site: dict[str, str]) -> None:
    text = said(site["source/mhsds.html"])
    for words in ("Detained under the Mental Health Act during the month", "Female", "65+"):
        assert words in text


def test_an_item_no_file_has_says_so(site: dict[str, str]) -> None:
    assert re.search(r"Efforts to avoid it .*No file has this field yet", said(site["use-of-force.html"]))


@pytest.mark.parametrize(
    ("system", "name"),
    [("systmone", "SystmOne"), ("mhsds", "National return"), ("unknown", "System not known")],
)
def test_a_system_is_called_as_people_call_it(facts: Facts, system: str, name: str) -> None:
    pair = {**facts.tables.of("quality.ethnicity_agreement")[0], "compared_system": system}
    agreement = dict(render(changed(facts, ethnicity_agreement=[pair])))["agreement.html"]
    assert f">{name}</td>" in agreement
    assert system_name(facts, "none_of_these") == "None of these"


def test_targets_are_told_with_reason_and_approver(facts: Facts, site: dict[str, str]) -> None:
    for row in facts.tables.of("quality.target_in_force"):
        assert html.escape(row["reason"], quote=False) in site["method.html"].replace("&#39;", "'")
        assert row["approver"] in site["method.html"]


@pytest.mark.parametrize("absent", [*COLUMNS, None])
def test_a_table_that_is_absent_stops_nothing(facts: Facts, absent: str | None) -> None:
    kept = {name: rows for name, rows in facts.tables.rows.items() if absent and name != absent}
    pages = dict(render(Facts(Tables(kept), AS_OF)))
    assert {"index.html", "units.html", "method.html", "style.css"} <= set(pages)


def test_columns_that_are_not_there_yet_stop_nothing() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA quality")
        connection.execute(
            "CREATE TABLE quality.ethnicity_recording AS SELECT 'mhsds' AS source, 'f' AS field, 'R' AS "
            "organisation_code, 'organisation' AS unit_level, 'R' AS unit_code, DATE '2025-09-01' AS month, 10 AS "
            "record_count, 8 AS valid_count, 1 AS not_stated_count, 1 AS not_known_count, 0 AS invalid_count, "
            "0 AS missing_count"
        )
        pages = dict(render(Facts(read_tables(connection), AS_OF)))
    assert "80.0%" in pages["index.html"]


def test_the_old_site_is_replaced_and_its_docs_stay(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "quality"
    (folder / "data_docs").mkdir(parents=True)
    (folder / "data_docs" / "index.html").write_text("docs", encoding="utf-8")
    (folder / "unit").mkdir()
    (folder / "unit" / "closed.html").write_text("a unit of old", encoding="utf-8")
    built = build_quality_pages(connection, folder, AS_OF)
    assert built.pages == len(list(folder.rglob("*.html"))) - 1
    assert not (folder / "unit" / "closed.html").exists()
    assert (folder / "data_docs" / "index.html").read_text(encoding="utf-8") == "docs"
    assert "data_docs/index.html" in (folder / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["quality"]


def test_docs_are_built_with_the_site_and_linked(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    def docs(folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("new docs", encoding="utf-8")

    build_quality_pages(connection, tmp_path / "quality", AS_OF, build_docs=docs)
    assert (tmp_path / "quality" / "data_docs" / "index.html").read_text(encoding="utf-8") == "new docs"
    page = (tmp_path / "quality" / "unit" / "T1.html").read_text(encoding="utf-8")
    assert '"../data_docs/index.html"' in page


def test_a_site_set_aside_by_a_killed_build_comes_back(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    def docs(_: Path) -> None:
        raise RuntimeError("no docs")

    build_quality_pages(connection, tmp_path / "quality", AS_OF)
    before = (tmp_path / "quality" / "index.html").read_bytes()
    (tmp_path / "quality").rename(tmp_path / ".old-quality")
    with pytest.raises(RuntimeError):
        build_quality_pages(connection, tmp_path / "quality", "2030-01-01", build_docs=docs)
    assert (tmp_path / "quality" / "index.html").read_bytes() == before


def test_what_had_nothing_to_judge_is_not_called_met() -> None:
    row = {"passed": True, "fault": None, "severity": "warn"}
    told = [(each.said, each.kind) for each in (Result("x", {**row, "evaluated_count": n}) for n in (0, 3, None))]
    assert told == [("Nothing to judge", None), ("Met", "green"), ("Met", "green")]


def test_a_build_that_fails_leaves_the_old_site(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    def docs(_: Path) -> None:
        raise RuntimeError("no docs")

    build_quality_pages(connection, tmp_path / "quality", AS_OF)
    before = (tmp_path / "quality" / "index.html").read_bytes()
    with pytest.raises(RuntimeError):
        build_quality_pages(connection, tmp_path / "quality", "2030-01-01", build_docs=docs)
    assert (tmp_path / "quality" / "index.html").read_bytes() == before


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("12 months to 2025-09", "12 months to September 2025"),
        ("2025-03-31", "31 March 2025"),
        ("2024-25", "2024-25"),
        ("2025-26-Q2", "2025-26-Q2"),
    ],
)
def test_a_period_is_called_as_one_says_it(label: str, name: str) -> None:
    assert period_name(label) == name
