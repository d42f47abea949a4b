"""What Dagster shows of the quality pages beside the way to them: whom to ask, what changed, and numbers to follow."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.pages import PAGES, build_pages
from orchestration.settings import Settings
from tests import quality_tables


@pytest.fixture
def metadata(tmp_path: Path) -> dict[str, object]:
    """What the asset tells, built from made-up rows."""
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir(parents=True)
    quality_tables.make(settings.warehouse_file)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([build_pages(settings, [])], instance=instance)
    (event,) = result.asset_materializations_for_node(PAGES.to_python_identifier())
    return {name: value.value for name, value in event.metadata.items()}


def test_whom_to_ask_first_and_what_changed_are_told_where_the_run_is_watched(metadata: dict[str, object]) -> None:
    asks, changes = str(metadata["whom_to_ask_first"]).splitlines(), str(metadata["what_changed"])
    assert len(asks) == 2 + 2 * 3
    assert list(metadata)[:2] == ["whom_to_ask_first", "what_changed"]
    plan = quality_tables.tables()["quality.asking_plan"]
    worst = (quality_tables.WORST, quality_tables.LAST)
    row = next(row for row in plan if (row["unit_code"], row["month"]) == worst)
    source, title, team, known, to_ask, _, place, figure = (cell.strip() for cell in asks[2].strip("|").split("|"))
    assert (source, title, team) == ("Patient record", "The teams that know least", "Crisis \\<Team\\>")
    assert known == f"{100 * row['valid_count'] / row['person_count']:.1f}%"
    assert (to_ask, place) == (str(row["to_ask_count"]), str(row["plan_rank"]))
    assert "must answer to reach 95%" in asks[3] or "out of reach" in asks[3]
    assert figure == (
        "Detentions under the Mental Health Act, people from minority ethnic backgrounds: now between 1.8 and 15 "
        "times, between 2.0 and 9.5 if all answer, a range 44.0% narrower; 12 detentions among the people to be asked"
    )
    assert all(line.count("|") == asks[0].count("|") for line in asks)
    assert (
        "- Worse: National return: 1 unit is newly below its usual range: North Division (1,832 of 2,000 to 1,347 of "
        "2,000)"
    ) in changes
    assert "- Asked: Patient record: of" in changes
    assert "have answered since and 10 declined" in changes


def test_numbers_of_asking_stand_at_the_top_to_be_followed_over_runs(metadata: dict[str, object]) -> None:
    assert (metadata["answered_patient_ethnicity"], metadata["declined_patient_ethnicity"]) == (70, 10)
    plan = quality_tables.tables()["quality.asking_plan"]
    assert metadata["to_ask_patient_ethnicity"] == sum(
        row["to_ask_count"] for row in plan if row["month"] == quality_tables.LAST
    )
    assert metadata["to_ask_of_no_team_patient_ethnicity"] == 0
