"""Retention: months older than the trust keeps go, from the lake and from landing/, and only after a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.cli.status import print_status
from orchestration.settings import Settings

KEPT, OLD = "2015-10", "2015-09"
"""Of a trust whose day is 15 October 2025 and which keeps 120 months."""


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A landing folder of a trust older than what it keeps: a month to keep, one to remove, one that is no month."""
    trust = tmp_path / "trust.yaml"
    trust.write_text(
        "organisation_code: RXX\norganisation_name: A trust\nas_of: 2025-10-15\nfirst_month: 2012-04\n",
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


def test_what_was_refused_goes_too_when_nothing_else_of_its_month_is_left(landing: Path) -> None:
    refused = landing.parents[1] / "lake" / "refused" / "mhsds" / "2015-08" / "RXX"
    refused.mkdir(parents=True)
    done = CliRunner().invoke(main, ["retention", "--yes"])
    assert done.exit_code == 0, done.output
    assert not refused.exists()


def test_a_month_that_is_kept_no_more_is_not_missing(landing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither for `status` nor for the models, whose calendar begins where something is held."""
    assert CliRunner().invoke(main, ["retention", "--yes"]).exit_code == 0
    settings = Settings()
    print_status(settings)
    assert {OLD, KEPT} & set(capsys.readouterr().out.split()) == {KEPT}
    assert (settings.dbt_vars()["first_month"], settings.trust.months()[0]) == (KEPT, KEPT)


def test_old_months_are_used_as_long_as_something_is_held(landing: Path) -> None:
    """Retention is a command, never a date: what it has not removed stays in every table."""
    assert Settings().trust.first_month == OLD
    (landing.parents[1] / "lake" / "mhsds" / "2013-11" / "RXX").mkdir(parents=True)
    assert Settings().trust.first_month == "2013-11"
    (landing / "2011-11").mkdir()
    assert Settings().trust.first_month == "2012-04", "the trust says itself where its months begin"


def test_a_trust_whose_months_are_all_to_be_kept_owes_them_all(landing: Path) -> None:
    config = landing.parents[1] / "trust.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("2012-04", "2016-01"), encoding="utf-8")
    assert Settings().trust.first_month == "2016-01"


def test_it_says_what_goes_and_a_no_keeps_everything(landing: Path) -> None:
    done = CliRunner().invoke(main, ["retention"], input="n\n")
    assert "from the lake and from landing/. This cannot be undone. Go on?" in done.output
    assert {path.name for path in landing.iterdir()} == {KEPT, OLD, "copy-of"}
