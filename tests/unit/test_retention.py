"""Retention: months older than the trust keeps go, from the lake and from landing/, and only after a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main

KEPT, OLD = "2015-10", "2015-09"
"""Of a trust whose day is 15 October 2025 and which keeps 120 months."""


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A landing folder with a month to keep, one to remove, and a folder that is no month."""
    trust = tmp_path / "trust.yaml"
    trust.write_text(
        "organisation_code: RXX\norganisation_name: A trust\nas_of: 2025-10-15\nfirst_month: 2022-03\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path))
    monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(trust))
    for name in (KEPT, OLD, "copy-of"):
        (tmp_path / "landing" / "incidents" / name).mkdir(parents=True)
    (tmp_path / "lake" / "incidents" / OLD / "RXX").mkdir(parents=True)
    return tmp_path / "landing" / "incidents"


def test_old_months_go_from_the_lake_and_from_landing(landing: Path) -> None:
    done = CliRunner().invoke(main, ["retention"], input="y\n")
    assert done.exit_code == 0, done.output
    assert {path.name for path in landing.iterdir()} == {KEPT, "copy-of"}
    assert not (landing.parents[1] / "lake" / "incidents" / OLD).exists()


def test_it_says_what_goes_and_a_no_keeps_everything(landing: Path) -> None:
    done = CliRunner().invoke(main, ["retention"], input="n\n")
    assert "from the lake and from landing/. This cannot be undone. Go on?" in done.output
    assert {path.name for path in landing.iterdir()} == {KEPT, OLD, "copy-of"}
