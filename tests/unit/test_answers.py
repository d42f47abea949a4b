"""`marts.equity_answer`: every headline is in it, and says what its row holds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration.publish import publish
from orchestration.settings import Settings
from tests.figures import SEEDS, figure, measure

TEXT = {
    "grouping", "group_code", "reference_group_code", "denominator_rule", "adjustment", "ratio_direction", "polarity",
    "wres_range", "verdict", "fit_for_use", "method",
}  # fmt: skip
KEY = {
    "measure_id": "mha_detention_rate", "period_type": "rolling_12_months", "period_start": "2024-10-01",
    "period_label": "12 months to 2025-09", "organisation_code": "DEM0", "unit_level": "organisation",
    "unit_code": "DEM0", "breakdown": "all", "breakdown_value": "all", "basis": "2001",
}  # fmt: skip
RATE = measure("rate")
SHARE = {
    "measure_id": "workforce_representation", "period_type": "snapshot", "period_start": "2025-03-31",
    "period_label": "2025-03-31", "reference_group_code": "residents", "verdict": "over_represented",
}  # fmt: skip


def row(**changes: Any) -> dict[str, Any]:
    """A headline row of detentions, twice the rate of White people, with changes."""
    return KEY | asdict(figure(RATE, 0.0002, 0.0001)) | changes


HEADLINES = {
    "minority ethnic": row(),
    "a broad group": row(grouping="broad_nhs", group_code="black"),
    "a division": row(unit_level="division", unit_code="D1"),
    "adjusted": row(adjustment="mh_authority"),
    "another trust, whose last month is earlier": row(organisation_code="DEM1", period_start="2024-09-01"),
    "White people beside residents": row(**SHARE, group_code="white"),
    "a group that is guarded": row(**SHARE, grouping="broad_ons", group_code="other") | {"method": "not_in_code_set"},
    "nothing but counts, as before the verdicts": row(
        group_code="bme", unit_level="division", unit_code="D2", verdict=None, fit_for_use=None, bound_lower=None,
        bound_upper=None, plausible_lower=None, plausible_upper=None, unknown_share=0.15,
    ),
}  # fmt: skip
OTHERS = {
    "an earlier period": row(period_start="2024-09-01"),
    "another kind of period": row(period_type="month", period_start="2025-09-01"),
    "a team": row(unit_level="team", unit_code="T1"),
    "a breakdown": row(breakdown="sex", breakdown_value="1"),
    "the national denominator": row(denominator_rule="national"),
    "an adjustment of another measure": row(adjustment="mh_ward"),
    "another reference": row(reference_group_code="A"),
    "another basis": row(basis="2021"),
}
"""Rows that differ from a headline in one column of the key each; which rows are headlines is tested with the model."""
NAMED_BY = (
    "measure_id", "period_type", "period_start", "organisation_code", "unit_level", "unit_code", "breakdown",
    "breakdown_value", "basis", "grouping", "group_code", "reference_group_code", "denominator_rule", "adjustment",
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse holds every row above, the seeds, and the place where a reader begins."""
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        for schema in ("reference", "marts"):
            warehouse.execute(f"CREATE SCHEMA {schema}")
        for seed in ("reference.ref_enum", "reference.ref_adjustment", "reference.ref_group_wording",
                     "marts.measure_catalogue"):  # fmt: skip
            file = SEEDS / f"{seed.split('.')[1]}.csv"
            warehouse.execute(f"CREATE TABLE {seed} AS SELECT * FROM read_csv('{file}', all_varchar = true)")
        warehouse.execute("ALTER TABLE marts.measure_catalogue ALTER multiplier TYPE double")
        rows = pd.DataFrame([*HEADLINES.values(), *OTHERS.values()])
        types = {name: "varchar" if name in TEXT | set(KEY) else "double" for name in rows} | {"period_start": "date"}
        columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items())
        warehouse.register("given", rows)
        warehouse.execute(f"CREATE TABLE marts.equity_measure AS SELECT {columns} FROM given")
        keys = pd.DataFrame(HEADLINES.values())[[*NAMED_BY]]
        warehouse.register("named", keys.assign(period_start=pd.to_datetime(keys["period_start"])))
        warehouse.execute("CREATE TABLE marts.equity_headline AS SELECT *, true AS is_board_figure FROM named")
        warehouse.execute("COMMENT ON COLUMN marts.equity_measure.ratio IS 'Ratio of the two values'")
        warehouse.execute(
            "CREATE TABLE marts.start_here AS SELECT 1 AS reading_order, 'marts' AS schema_name, "
            "'equity_measure' AS table_name, '' AS grain, '' AS purpose, "
            "'from marts.equity_measure' AS example_query, 'internal' AS audience"
        )
    return settings


