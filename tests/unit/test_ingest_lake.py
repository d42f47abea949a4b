"""The lake: exact types, whole or not at all, the same bytes for the same files."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.assets.feed_checks import check_results
from orchestration.checked_file import SettingsError
from orchestration.contracts import FEEDS
from orchestration.ingest import (
    delete_period,
    ensure_empty,
    freshness,
    ingest_periods,
    lake,
    landing_state,
    standing_refusals,
    unknown_folders,
    unread_folders,
)
from orchestration.ingest.receipts import FINDING_COLUMNS, RECEIPT_COLUMNS
from tests.landed import OWN, PERIOD, TABLES, Landing, good_rows, landing_at

STAFF = FEEDS["staff_record"]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def types_of(path: Path) -> dict[str, str]:
    return {name: kind for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}


def test_zero_row_files_have_every_table_with_its_types(landing: Landing) -> None:
    ensure_empty(landing.settings)
    root = landing.settings.lake
    for feed in FEEDS.values():
        for table in feed.tables:
            path = root / feed.name / "none" / "none" / f"{table.name}.parquet"
            assert path.exists() == table.in_lake
            if table.in_lake:
                assert types_of(path) == table.lake_columns()
    for above in (root, root / "refused"):
        assert types_of(above / "none" / "none" / "none" / "receipt.parquet") == RECEIPT_COLUMNS
        assert types_of(above / "none" / "none" / "none" / "finding.parquet") == FINDING_COLUMNS
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")}
    ensure_empty(landing.settings)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")} == before, "written once"


def test_a_zero_row_file_of_another_shape_is_replaced(landing: Landing) -> None:
    ensure_empty(landing.settings)
    path = landing.settings.lake / "staff_record" / "none" / "none" / "staff_record.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS old LIMIT 0) TO '{path}' (FORMAT parquet)")
    ensure_empty(landing.settings)
    assert types_of(path) == TABLES["staff_record"].lake_columns()


def test_every_table_is_written_with_its_types_in_order(landing: Landing) -> None:
    landing.mhsds()
    landing.incidents({name: good_rows(TABLES[name]) for name in ("incident_contact", "incident_restraint")})
    landing.staff()
    for name in ("mhsds", "incidents", "staff_record"):
        assert landing.only(name).outcome == "kept"
        for table in FEEDS[name].tables:
            path = landing.settings.lake / name / PERIOD / OWN / f"{table.name}.parquet"
            assert list(types_of(path).items()) == list(table.lake_columns().items())


def test_a_column_that_is_empty_for_a_hundred_thousand_rows_is_written(tmp_path: Path) -> None:
    """The engine looks into columns that seem empty, whatever it is told to sample."""
    rows = 100_000
    empty = [None] * (rows - 1)
    frame = pd.DataFrame(
        {
            "words": pd.Series([*empty, "a word"], dtype=object),
            "texts": pd.Series([*empty, "a text"], dtype="str"),
            "number": pd.Series([*empty, 7], dtype="Int64"),
            "day": pd.Series([*empty, datetime.date(2024, 4, 1)], dtype=object),
        }
    )
    path = tmp_path / "table.parquet"
    lake.write_parquet(path, {"words": "VARCHAR", "texts": "VARCHAR", "number": "BIGINT", "day": "DATE"}, frame)
    assert lake.read_rows(path)[-1] == ("a word", "a text", 7, datetime.date(2024, 4, 1))
    assert lake.read_rows(path)[:-1] == [(None, None, None, None)] * (rows - 1)


def test_two_lakes_of_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        landing = landing_at(tmp_path / name)
        landing.mhsds()
        staff = good_rows(TABLES["staff_record"])
        staff[3]["Ethnic Origin"] = "unknown to us"
        landing.staff(staff)
        ensure_empty(landing.settings)
        landing.take_in("mhsds")
        landing.take_in("staff_record")
        seen.append(bytes_of(landing.settings.lake))
    assert seen[0] == seen[1]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "Ethnic Origin": st.sampled_from(["A White - British", "Z", "", "Q?", "QQ*"]),
                "Latest Start Date": st.sampled_from(["2020-01-01", "01/02/2021", "31/12/4712", "soon", "2030-01-01"]),
                "FTE": st.sampled_from(["1", "0.5", "", "x"]),
            }
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(0, 3),
)
def test_ingest_is_idempotent_and_adds_up(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, str]], again: int
) -> None:
    landing = landing_at(tmp_path_factory.mktemp("idempotent"))
    staff = [
        {**row, **change} for row, change in zip(good_rows(TABLES["staff_record"], len(changes)), changes, strict=True)
    ]
    landing.staff(staff + staff[:again])
    first = landing.only("staff_record")
    before = bytes_of(landing.settings.lake)
    second = landing.only("staff_record")
    assert bytes_of(landing.settings.lake) == before
    assert second.outcome == {"kept": "unchanged", "refused": "refused"}[first.outcome]
    assert (second.receipts, sorted(map(repr, second.findings)), second.checks) == (
        first.receipts,
        sorted(map(repr, first.findings)),
        first.checks,
    )
    shutil.rmtree(landing.settings.lake)
    landing.take_in("staff_record")
    assert bytes_of(landing.settings.lake) == before, "replayed from landing"
    (receipt,) = first.receipts
    assert receipt.rows_read == len(changes) + min(again, len(changes))
    assert receipt.rows_read == receipt.rows_kept + receipt.rows_quarantined + receipt.rows_duplicate
    rows = landing.lake("staff_record") if first.outcome == "kept" else []
    assert len(rows) == receipt.rows_kept
    left_out = {each.row_number for each in first.findings if each.effect == "row"}
    assert len(left_out) == receipt.rows_quarantined if first.outcome == "kept" else True


def test_running_a_period_again_replaces_it_exactly(landing: Landing) -> None:
    landing.mhsds()
    landing.take_in("mhsds")
    landing.path("mhsds", "MHS405.csv").unlink()
    landing.mhsds({"mhs001_mpi": good_rows(TABLES["mhs001_mpi"], 7)})
    landing.path("mhsds", "MHS405.csv").unlink()
    assert landing.only("mhsds").outcome == "kept"
    assert len(landing.lake("mhs001_mpi")) == 7
    folder = landing.settings.lake / "mhsds" / PERIOD / OWN
    assert not (folder / "mhs405_recall.parquet").exists(), "a table that is gone is gone"


@pytest.mark.parametrize("step", ["write_table", "write_rows", "rename"])
def test_a_kill_at_any_step_leaves_the_last_good_one(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    landing.staff()
    landing.take_in("staff_record")
    before = landing.lake("staff_record", "* EXCLUDE (receipt_id)")
    landing.staff(good_rows(TABLES["staff_record"], 20))
    calls = []

    def killed(*arguments: object, **_: object) -> None:
        calls.append(arguments)
        if step != "rename" or len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    real = Path.rename
    monkeypatch.setattr(*((Path, "rename") if step == "rename" else (lake, step)), killed)
    with pytest.raises(KeyboardInterrupt):
        landing.take_in("staff_record")
    monkeypatch.undo()
    kept = landing.path("staff_record", "staff_in_post.csv").read_bytes()
    landing.path("staff_record", "staff_in_post.csv").write_bytes(b"")
    assert landing.only("staff_record").outcome == "refused"
    assert landing.lake("staff_record", "* EXCLUDE (receipt_id)") == before, "put back, though landing is broken now"
    landing.path("staff_record", "staff_in_post.csv").write_bytes(kept)
    assert landing.only("staff_record").outcome == "kept"
    assert len(landing.lake("staff_record")) == 20
    left = [path for part in (".incoming", ".outgoing") for path in (landing.settings.lake / part).rglob("*.parquet")]
    assert not left


def test_a_refused_submission_stands_until_its_own_files_are_gone(landing: Landing) -> None:
    landing.staff()
    withdrawn = landing.staff(code="DEM1")
    withdrawn.write_bytes(b"")
    landing.take_in("staff_record")
    assert standing_refusals(landing.settings, STAFF) == [(PERIOD, "DEM1")]
    (withdrawn.parent / "notes.txt").write_text("no table's")
    withdrawn.unlink()
    assert standing_refusals(landing.settings, STAFF) == []


def test_the_state_of_landing_and_lake(landing: Landing) -> None:
    def states(code: str = OWN) -> list[str]:
        return [each.state for each in landing_state(landing.settings, STAFF) if each.organisation_code == code]

    assert states() == []
    path = landing.staff()
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.is_waiting, state.is_settled, state.has_kept) == ("new", True, True, False)
    receipts = {each.receipt_id for each in landing.only("staff_record").receipts}
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.is_waiting, state.rows_kept, state.kept_receipts) == ("kept", False, 40, receipts)
    fingerprint = state.fingerprint
    path.write_bytes(path.read_bytes() + b"x")
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.fingerprint != fingerprint) == ("stale", True)
    path.write_bytes(b"")
    assert landing.only("staff_record").outcome == "refused"
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.is_waiting, state.has_kept, state.rows_kept) == ("refused", False, True, 40)
    assert "an empty file" in str(state.message)
    landing.path("staff_record", "x.csv.part").touch()
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.is_settled, state.is_waiting) == ("unfinished", False, False)
    shutil.rmtree(landing.settings.landing)
    assert states() == ["lake only"]
    assert landing.only("staff_record").outcome == "absent"


def test_a_folder_that_is_no_period_is_told(landing: Landing) -> None:
    landing.staff(period="2024-5")
    landing.staff(period="2024-05")
    (line,) = unread_folders(landing.settings, STAFF)
    place = landing.settings.landing / "staff_record" / "2024-5"
    assert line.startswith(f"{place}: expected a folder named after its month")
    assert [each.period for each in landing_state(landing.settings, STAFF)] == ["2024-05"]


def test_a_month_that_has_not_begun_is_told_and_fails_its_check(landing: Landing) -> None:
    """A folder of another century would else be passed over in silence: no run asks for its month."""
    landing.staff(period="2052-09")
    landing.staff(period="2025-10")  # has begun by as_of, 15 October
    (line,) = unread_folders(landing.settings, STAFF)
    assert str(landing.settings.landing / "staff_record" / "2052-09") in line
    assert "begun by 2025-10-15" in line
    results = check_results(STAFF, [], [line], freshness(landing.settings, STAFF))
    usable = next(check for check in results if check.check_name == "files_usable")
    assert not usable.passed
    assert "2052-09" in str(usable.metadata["messages"].value)


@pytest.mark.parametrize("name", ["staff.csv", "staff.xls", "extract 4857773456.csv"])
def test_files_of_no_table_are_told_and_fail_their_check(landing: Landing, name: str) -> None:
    """The first files of a new trust have its own names: passed over in silence they would seem to be taken in."""
    landing.path("staff_record", name).write_text("hello", encoding="utf-8")
    (line,) = unread_folders(landing.settings, STAFF)
    assert str(landing.settings.landing / "staff_record" / PERIOD) in line
    assert "begin with staff_in_post, found 1 other" in line
    assert "4857773456" not in line
    results = check_results(STAFF, [], [line], freshness(landing.settings, STAFF))
    usable = next(check for check in results if check.check_name == "files_usable")
    assert not usable.passed
    (state,) = landing_state(landing.settings, STAFF)
    assert (state.state, state.has_kept) == ("unrecognised", False)


def test_a_folder_of_no_organisation_and_one_of_no_feed_are_told(landing: Landing) -> None:
    landing.staff()
    assert not unread_folders(landing.settings, STAFF)
    (landing.settings.landing / "staff_record" / PERIOD / "rw1").mkdir()
    (landing.settings.landing / "staff_records").mkdir()
    (line,) = unread_folders(landing.settings, STAFF)
    assert "rw1: expected a folder named after an organisation code in capitals" in line
    (line,) = unknown_folders(landing.settings, FEEDS)
    assert line.startswith(f"{landing.settings.landing / 'staff_records'}: expected a folder named after a feed")


def test_deleting_a_period_removes_it_from_the_lake_only(landing: Landing) -> None:
    landing.staff()
    landing.staff(period="2024-06", code="DEM1")
    landing.take_in("staff_record")
    landing.take_in("staff_record", "2024-06")
    landing.path("staff_record", "staff_in_post.csv").write_bytes(b"")
    landing.take_in("staff_record")
    removed = delete_period(landing.settings, STAFF, PERIOD)
    assert [path.relative_to(landing.settings.lake).as_posix() for path in removed] == [
        "staff_record/2024-05",
        "refused/staff_record/2024-05",
    ]
    assert landing.path("staff_record", "staff_in_post.csv").exists()
    assert (landing.settings.lake / "staff_record" / "2024-06" / "DEM1").is_dir()
    assert delete_period(landing.settings, STAFF, PERIOD) == []
    for wrong in ("none", "..", "2024-13", "all"):
        with pytest.raises(SettingsError, match="expected a period"):
            delete_period(landing.settings, STAFF, wrong)


def test_an_unknown_header_in_trust_yaml_is_named(tmp_path: Path) -> None:
    config = tmp_path / "trust.yaml"
    config.write_text(
        "organisation_code: DEM0\norganisation_name: T\nas_of: 2025-10-15\nfirst_month: 2022-03\n"
        "feeds:\n  staff_record: {headers: {Ethnic Orign: X}}\n",
        encoding="utf-8",
    )
    with pytest.raises(SettingsError, match="'Ethnic Orign'"):
        landing_at(tmp_path / "home", config).take_in("staff_record")


def test_spread_over_processes_the_lake_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.ingest import pool

    periods = ["2024-05", "2024-06", "2024-07"]
    seen = []
    for worth in (0, 1 << 40):
        monkeypatch.setattr(pool, "WORTH_BYTES", worth)
        monkeypatch.setattr(pool, "WORTH_FILES", worth)
        landing = landing_at(tmp_path / str(worth))
        for number, period in enumerate(periods):
            landing.staff(good_rows(TABLES["staff_record"], 30 + number), period=period)
        results = list(ingest_periods(landing.settings, STAFF, periods, seeds=landing.seeds))
        assert [(each.period, each.rows_kept) for each in results] == [
            ("2024-05", 30),
            ("2024-06", 31),
            ("2024-07", 32),
        ]
        seen.append(bytes_of(landing.settings.lake))
    assert seen[0] == seen[1]
