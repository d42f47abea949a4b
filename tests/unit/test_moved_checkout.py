"""A home used from one checkout and then from another: dbt must look for the seeds where the project is now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.assets import warehouse
from orchestration.settings import Settings

FILES = {
    "dbt_project/dbt_project.yml": 'name: small\nversion: "1.0"\nprofile: equity\nseed-paths: ["../seeds"]\n',
    "dbt_project/profiles.yml": "equity: {target: duckdb, outputs: {duckdb: {type: duckdb, path: small.duckdb}}}\n",
    "seeds/ref_letter.csv": "letter\na\n",
}


def _checkout(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_home_follows_the_checkout_it_is_used_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "home")
    for name in ("first", "second"):
        checkout = _checkout(tmp_path / name)
        monkeypatch.setattr(warehouse, "PROJECT", checkout)
        monkeypatch.setattr(warehouse, "DBT_PROJECT", checkout / "dbt_project")
        manifest = json.loads(warehouse.prepare_manifest(settings).read_text(encoding="utf-8"))
        assert {node["root_path"] for node in manifest["nodes"].values()} == {str(checkout / "dbt_project")}