def answers(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_headlines_are_answered_and_nothing_else(settings: Settings) -> None:
    written = publish(settings).rows
    key = ["measure_id", "organisation_code", "unit_code", "grouping", "group_code", "adjustment"]
    found = answers(settings, f"SELECT {', '.join(key)} FROM marts.equity_answer")
    assert sorted(found) == sorted(tuple(headline[name] for name in key) for headline in HEADLINES.values())
    assert written['"marts"."equity_answer"'] == len(HEADLINES)


def test_an_answer_says_what_its_row_holds(settings: Settings) -> None:
    publish(settings)
    said = dict(
        answers(
            settings,
            "SELECT organisation_code || ' ' || unit_code || ' ' || grouping || ' ' || group_code || ' ' || adjustment,"
            " sentence FROM marts.equity_answer",
        )
    )
    assert said["DEM0 DEM0 broad_nhs black crude"] == (
        "A clear difference, less favourable for Black or Black British people: their rate of detentions was 2.00 "
        "times that of White people (95% interval 1.60 to 2.60; 20.0 against 10.0 per 100,000 residents a year). That "
        "is about as many detentions among them as at the rate of White people. Ethnicity is unknown for 5.0% of "
        "detentions."
    )
    assert "adjusted for the authority where people live, their rate" in said["DEM0 DEM0 white_bme bme mh_authority"]
    assert said["DEM0 DEM0 white_bme white crude"].startswith("Clear over-representation of White people: their share")
    assert said["DEM0 DEM0 broad_ons other crude"].startswith("Nothing can be said about people from Other ethnic")


def test_a_row_without_verdict_and_bounds_is_answered(settings: Settings) -> None:
    publish(settings)
    ((verdict, text),) = answers(settings, "SELECT verdict, sentence FROM marts.equity_answer WHERE unit_code = 'D2'")
    assert verdict is None
    assert text.startswith("No verdict was given for people from minority ethnic backgrounds: their rate")
    assert text.endswith("Ethnicity is unknown for 15.0% of detentions; what that could change was not computed.")


def test_a_reader_is_told_of_the_table(settings: Settings) -> None:
    publish(settings)
    ((query, grain),) = answers(
        settings, "SELECT example_query, grain FROM marts.start_here WHERE table_name = 'equity_answer'"
    )
    assert answers(settings, query)
    assert grain.startswith("one row per ")
    columns = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'equity_answer'"
    comments = dict(answers(settings, columns))
    assert comments["ratio"] == "Ratio of the two values"
    assert "always mean the group" in comments["sentence"]
    ((comment,),) = answers(settings, "SELECT comment FROM duckdb_tables() WHERE table_name = 'equity_answer'")
    assert comment.startswith("Grain: one row per ")
    assert (settings.published / "csv" / "marts.equity_answer.csv").exists()


def test_two_publications_are_alike(settings: Settings) -> None:
    publish(settings)
    first = answers(settings, "SELECT * FROM marts.equity_answer")
    publish(settings)
    assert answers(settings, "SELECT * FROM marts.equity_answer") == first
    assert answers(settings, "SELECT count(*) FROM marts.start_here") == [(2,)]


def test_a_verdict_without_words_leaves_the_old_file(settings: Settings) -> None:
    publish(settings)
    before = settings.published_file.read_bytes()
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute("UPDATE marts.equity_measure SET verdict = 'unheard_of'")
    with pytest.raises(ValueError, match="unheard_of"):
        publish(settings)
    assert settings.published_file.read_bytes() == before
