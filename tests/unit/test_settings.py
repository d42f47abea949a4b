"""A wrong setting is named in one line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from orchestration.checked_file import SettingsError
from orchestration.lock import only_one
from orchestration.settings import DEMO_KEYS, Settings, Trust, load_settings, new_keys, write_keys

REAL = {
    "organisation_code": "RXX",
    "organisation_name": "A trust",
    "as_of": "2025-10-15",
    "first_month": "2025-01",
}


def real_trust(tmp_path: Path, **changes: object) -> Settings:
    """Settings of a trust that is not the demo one."""
    config = tmp_path / "trust.yaml"
    config.write_text(yaml.safe_dump(REAL | changes), encoding="utf-8")
    return Settings(home=tmp_path / "home", trust_config=config)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"organisation": "RXX"}, "unknown key 'organisation'"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"first_month": "2025-13"}, "first_month"),
        ({"first_month": "2026-01"}, "must lie after first_month"),
        ({"feeds": {"payroll": {}}}, "unknown feed 'payroll'"),
        ({"feeds": {"mhsds": {"due": 3}}}, "feeds.mhsds.due"),
        ({"access": {"mode": "rw"}}, "access.mode"),
        ({"access": {"mode": "0644"}}, "access.mode"),
        ({"predecessors": ["RW9", "../x"]}, "predecessors.1"),
        ({"threads": 0}, "threads"),
        ({"threads": True}, "threads"),
        ({"memory_limit": "0MB"}, "memory_limit"),
        ({"access": {"mode": "0000"}}, "access.mode"),
        ({"first_month": "0000-01"}, "first_month"),
        ({"retention_months": 99_999}, "retention_months"),
    ],
)
def test_a_wrong_key_or_value_is_named_in_one_line(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    settings = real_trust(tmp_path, **changes)
    with pytest.raises(SettingsError) as error:
        _ = settings.trust
    assert named in str(error.value)
    assert "trust.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_day_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    settings = real_trust(tmp_path)
    settings.trust_config.write_text("as_of: 2025-02-30\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"trust\.yaml: expected days of the calendar"):
        _ = settings.trust


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    settings = real_trust(tmp_path)
    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(SettingsError, match=r"trust\.yaml: can not be read \(Permission denied\)"):
        _ = settings.trust


@pytest.mark.parametrize("name", ["d [x]", "o'n", "a*", 'a"b', "{a}", "a?"])
def test_a_home_whose_name_is_a_pattern_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path / name))
    with pytest.raises(SettingsError, match=r"EQUITY_HOME: .*rename the folder"):
        load_settings()


def test_keys_that_can_not_be_made_are_told_in_one_line() -> None:
    with pytest.raises(SettingsError, match=r"/dev/null/keys\.yaml: can not be made \(File exists\)"):
        write_keys(Path("/dev/null/keys.yaml"), new_keys())


def test_a_missing_file_is_named_with_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(tmp_path / "nowhere.yaml"))
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: no such file; EQUITY_TRUST_CONFIG names it"):
        load_settings()


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUITY_HOMES", "/tmp")
    with pytest.raises(SettingsError, match="EQUITY_HOMES: unknown variable"):
        load_settings()


def test_an_empty_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would make the folder one happens to stand in the home of every file."""
    monkeypatch.setenv("EQUITY_HOME", "")
    with pytest.raises(SettingsError, match="EQUITY_HOME: is set and empty"):
        load_settings()


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(SettingsError, match=r"home: can not be used \(.*\); EQUITY_HOME names it"), only_one(
        real_trust(tmp_path)
    ):
        pass


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "trust.yaml"
    config.write_bytes(b"organisation_code: [\xff")
    with pytest.raises(SettingsError, match="is not YAML"):
        _ = Settings(trust_config=config).trust


def test_the_demo_key_is_refused_for_a_real_trust(tmp_path: Path) -> None:
    settings = real_trust(tmp_path)
    settings.key_file.parent.mkdir(parents=True)
    settings.key_file.write_text(yaml.safe_dump(DEMO_KEYS), encoding="utf-8")
    with pytest.raises(SettingsError, match="demo key, which is refused for RXX"):
        settings.pseudonym_keys()


def test_a_real_trust_without_keys_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file; make a key with: python -m orchestration keys new"):
        real_trust(tmp_path).pseudonym_keys()


def test_a_bad_key_file_does_not_print_its_secret(tmp_path: Path) -> None:
    settings = real_trust(tmp_path)
    settings.key_file.parent.mkdir(parents=True)
    settings.key_file.write_text(yaml.safe_dump({"staff": "short-secret", "patient": "x" * 32}), encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        settings.pseudonym_keys()
    assert "staff" in str(error.value)
    assert "short-secret" not in str(error.value)


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    settings = real_trust(tmp_path)
    write_keys(settings.key_file, new_keys())
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert settings.pseudonym_keys().staff != settings.pseudonym_keys().patient
    with pytest.raises(SettingsError, match="already"):
        write_keys(settings.key_file, new_keys())


def test_the_demo_trust_makes_its_own_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.pseudonym_keys().staff == DEMO_KEYS["staff"]
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600


def test_months_run_from_the_first_to_the_last_full_one() -> None:
    trust = Trust(**REAL | {"first_month": "2024-11", "as_of": "2025-02-01"})  # type: ignore[arg-type]
    assert trust.months() == ["2024-11", "2024-12", "2025-01"]


def test_without_as_of_today_is_the_day_after_the_newest_landed_month(tmp_path: Path) -> None:
    settings = real_trust(tmp_path, as_of=None)
    config = yaml.safe_load(settings.trust_config.read_text(encoding="utf-8"))
    del config["as_of"]
    settings.trust_config.write_text(yaml.safe_dump(config), encoding="utf-8")
    assert settings.trust.as_of.isoformat() == "2025-02-01", "nothing has landed: the day after the first month"
    assert settings.trust.months() == ["2025-01"]
    for folder in ("mhsds/2025-11", "staff_record/2025-12", "staff_record/notes"):
        (settings.landing / folder).mkdir(parents=True)
        (settings.landing / folder / "file.csv").touch()
    again = settings.looked_at_again()
    assert again.trust.as_of.isoformat() == "2026-01-01"
    assert again.trust.last_month == "2025-12"


@pytest.mark.parametrize(
    ("months", "as_of"),
    [
        (["2025-08", "2025-09", "2052-09"], "2025-10-01"),
        (["2025-09", "2030-01", "2052-09"], "2025-10-01"),
        (["2025-09", "2025-11"], "2025-12-01"),
        (["2025-09", "2025-12"], "2025-10-01"),
        (["2052-09"], "2052-10-01"),
    ],
)
def test_a_mistyped_month_does_not_move_today(tmp_path: Path, months: list[str], as_of: str) -> None:
    config = tmp_path / "trust.yaml"
    config.write_text("organisation_code: RXX\norganisation_name: A trust\nfirst_month: 2025-01\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", trust_config=config)
    for number, month in enumerate(months):
        folder = settings.landing / ("mhsds", "staff_record")[number % 2] / month
        folder.mkdir(parents=True)
        (folder / "file.csv").touch()
    assert settings.trust.as_of.isoformat() == as_of
