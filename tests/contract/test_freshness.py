"""What is late: the check of a feed's asset and the table `quality.feed_status` rule the same of one example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.contracts import FEEDS
from orchestration.ingest import freshness
from orchestration.ingest.lake import RECEIPT, kept_folder, refused_folder, write_rows
from orchestration.ingest.receipts import RECEIPT_COLUMNS
from orchestration.settings import Settings
from tests.conftest import PROJECT

MODEL = PROJECT / "dbt_project" / "models" / "quality" / "feed_status.yml"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """The unit test of the model: what it is given and what it must say."""
    (test,) = yaml.safe_load(MODEL.read_text(encoding="utf-8"))["unit_tests"]
    return dict(test)


@pytest.fixture
def settings(example: dict[str, Any], tmp_path: Path) -> Settings:
    """A home whose trust and lake are those of the example."""
    variables, (months, receipts) = example["overrides"]["vars"], (given["rows"] for given in example["given"])
    config = tmp_path / "trust.yaml"
    choices = {
        "organisation_code": variables["organisation_code"],
        "organisation_name": "A trust",
        "as_of": variables["as_of"],
        "first_month": months[0]["period_label"],
        "feeds": {name: {"due_days": feed["due_days"]} for name, feed in variables["feeds"].items()},
    }
    config.write_text(yaml.safe_dump(choices), encoding="utf-8")
    settings = Settings(home=tmp_path / "home", trust_config=config)
    assert settings.trust.months() == [month["period_label"] for month in months]
    for receipt in receipts:
        status, folder_of = ("refused", refused_folder) if receipt["is_refused"] else ("kept", kept_folder)
        told = receipt | {"status": status, "organisation_code": receipt["source_organisation_code"]}
        folder = folder_of(settings, receipt["feed"], receipt["period"], receipt["source_organisation_code"])
        folder.mkdir(parents=True)
        write_rows(folder / f"{RECEIPT}.parquet", RECEIPT_COLUMNS, [tuple(told.get(name) for name in RECEIPT_COLUMNS)])
    return settings


def test_check_and_table_call_the_same_periods_late(example: dict[str, Any], settings: Settings) -> None:
    variables, rows = example["overrides"]["vars"], example["expect"]["rows"]
    for name, feed in variables["feeds"].items():
        assert (FEEDS[name].is_optional, FEEDS[name].partition == "month") == (feed["is_optional"], feed["is_monthly"])
        stale = [row for row in rows if row["feed"] == name and row["is_stale"]]
        assert sorted(freshness(settings, FEEDS[name]).overdue) == sorted(
            (row["period"], row["source_organisation_code"]) for row in stale
        ), name
    assert {row["is_stale"] for row in rows} == {True, False}
