"""Every unit test of the dbt project runs and passes here: production runs leave them out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from orchestration.assets.warehouse import dbt_executable
from tests.conftest import PROJECT, Home


def test_every_declared_unit_test_runs_and_passes(small_home: Home, tmp_path: Path) -> None:
    settings = small_home.settings
    warehouse = tmp_path / "equity.duckdb"
    shutil.copy(settings.warehouse_file, warehouse)
    command = [
        dbt_executable(), "test", "--select", "test_type:unit",
        "--project-dir", str(PROJECT / "dbt_project"), "--profiles-dir", str(PROJECT / "dbt_project"),
        "--vars", json.dumps(settings.dbt_vars()), "--target-path", str(tmp_path / "target"),
        "--log-path", str(tmp_path / "logs"),
    ]  # fmt: skip
    environment = {**os.environ, **settings.dbt_environment(), "EQUITY_WAREHOUSE": str(warehouse)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    declared = json.loads((tmp_path / "target" / "manifest.json").read_text(encoding="utf-8"))["unit_tests"]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    results = [result for result in results if result["unique_id"].startswith("unit_test.")]  # hooks are told too
    assert {result["unique_id"] for result in results} == set(declared)
    assert {result["status"] for result in results} == {"pass"}
    assert len(declared) >= 45
