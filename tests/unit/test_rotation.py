"""Key rotation: no pseudonym of the old secrets stays, and nothing is left that could not be read again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.checked_file import SettingsError
from orchestration.cli.landing import rotate_keys
from orchestration.settings import new_keys, write_keys
from tests.landed import Landing, landing_at


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """A real trust with a key of its own."""
    config = tmp_path / "trust.yaml"
    choices = {
        "organisation_code": "RXX", "organisation_name": "A trust", "as_of": "2025-06-15", "first_month": "2024-01"
    }
    config.write_text(yaml.safe_dump(choices), encoding="utf-8")
    landing = landing_at(tmp_path / "place", config)
    write_keys(landing.settings.key_file, new_keys())
    return landing


def test_rotation_leaves_no_pseudonym_made_with_the_old_secrets(landing: Landing) -> None:
    settings = landing.settings
    landing.staff()
    landing.take_in("staff_record")
    first = {row[0] for row in landing.lake("staff_record", "staff_key", code="RXX")}
    for file in (settings.warehouse_file, settings.restricted / "patient.duckdb"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    secrets = settings.key_file.read_text(encoding="utf-8")
    rotate_keys(settings)
    old = settings.key_file.with_name(settings.key_file.name + ".old")
    assert old.read_text(encoding="utf-8") == secrets
    assert settings.key_file.read_text(encoding="utf-8") != secrets
    assert {file.stat().st_mode & 0o777 for file in settings.key_file.parent.iterdir()} == {0o600}
    assert not settings.warehouse_file.exists()
    assert not list(settings.restricted.iterdir())
    landing.take_in("staff_record")
    assert first.isdisjoint({row[0] for row in landing.lake("staff_record", "staff_key", code="RXX")})
    with pytest.raises(SettingsError, match="left from an earlier rotation"):
        rotate_keys(settings)


def test_rotation_is_refused_while_a_period_can_not_be_read_again(landing: Landing) -> None:
    file = landing.staff()
    landing.take_in("staff_record")
    file.rename(file.with_name("other.csv"))
    with pytest.raises(SettingsError, match="staff_record/2024-05 can not be read again"):
        rotate_keys(landing.settings)
