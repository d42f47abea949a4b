"""Our expectations on a small trust: each is met there, and each notices the one thing it is there for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from expectations import DECLARED, SOURCES, CheckResult, Judgement, suite_of
from expectations.slices import read_slices
from tests.unit.sound_trust import AS_OF, by_name, judge, make_tables, not_met, slice_of

LAST = "month = DATE '2025-09-01'"
FELL = "signal = 'below_lower_limit', is_sudden = true"
DAMAGE = {
    ("staff_record", "status_counts_add_up"): (
        "UPDATE quality.ethnicity_recording SET missing_count = 0 WHERE source = 'staff_record' AND unit_code = 'A' "
        "AND month = DATE '2025-08-01'"
    ),
    ("staff_record", "values_mapped"): (
        "INSERT INTO quality.unmapped_value VALUES ('staff_record', 'Ethnic Origin', 'T', '2025-09', '2025-09-01', 3)"
    ),
    ("mhsds", "known_and_stated_trust"): (
        "UPDATE quality.ethnicity_recording SET valid_count = 276, missing_count = 15 "
        f"WHERE source = 'mhsds' AND unit_code = 'T' AND {LAST}"
    ),
    ("incidents", "known_and_stated_team"): (
        "UPDATE quality.ethnicity_recording SET valid_count = 80, missing_count = 17 "
        f"WHERE source = 'incidents' AND unit_code = 'B' AND {LAST}"
    ),
    ("incidents", "invalid_trust"): (
        "UPDATE quality.ethnicity_recording SET invalid_count = 1, missing_count = 2 "
        f"WHERE source = 'incidents' AND unit_code = 'T' AND {LAST}"
    ),
    ("staff_record", "no_sudden_drop"): (
        f"UPDATE quality.ethnicity_recording_trend SET lower_limit = 0.98, {FELL} "
        f"WHERE source = 'staff_record' AND unit_code = 'B' AND {LAST}"
    ),
    ("mhsds", "any_other_trust"): (
        f"UPDATE quality.ethnicity_category_use SET any_other_count = 40 WHERE source = 'mhsds' AND {LAST}"
    ),
    ("mhsds", "mixed_trust"): (
        f"UPDATE quality.ethnicity_category_use SET mixed_count = 2 WHERE source = 'mhsds' AND {LAST}"
    ),
    ("mhsds", "every_group_found"): (
        "UPDATE quality.ethnicity_census_fit SET recorded_count = 0 WHERE source = 'mhsds' AND ethnicity_code = 'R'"
    ),
    ("patient_ethnicity", "conflict_trust"): (
        "UPDATE quality.ethnicity_consistency SET conflict_count = 8, conflict_share = 0.08 "
        "WHERE source = 'patient_ethnicity'"
    ),
    ("staff_record", "conflict_trust"): (
        "UPDATE quality.ethnicity_consistency SET conflict_count = 8, conflict_share = 0.08 "
        "WHERE source = 'staff_record'"
    ),
    ("patient_ethnicity", "first_contact_trust"): (
        "UPDATE quality.ethnicity_timeliness SET by_first_contact_count = 15, by_first_contact_share = 0.75"
    ),
    ("incidents", "wards_report_incidents"): f"DELETE FROM core.fct_incident WHERE incident_{LAST}",
    ("patient_ethnicity", "wards_record_ethnicity"): (
        "INSERT INTO core.fct_bed_day VALUES ('T', 'B', DATE '2025-09-01', 12); "
        "INSERT INTO core.fct_incident VALUES ('T', 'B', DATE '2025-09-01'); "
        "DELETE FROM quality.ethnicity_recording WHERE source = 'patient_ethnicity' AND unit_code = 'B'"
    ),
    ("incidents", "use_of_force_items"): (
        "UPDATE quality.use_of_force_record SET complete_count = 3 WHERE unit_code = 'T' AND item_code = 'place'"
    ),
    ("incidents", "use_of_force_team"): (
        "UPDATE quality.use_of_force_record SET complete_count = 3 WHERE unit_code = 'B' AND item_code <> 'reason'"
    ),
    ("across_feeds", "systems_agree"): "UPDATE quality.ethnicity_agreement SET agree_count = 85",
    ("across_feeds", "white_default"): (
        "UPDATE quality.ethnicity_agreement SET white_british_here_count = 20 WHERE system = 'rio'"
    ),
}
"""One thing that each expectation is there to notice, none of which another notices."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    """The small trust as it is."""
    return judge(tmp_path_factory.mktemp("sound") / "warehouse.duckdb")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], CheckResult]:
    """The small trust after everything in `DAMAGE`."""
    return by_name(judge(tmp_path_factory.mktemp("damaged") / "warehouse.duckdb", *DAMAGE.values()))


def test_every_declared_expectation_is_judged_and_the_small_trust_meets_them_all(sound: Judgement) -> None:
    judged = [(result.source, result.expectation) for result in sound.results]
    assert judged == [(source, declared.name) for source in SOURCES for declared in suite_of(source)]
    assert not_met(sound) == set()
    assert all(result.evaluated_count for result in sound.results)


def test_every_expectation_but_presence_has_a_fault_it_notices() -> None:
    assert {name for _, name in DAMAGE} == {declared.name for declared in DECLARED} - {"slices_present"}


def test_each_fault_fails_its_expectation_and_no_other(damaged: dict[tuple[str, str], CheckResult]) -> None:
    assert {place for place, result in damaged.items() if not result.passed} == set(DAMAGE)
    assert not [result for result in damaged.values() if result.fault]


def test_only_a_broken_contract_is_an_error(damaged: dict[tuple[str, str], CheckResult]) -> None:
    errors = {name for (_, name), result in damaged.items() if result.severity == "error"}
    assert errors == {"status_counts_add_up"}


def test_a_share_below_target_is_told_with_its_counts(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["mhsds", "known_and_stated_trust"]
    assert (result.numerator, result.denominator, result.share) == (276, 300, 0.92)
    assert (result.month, result.target, result.rating) == ("2025-09", 0.95, "amber")
    assert (result.worst_unit_code, result.worst_unit_name, result.worst_share) == ("T", "Unit T", 0.92)


def test_a_small_bad_team_is_not_hidden_by_a_good_one(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["incidents", "known_and_stated_team"]
    assert (result.evaluated_count, result.failing_count, result.rating) == (2, 1, "red")
    assert (result.worst_unit_code, result.worst_share) == ("B", 0.8)
    assert slice_of(result, "A", "2025-09").rating == "green"


def test_somebody_with_two_teams_counts_once_in_the_whole(tmp_path: Path) -> None:
    """60 patients whom nobody asked are with both teams: teams count 360, of whom 288 are known, the trust 300."""
    changes = (
        "UPDATE quality.ethnicity_recording SET record_count = 160, missing_count = 61 "
        f"WHERE source = 'patient_ethnicity' AND unit_code = 'B' AND {LAST}",
        f"DELETE FROM quality.ethnicity_recording WHERE source = 'mhsds' AND unit_code = 'T' AND {LAST}",
    )
    found = by_name(judge(tmp_path / "warehouse.duckdb", *changes))
    teams = found["patient_ethnicity", "known_and_stated_team"]
    assert (teams.numerator, teams.denominator, teams.share) == (288, 300, 0.96)
    assert sum(each.denominator or 0 for each in teams.slices if each.is_current) == 360
    assert (teams.failing_count, teams.worst_unit_code, teams.worst_share) == (1, "B", 0.6)
    without = found["mhsds", "known_and_stated_team"]
    assert without.evaluated_count == 2
    assert (without.numerator, without.denominator, without.share) == (None, None, None), "no whole of the same month"


def test_a_month_that_has_passed_is_judged_and_does_not_decide(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["incidents", "known_and_stated_team"]
    assert [(each.month, each.is_current) for each in result.slices if each.unit_code == "B"] == [
        ("2025-08", False), ("2025-09", True)
    ]


def test_a_contract_that_was_broken_in_any_month_stays_broken(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["staff_record", "status_counts_add_up"]
    assert not slice_of(result, "A", "2025-08").passed
    assert (result.failing_count, result.evaluated_count, result.month) == (1, 6, None)


def test_the_worst_is_who_missed_its_own_limit_by_most_not_who_is_lowest(tmp_path: Path) -> None:
    """A fell by ten points to 0.86, B by two to 0.84."""
    changes = [
        f"UPDATE quality.ethnicity_recording_trend SET known_and_stated_share = {share}, lower_limit = {limit}, "
        f"{FELL} "
        f"WHERE source = 'mhsds' AND unit_code = '{unit}' AND {LAST}"
        for unit, share, limit in (("A", 0.86, 0.96), ("B", 0.84, 0.86))
    ]
    result = by_name(judge(tmp_path / "warehouse.duckdb", *changes))["mhsds", "no_sudden_drop"]
    assert (result.failing_count, result.worst_unit_code, result.worst_share) == (2, "A", 0.86)


def test_the_worst_is_not_a_slice_of_few_by_chance(tmp_path: Path) -> None:
    """None of 1 may be 79% (upper limit), 41 of 100 at most 51%; 1 of 2 may be 9% (lower), 20 of 50 at least 28%."""
    changes = (
        "UPDATE quality.ethnicity_recording SET valid_count = 41 "
        f"WHERE source = 'mhsds' AND unit_code = 'B' AND {LAST}",
        "INSERT INTO quality.ethnicity_recording SELECT * REPLACE ('C' AS unit_code, 1 AS record_count, "
        "0 AS valid_count) FROM quality.ethnicity_recording WHERE source = 'mhsds' AND unit_code = 'B'",
        "UPDATE quality.ethnicity_agreement SET white_british_here_count = 20 WHERE system = 'rio'",
        "INSERT INTO quality.ethnicity_agreement SELECT * REPLACE ('pas' AS compared_system, "
        "2 AS not_white_british_elsewhere_count, 1 AS white_british_here_count) "
        "FROM quality.ethnicity_agreement WHERE system = 'rio'",
    )
    found = by_name(judge(tmp_path / "warehouse.duckdb", *changes))
    teams, pairs = found["mhsds", "known_and_stated_team"], found["across_feeds", "white_default"]
    assert (teams.failing_count, teams.worst_unit_code, teams.worst_share) == (2, "B", 0.41)
    assert (pairs.failing_count, pairs.worst_unit_code, pairs.worst_share) == (2, "patient: rio beside mhsds", 0.4)


def test_a_unit_that_was_low_the_month_before_did_not_drop(tmp_path: Path) -> None:
    """A is below its limits in both months, B in the last one only."""
    low = f"UPDATE quality.ethnicity_recording_trend SET lower_limit = 0.99, {FELL} WHERE source = 'mhsds' AND "
    still = "UPDATE quality.ethnicity_recording_trend SET is_sudden = false WHERE unit_code = 'A' AND "
    changes = [f"{low} unit_code = 'A'", f"{low} unit_code = 'B' AND {LAST}", f"{still} {LAST}"]
    result = by_name(judge(tmp_path / "warehouse.duckdb", *changes))["mhsds", "no_sudden_drop"]
    assert (result.failing_count, result.evaluated_count, result.worst_unit_code) == (1, 2, "B")


def test_a_fall_is_what_the_chart_calls_one(tmp_path: Path) -> None:
    """B is below its limit by what one person can make, and of A, of few records, nothing is said.

    A share of all levels of units together is told of none of them.
    """
    changes = [
        f"UPDATE quality.ethnicity_recording_trend SET lower_limit = 0.965 WHERE unit_code = 'B' AND {LAST}",
        f"UPDATE quality.ethnicity_recording_trend SET is_sudden = NULL WHERE unit_code = 'A' AND {LAST}",
    ]
    result = by_name(judge(tmp_path / "warehouse.duckdb", *changes))["mhsds", "no_sudden_drop"]
    assert (result.passed, result.evaluated_count) == (True, 2)
    assert (result.numerator, result.denominator, result.share) == (None, None, None)


def test_a_sudden_rise_is_no_fall(tmp_path: Path) -> None:
    change = "UPDATE quality.ethnicity_recording_trend SET signal = 'above_upper_limit', is_sudden = true"
    assert by_name(judge(tmp_path / "warehouse.duckdb", change))["mhsds", "no_sudden_drop"].passed


def test_a_share_is_told_only_of_what_adds_up_to_a_whole(damaged: dict[tuple[str, str], CheckResult]) -> None:
    """Not answers per bed day, not a group's people over those expected, not pairs that hold the same people."""
    without = {place[1] for place, result in damaged.items() if result.share is None}
    assert without == {
        "slices_present", "no_sudden_drop", "every_group_found", "wards_report_incidents", "wards_record_ethnicity",
        "white_default",
    }
    assert damaged["incidents", "wards_report_incidents"].worst_unit_code == "A"
    assert damaged["incidents", "wards_report_incidents"].worst_share is None
    assert damaged["across_feeds", "white_default"].worst_share == 0.4


