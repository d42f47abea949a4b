"""Homes to test on: one small trust taken through the whole pipeline once a session."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import ENVIRONMENT, Settings

PROJECT = Path(__file__).resolve().parent.parent
SMALL = "0.02"


@dataclass(frozen=True)
class Home:
    """A home folder and the command line bound to it."""

    path: Path
    config: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The process environment with this home and nothing of the developer's own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EQUITY_", "DAGSTER"))}
        chosen = {"EQUITY_HOME": str(self.path)}
        if self.config:
            chosen["EQUITY_TRUST_CONFIG"] = str(self.config)
        return inherited | chosen

    @property
    def settings(self) -> Settings:
        """Settings of this home."""
        return Settings(home=self.path, **({"trust_config": self.config} if self.config else {}))

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m orchestration ARGUMENTS` on this home."""
        done = subprocess.run(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        if check and done.returncode:
            raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def published(self) -> duckdb.DuckDBPyConnection:
        """The published file, read-only."""
        return duckdb.connect(str(self.settings.published_file), read_only=True)

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """The private warehouse, read-only."""
        return duckdb.connect(str(self.settings.warehouse_file), read_only=True)


@pytest.fixture(scope="session")
def make_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """Makes an empty home."""
    return lambda name: Home(tmp_path_factory.mktemp(name) / "home")


@pytest.fixture(scope="session")
def small_home(make_home: Callable[[str], Home]) -> Home:
    """The synthetic trust at small scale, taken from files to the published file. Read it, never change it."""
    return run_from_nothing(make_home("small"))


def run_from_nothing(home: Home) -> Home:
    """Make the files of the synthetic trust at small scale, run, and keep what the run printed in the home."""
    done = home.command("run", "--scale", SMALL)
    (home.path / "run.out").write_text(done.stdout, encoding="utf-8")
    (home.path / "run.err").write_text(done.stderr, encoding="utf-8")
    return home


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    yield
