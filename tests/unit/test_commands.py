"""Commands as the documents write them, where nothing need be built to see what they do."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.settings import Settings
from tests.landed import OWN, PERIOD, TABLES, good_rows, landing_at


@pytest.fixture
def a_real_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets up a trust whose `trust.yaml` says this of its feeds, with a home that is not there yet."""

    def set_up(feeds: str) -> None:
        config = tmp_path / "trust.yaml"
        config.write_text(
            "organisation_code: RXX\norganisation_name: A trust\nas_of: 2025-10-15\nfirst_month: 2025-09\n"
            f"feeds: {feeds}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("EQUITY_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(config))

    return set_up


def test_keys_new_makes_private_secrets_once_and_prints_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trust's first files, `trust.yaml` among them, may still be on their way."""
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(tmp_path / "trust.yaml"))
    made = CliRunner().invoke(main, ["keys", "new"])
    assert made.exit_code == 0, made.output
    file = Settings().key_file
    assert str(file) in made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "trust.yaml").write_text(
        "organisation_code: RXX\norganisation_name: A trust\nas_of: 2025-10-15\nfirst_month: 2025-01\n",
        encoding="utf-8",
    )
    keys = Settings().pseudonym_keys()
    assert keys.staff not in made.output
    assert keys.patient not in made.output
    again = CliRunner().invoke(main, ["keys", "new"])
    assert (again.exit_code, Settings().pseudonym_keys()) == (1, keys)
    assert "is there already; move it away first" in again.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "2022-02"], "2022-02: outside 2022-03 to 2025-09"),
        (["--to", "2025-10"], "2025-10: outside 2022-03 to 2025-09"),
        (["--from", "2025-09", "--to", "2025-07"], "--from 2025-09 lies after --to 2025-07"),
    ],
)
def test_run_names_a_month_it_can_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], told: str
) -> None:
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["run", *options])
    assert done.exit_code == 1
    assert told in done.output
    assert not list(tmp_path.iterdir()), "nothing is made or begun"


def test_status_tells_what_is_overdue_from_what_is_only_missing(a_real_trust: Callable[[str], None]) -> None:
    """On 15 October the September of the incidents, due within 14 days, is late; that of the staff record is not."""
    a_real_trust("{incidents: {due_days: 14}, staff_record: {due_days: 15}}")
    done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 0, done.output
    states = {line.split()[0]: line.split()[3] for line in done.output.splitlines() if " 2025-09 " in line}
    assert (states["incidents"], states["staff_record"]) == ("overdue", "missing")


def test_status_says_why_a_submission_was_refused_and_cuts_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = landing_at(tmp_path)
    landing.staff(good_rows(TABLES["staff_record"], 1_500))
    landing.take_in("staff_record")
    path = landing.staff(good_rows(TABLES["staff_record"], 1_500))
    path.write_text(path.read_text(encoding="utf-8").replace("Ethnic Origin", "Ethnicity", 1), encoding="utf-8")
    assert landing.only("staff_record").outcome == "refused"
    monkeypatch.setenv("EQUITY_HOME", str(landing.settings.home))
    monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(landing.settings.trust_config))
    monkeypatch.setenv("COLUMNS", "20")
    told = CliRunner().invoke(main, ["status"]).output
    (figures,) = (line.split() for line in told.splitlines() if line.split()[:2] == ["staff_record", PERIOD])
    assert figures == ["staff_record", PERIOD, OWN, "refused", "1,500", "1,500", "0", "0", "-"]
    (reason,) = (line for line in told.splitlines() if line.startswith(f"! staff_record/{PERIOD} {OWN}: "))
    assert "'Ethnic Origin'" in reason
    assert reason.endswith("the figures above are of the version in use")


def test_a_header_that_no_contract_has_is_told_before_anything_is_read(
    a_real_trust: Callable[[str], None], tmp_path: Path
) -> None:
    a_real_trust("{staff_record: {headers: {Ethnicity: Ethnic Origin}}}")
    done = CliRunner().invoke(main, ["run"])
    assert done.exit_code == 1
    assert "unknown header 'Ethnicity'; write our header, a colon, yours; ours are" in done.output
    assert not (tmp_path / "home").exists()


def test_commands_that_find_nothing_to_do_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "landing" / "census" / "all").mkdir(parents=True)
    made = CliRunner().invoke(main, ["demo"])
    assert (made.exit_code, "nothing was made" in made.output) == (1, True)
    removed = CliRunner().invoke(main, ["retention", "--yes"])
    assert (removed.exit_code, "nothing to remove: no month before" in removed.output) == (0, True)
