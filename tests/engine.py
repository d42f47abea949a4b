"""The measure engine on counts of a test's own: the compiled models, run again from the counts on.

Belongs here: putting counts, or people within strata, in place of those of a built home and rebuilding what stands on
them. Does not belong here: any SQL of the engine, which is dbt's compiled text.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from tests.conftest import Home

DEFAULTS: dict[str, Any] = {
    "ethnicity_rule": "preferred", "basis": "2001", "denominator_rule": "own", "period_type": "financial_year",
    "period_start": "2024-04-01", "organisation_code": "TEST", "unit_level": "organisation",
    "unit_code": "TEST", "breakdown": "all", "breakdown_value": "all", "stratification": "none", "stratum": "none",
    "numerator_people": None, "denominator_people": None, "numerator_sq": None, "event_denominator": None,
    "is_modelled": False, "subject_number": None, "people_count": None,
    "people_per_denominator": 1.0, "legal_status_period_key": None,
}
"""What a row of counts holds where a test does not say."""


class Engine:
    """A copy of a home's warehouse in which the models after the counts can be built again.

    Args:
        home: a home that has run.
        folder: an empty folder for the copy.
    """

    def __init__(self, home: Home, folder: Path) -> None:
        """Copy the warehouse and read which models stand on which."""
        target = folder / home.settings.warehouse_file.name
        shutil.copyfile(home.settings.warehouse_file, target)
        self.connection = duckdb.connect(str(target))
        manifest = json.loads((home.settings.dbt_target / "manifest.json").read_text(encoding="utf-8"))
        self._nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
        self._compiled = home.settings.dbt_target / "compiled" / "race_equity"

    def put(self, model: str, rows: list[dict[str, Any]] | pd.DataFrame) -> None:
        """Replace the rows of a model's table; what a row leaves out gets its default: people are one per subject."""
        columns = [name for name, *_ in self.connection.execute(f"DESCRIBE intermediate.{model}").fetchall()]
        frame = pd.DataFrame(rows, columns=None if len(rows) else columns)
        if "people_count" in columns and "people_count" not in frame and "subject_number" in frame:
            frame["people_count"] = frame["subject_number"].map(lambda subject: None if pd.isna(subject) else 1)
        for name in columns:
            if name not in frame:
                frame[name] = DEFAULTS[name]
            elif DEFAULTS.get(name) is not None:
                frame[name] = frame[name].where(frame[name].notna(), DEFAULTS[name])
        for people, count in (("numerator_people", "numerator"), ("numerator_sq", "numerator"),
                              ("denominator_people", "denominator"), ("event_denominator", "numerator")):
            if people in columns:
                frame[people] = frame[people].astype(float).fillna(frame[count].astype(float))
        self._make_table(f"intermediate.{model}")
        self.connection.register("given", frame[columns])
        self.connection.execute(f"DELETE FROM intermediate.{model}")
        self.connection.execute(f"INSERT INTO intermediate.{model} SELECT * FROM given")
        self.connection.unregister("given")

    def _make_table(self, relation: str) -> None:
        """Turn a view into an empty table of the same columns, so that rows can be put there."""
        schema, name = relation.split(".")
        if self.connection.execute(
            "SELECT 1 FROM duckdb_views() WHERE schema_name = ? AND view_name = ?", [schema, name]
        ).fetchone():
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE shape AS SELECT * FROM {relation} LIMIT 0")
            self.connection.execute(f"DROP VIEW {relation}")
            self.connection.execute(f"CREATE TABLE {relation} AS SELECT * FROM shape")

    def build(self, *given: str) -> dict[str, float]:
        """Build what stands on the given models, in order, up to `marts.equity_measure`; seconds by model."""
        seconds = {}
        for name in self._descendants(set(given)):
            node = self._nodes[name]
            file = self._compiled / "models" / node["path"]
            started = time.perf_counter()
            kind = "VIEW" if node["config"]["materialized"] == "view" else "TABLE"
            self.connection.execute(
                f"CREATE OR REPLACE {kind} {node['schema']}.{node['alias']} AS {file.read_text(encoding='utf-8')}"
            )
            seconds[name] = time.perf_counter() - started
        return seconds

    def measures(self, **where: Any) -> pd.DataFrame:
        """Rows of `marts.equity_measure` with the given values."""
        condition = " AND ".join(f"{column} = ?" for column in where) or "true"
        return self.connection.execute(
            f"SELECT * FROM marts.equity_measure WHERE {condition}", list(where.values())
        ).df()

    def measure(self, **where: Any) -> dict[str, Any]:
        """The one row with the given values; undefined figures are None."""
        found = self.measures(**where)
        assert len(found) == 1, f"{len(found)} rows for {where}"
        row = found.iloc[0].to_dict()
        return {name: None if pd.isna(value) else value for name, value in row.items()}

    def _descendants(self, given: set[str]) -> list[str]:
        stands_on = {
            name: {parent.split(".")[-1] for parent in node["depends_on"]["nodes"]}
            for name, node in self._nodes.items()
            if name.startswith(("int_measure_", "int_estimate_")) or name == "equity_measure"
        }
        touched, order = set(given), []
        while True:
            ready = [
                name for name, parents in sorted(stands_on.items())
                if name not in touched and parents & touched
                and all(parent in touched or not _leads(stands_on, parent, given) for parent in parents)
            ]
            if not ready:
                return order
            order += ready
            touched |= set(ready)


def _leads(stands_on: dict[str, set[str]], name: str, given: set[str]) -> bool:
    """Whether a model stands, however far, on a given one."""
    parents = stands_on.get(name, set())
    return bool(parents & given) or any(_leads(stands_on, parent, given) for parent in parents)