def test_a_team_is_judged_by_its_records_of_force_not_by_their_items(
    damaged: dict[tuple[str, str], CheckResult],
) -> None:
    found = slice_of(damaged["incidents", "use_of_force_team"], "B", "2025-09")
    assert (found.numerator, found.denominator, found.passed) == (3, 4, False)


def test_over_use_is_held_against_the_residents(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["mhsds", "any_other_trust"]
    assert (result.numerator, result.denominator) == (40, 288)
    assert result.target == pytest.approx(1.5 * 0.08)
    assert result.rating == "amber"  # 0.139 is under twice 0.08


def test_a_lost_group_and_a_pair_of_systems_are_slices_too(damaged: dict[tuple[str, str], CheckResult]) -> None:
    assert damaged["mhsds", "every_group_found"].worst_unit_code == "R"
    assert damaged["across_feeds", "systems_agree"].evaluated_count == 1
    assert damaged["across_feeds", "white_default"].worst_unit_code == "patient: rio beside mhsds"


def test_a_value_nobody_maps_is_told_with_its_count_and_period(damaged: dict[tuple[str, str], CheckResult]) -> None:
    result = damaged["staff_record", "values_mapped"]
    assert (result.numerator, result.denominator, result.failing_count) == (3, 300, 1)
    assert slice_of(result, "T", "2025-09").numerator == 3


def test_a_value_nobody_mapped_in_a_month_that_has_passed_is_kept_and_does_not_decide(tmp_path: Path) -> None:
    earlier = "INSERT INTO quality.unmapped_value VALUES ('mhsds', 'EthnicCategory', 'T', '2025-08', '2025-08-01', 3)"
    result = by_name(judge(tmp_path / "warehouse.duckdb", earlier))["mhsds", "values_mapped"]
    assert (result.passed, result.month, result.numerator) == (True, "2025-09", 0)
    assert not slice_of(result, "T", "2025-08").passed


def test_a_later_target_changes_no_past_result(tmp_path: Path) -> None:
    kind = "WHERE feed = 'mhsds' AND measure = 'known_and_stated_share'"
    stricter = (
        f"UPDATE quality.target_in_force SET replaced_on = DATE '2025-09-01' {kind}",
        "INSERT INTO quality.target_in_force SELECT * REPLACE (0.99 AS green, replaced_on AS effective_from, "
        f"NULL AS replaced_on) FROM quality.target_in_force {kind}",
    )
    result = by_name(judge(tmp_path / "warehouse.duckdb", *stricter))["mhsds", "known_and_stated_trust"]
    judged = {each.month: (each.target, each.passed) for each in result.slices}
    assert judged == {"2025-08": (0.95, True), "2025-09": (0.99, False)}


def test_a_feed_without_any_target_is_a_fault_and_a_month_before_the_first_is_not_judged(tmp_path: Path) -> None:
    changes = (
        "DELETE FROM quality.target_in_force WHERE feed = 'incidents' AND measure = 'invalid_share'",
        "UPDATE quality.target_in_force SET effective_from = DATE '2025-09-01' WHERE feed = 'mhsds'",
    )
    results = by_name(judge(tmp_path / "warehouse.duckdb", *changes))
    without = results["incidents", "invalid_trust"]
    assert (without.passed, without.severity) == (False, "error")
    assert "no target is set" in (without.fault or "")
    assert {each.month for each in results["mhsds", "known_and_stated_team"].slices} == {"2025-09"}


def test_what_is_not_there_or_can_not_be_read_is_an_error_and_never_bad_data(tmp_path: Path) -> None:
    changes = (
        "DELETE FROM quality.ethnicity_consistency WHERE source = 'staff_record'",
        "DROP TABLE quality.ethnicity_timeliness",
        "ALTER TABLE quality.ethnicity_recording_trend DROP lower_limit",
    )
    results = by_name(judge(tmp_path / "warehouse.duckdb", *changes))
    faults = {place for place, result in results.items() if result.fault}
    assert faults == (
        {(source, "no_sudden_drop") for source in SOURCES if source != "across_feeds"}
        | {("patient_ethnicity", "first_contact_trust")}
        | {(source, "slices_present") for source in SOURCES}
    )
    assert {(results[place].passed, results[place].severity) for place in faults} == {(False, "error")}
    assert results["patient_ethnicity", "first_contact_trust"].fault == (
        "quality.ethnicity_timeliness, or what is read beside it, can not be read (CatalogException)"
    )


def test_an_empty_table_does_not_pass_for_a_good_one(tmp_path: Path) -> None:
    emptied = "DELETE FROM quality.ethnicity_consistency WHERE source = 'staff_record'"
    judgement = judge(tmp_path / "warehouse.duckdb", emptied)
    assert not_met(judgement) == {("staff_record", "slices_present")}
    assert by_name(judgement)["staff_record", "slices_present"].worst_unit_code == "ethnicity_consistency"


def test_a_patient_record_that_never_came_is_missed_once_and_blames_no_ward(tmp_path: Path) -> None:
    tables = ("recording", "recording_trend", "category_use", "consistency", "census_fit")
    never = [f"DELETE FROM quality.ethnicity_{table} WHERE source = 'patient_ethnicity'" for table in tables]
    judgement = judge(tmp_path / "warehouse.duckdb", *never, "DELETE FROM quality.ethnicity_timeliness")
    assert not_met(judgement) == {("patient_ethnicity", "slices_present")}
    results = by_name(judgement)
    assert results["patient_ethnicity", "wards_record_ethnicity"].evaluated_count == 0
    assert results["mhsds", "wards_record_ethnicity"].evaluated_count == 1


@pytest.mark.parametrize(
    ("what_is_recorded", "is_silent"),
    [("missing", True), ("not_known", True), ("invalid", True), ("not_stated", False), ("valid", False)],
)
def test_a_ward_full_of_blanks_is_as_silent_as_one_without_a_record(
    tmp_path: Path, what_is_recorded: str, is_silent: bool
) -> None:
    """The 200 people of ward A have one status in September, all of them; to decline is an answer, code 99 is none."""
    statuses = ("valid", "not_stated", "not_known", "invalid", "missing")
    counts = ", ".join(f"{status}_count = {200 * (status == what_is_recorded)}" for status in statuses)
    of_the_ward = f"WHERE source = 'patient_ethnicity' AND unit_code = 'A' AND {LAST}"
    judgement = judge(tmp_path / "warehouse.duckdb", f"UPDATE quality.ethnicity_recording SET {counts} {of_the_ward}")
    result = by_name(judgement)["patient_ethnicity", "wards_record_ethnicity"]
    assert (not result.passed, result.evaluated_count, result.failing_count) == (is_silent, 1, int(is_silent))
    assert slice_of(result, "A", "2025-09").numerator == 200 * (not is_silent)
    assert by_name(judgement)["mhsds", "wards_record_ethnicity"].passed


def test_an_exception_inside_the_library_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations.classes import ENGINE_FAULT, KINDS

    def broken(*_: object) -> None:
        raise RuntimeError("a value that must not be told")

    monkeypatch.setattr(KINDS["ExpectNoWhiteDefault"], "holds", broken)
    judgement = judge(tmp_path / "warehouse.duckdb")
    result = by_name(judgement)["across_feeds", "white_default"]
    assert (result.passed, result.severity, result.fault) == (False, "error", ENGINE_FAULT)
    assert "must not be told" not in str(judgement.documents)


def test_what_the_library_sees_does_not_grow_with_the_records(tmp_path: Path) -> None:
    more = [
        f"INSERT INTO {table} SELECT facts.* FROM {table} AS facts, range(19)"
        for table in ("core.fct_bed_day", "core.fct_incident")
    ]
    counts = ", ".join(
        f"{name}_count = 20 * {name}_count"
        for name in ("record", "valid", "not_stated", "not_known", "invalid", "missing")
    )
    sizes = []
    for name, changes in (("once", []), ("twenty", [*more, f"UPDATE quality.ethnicity_recording SET {counts}"])):
        with duckdb.connect(str(make_tables(tmp_path / name, *changes))) as connection:
            slices, faults = read_slices(connection, AS_OF)
            assert not faults
            sizes.append((slices.shape, slices["numerator"].sum()))
    assert sizes[0][0] == sizes[1][0]
    assert sizes[0][1] < sizes[1][1]
