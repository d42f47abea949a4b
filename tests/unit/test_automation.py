"""What the sensor and the schedules ask for, tick by tick, of a trust whose months go on as they land."""

from __future__ import annotations

import datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.automation import RANGE_START, build_schedules, build_sensor
from orchestration.contracts import FEEDS
from tests.landed import Landing, landing_at


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    config = tmp_path / "trust.yaml"
    config.write_text("organisation_code: DEM0\norganisation_name: A trust\nfirst_month: 2025-05\n", encoding="utf-8")
    return landing_at(tmp_path / "place", config)


class Ticks:
    """A sensor of one process, looked at again and again."""

    def __init__(self, landing: Landing) -> None:
        """Begin without a cursor."""
        self._sensor = build_sensor(landing.settings, FEEDS)
        self._cursor: str | None = None
        self._asked: set[str | None] = set()

    def next(self) -> list[str]:
        """First days of the months the next tick asks for; Dagster starts no second run of the same key."""
        with dg.build_sensor_context(cursor=self._cursor) as context:
            found = self._sensor.evaluate_tick(context)
        self._cursor = found.cursor
        fresh = [request for request in found.run_requests or [] if request.run_key not in self._asked]
        self._asked |= {request.run_key for request in fresh}
        return sorted(request.tags[RANGE_START] for request in fresh)


def test_a_month_that_lands_later_is_asked_for_without_a_reload(landing: Landing) -> None:
    ticks = Ticks(landing)
    landing.staff(period="2025-07")
    assert [ticks.next(), ticks.next(), ticks.next()] == [[], ["2025-07-01"], []]
    landing.staff(period="2025-08")
    assert [ticks.next(), ticks.next(), ticks.next()] == [[], ["2025-08-01"], []]


def test_a_growing_file_is_left_alone_until_it_stands_still(landing: Landing) -> None:
    ticks = Ticks(landing)
    file = landing.staff(period="2025-07")
    for _ in range(3):
        assert ticks.next() == []
        with file.open("a", encoding="utf-8") as grows:
            grows.write("more\n")
    assert [ticks.next(), ticks.next(), ticks.next()] == [[], ["2025-07-01"], []]


def test_a_file_with_the_name_of_one_under_way_is_left_alone(landing: Landing) -> None:
    ticks = Ticks(landing)
    landing.staff(period="2025-07", name="staff_in_post.csv.part")
    assert [ticks.next(), ticks.next(), ticks.next()] == [[], [], []]


@pytest.mark.parametrize(
    ("position", "before", "after"), [(0, "2025-07-01", "2025-08-01"), (1, "2025-05-01", "2025-06-01")]
)
def test_schedules_move_on_with_what_has_landed(landing: Landing, position: int, before: str, after: str) -> None:
    schedule = build_schedules(landing.settings)[position]

    def asked() -> str:
        tick = datetime.datetime(2025, 9, 22, tzinfo=datetime.UTC)
        with dg.build_schedule_context(scheduled_execution_time=tick) as at:
            requests = schedule.evaluate_tick(at).run_requests
        assert requests
        return requests[0].tags[RANGE_START]

    landing.staff(period="2025-07")
    assert asked() == before
    landing.staff(period="2025-08")
    assert asked() == after
