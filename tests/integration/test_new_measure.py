"""One SQL file and one row of the catalogue make a measure: nothing else in the project names it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.conftest import PROJECT, Home

ATOMS = """
select
    'staff_over_one_assignment' as measure_id,
    'own' as role,
    organisation_code,
    staff_key as subject_key,
    snapshot_month as month,
    unit_code,
    'all' as breakdown,
    'all' as breakdown_value,
    'none' as stratification,
    'none' as stratum,
    cast(null as {{ dbt.type_string() }}) as basis,
    cast(null as {{ dbt.type_string() }}) as denominator_rule,
    cast(null as {{ dbt.type_string() }}) as ethnicity_code,
    case when assignment_count > 1 then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    false as is_modelled
from {{ ref('fct_staff_snapshot') }}
"""
LIKE = "restraint_likelihood"
ROW = {
    "measure_id": "staff_over_one_assignment", "measure_name": "Staff with several assignments",
    "stratifications": "none", "adjustments": "", "adjusted_period_types": "", "period_types": "financial_year",
    "breakdowns": "all",
    "headline_period_type": "financial_year", "lowest_unit_level": "division", "groupings": "white_bme",
    "headline_grouping": "white_bme", "bases": "2001", "source_feeds": "staff_record",
}


def test_a_measure_is_one_file_and_one_row(small_home: Home, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for folder in ("orchestration", "dbt_project", "seeds"):
        shutil.copytree(PROJECT / folder, project / folder, ignore=shutil.ignore_patterns("target", "logs"))
    (project / "dbt_project/models/intermediate/int_atom_staff_over_one_assignment.sql").write_text(ATOMS)
    catalogue = project / "seeds" / "measure_catalogue.csv"
    with catalogue.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = next(row for row in rows if row["measure_id"] == LIKE)
    with catalogue.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(model))
        writer.writeheader()
        writer.writerows([*rows, model | ROW])
    warehouse = tmp_path / "equity.duckdb"
    shutil.copyfile(small_home.settings.warehouse_file, warehouse)
    dbt(project, small_home, warehouse, "seed", "--select", "measure_catalogue")
    dbt(project, small_home, warehouse, "run", "--select", "measure_catalogue+ int_atom_staff_over_one_assignment+",
        "--exclude", "int_atom_workforce_representation")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "SELECT sum(numerator), sum(denominator), count(ratio) FROM marts.equity_measure"
            " WHERE measure_id = 'staff_over_one_assignment' AND period_label = '2024-25'"
            " AND unit_level = 'organisation'"
        ).fetchone()
        expected = connection.execute(
            "SELECT count(DISTINCT staff_key) FILTER (assignment_count > 1), count(DISTINCT staff_key)"
            " FROM core.fct_staff_snapshot WHERE snapshot_month BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'"
        ).fetchone()
    assert expected is not None
    assert expected[0] > 0
    assert found is not None
    assert found[:2] == expected
    assert found[2] == 1


def dbt(project: Path, home: Home, warehouse: Path, *arguments: str) -> None:
    """Run dbt in the copied project with the settings that project reads."""
    asked = "import json; from orchestration.settings import load_settings as s; print(json.dumps(s().dbt_vars()))"
    variables = subprocess.run(
        [sys.executable, "-c", asked], cwd=project, env=home.environment, capture_output=True, text=True, check=True
    ).stdout
    assert "staff_over_one_assignment" in json.loads(variables)["atom_measures"]
    settings = home.settings
    done = subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", *arguments, "--project-dir", "dbt_project",
            "--profiles-dir", "dbt_project", "--vars", variables, "--target-path", str(project / "target"),
            "--log-path", str(project / "logs"),
        ],
        cwd=project, env={**os.environ, **settings.dbt_environment(), "EQUITY_WAREHOUSE": str(warehouse)},
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout
