"""What nobody could read is seen on the first page after the run that took it in: from landing to `index.html`."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.pages.quality.overview import UNREAD
from orchestration.pages.quality.words import source_words
from tests.conftest import Home
from tests.unit.pages import said

PERIOD, MONTH = "2025-09", "September 2025"
SOUND_CODES = set("ABCDEFGHJKLMNP")
SOUND_NUMBER = "999"
NUMBERS = ("NHSNumber", "con_nhsno", "Employee Number", "LocalPatientID")
COUNTS = """
    SELECT source, field, 'unmapped' AS kind, period, record_count FROM quality.unmapped_value
    UNION ALL
    SELECT source, field, CASE effect WHEN 'note' THEN rule ELSE effect END, period, record_count
    FROM quality.malformed_value
"""
Row = dict[str, str]
Counts = Counter[tuple[str, str, str, str]]
"""Records by source, field, kind (an effect, or the rule where the value was kept) and period."""


@dataclass(frozen=True)
class Plant:
    """Values written over sound ones of a landed file.

    Attributes:
        kind: as what they are to be counted.
        values: one for each row; each made from what stood there where it holds `{}`.
        is_sound: which values may be written over, so that no fault of the file is lost.
        key: columns of which each row's values stand in the file once.
    """

    feed: str
    file: str
    field: str
    kind: str
    values: Sequence[str]
    is_sound: Callable[[str], bool]
    key: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Where the tables are to have them."""
        return (self.feed, self.field, self.kind, PERIOD)

    def key_of(self, row: Row) -> tuple[str, ...]:
        """What tells a row from the others of its file."""
        return tuple(row[name] for name in self.key)

    def is_for(self, row: Row) -> bool:
        """Whether nothing is wrong with a row so far."""
        return self.is_sound(row[self.field]) and row.get("NHSNumber", SOUND_NUMBER).startswith(SOUND_NUMBER)


def is_code(value: str) -> bool:
    """True for a 2001 code, with or without its words."""
    return value[:1] in SOUND_CODES and value[1:2] in ("", " ")


PATIENTS = ("mhsds", "MHS001MPI.csv")
CONTACTS = ("incidents", "incidents_contacts.csv")
PATIENT, CONTACT = ("LocalPatientID",), ("recordid", "link_number")
PLANTED = (
    Plant(*PATIENTS, "EthnicCategory", "known_invalid", ["XX"] * 4, is_code, PATIENT),
    Plant(*PATIENTS, "EthnicCategory", "unmapped", ["Q7"] * 3, is_code, PATIENT),
    Plant(*PATIENTS, "PersonBirthDate", "value", ["31/31/1907", "1907-13-31"], lambda value: value[:2] == "19",
          PATIENT),
    Plant(*PATIENTS, "Postcode", "postcode_unknown", [f"KX7 {digit}VV" for digit in range(5)],
          lambda value: value[:2] == "QX", PATIENT),
    Plant("patient_ethnicity", "patient_ethnicity.csv", "EthnicCategory", "known_invalid", ["ZZ"] * 2, is_code,
          PATIENT),
    Plant("contacts", "contacts.csv", "Contacts", "row", ["seventeen"], str.isdigit, (*PATIENT, "Team")),
    Plant(*CONTACTS, "con_ethnicity", "known_invalid", ["BME", "bme "], lambda value: "British" in value, CONTACT),
    Plant(*CONTACTS, "con_ethnicity", "unmapped", ["ask Tellmarker"], lambda value: "British" in value, CONTACT),
    Plant("incidents", "incidents_restraint.csv", "recordid", "orphans", ["7{}"] * 9, str.isdigit,
          ("recordid", "episode_number")),
    Plant("staff_record", "staff_in_post.csv", "Ethnic Origin", "known_invalid", ["9 Tellmarker"], is_code,
          ("Employee Number",)),
)


def plant(landing: Path) -> set[str]:
    """Write the values into the landed files.

    Returns:
        The values that may tell who somebody is, and the numbers of the people they were planted on.
    """
    personal = {"Tellmarker"}
    files: dict[tuple[str, str], list[Row]] = {}
    touched: list[Row] = []
    for each in PLANTED:
        rows = files.setdefault((each.feed, each.file), list(_read(landing / each.feed / PERIOD / each.file)))
        times = Counter(each.key_of(row) for row in rows)
        sound = [row for row in rows if each.is_for(row) and times[each.key_of(row)] == 1 and row not in touched]
        for value, row in zip(each.values, sound[: len(each.values)], strict=True):
            row[each.field] = value.format(row[each.field])
            touched.append(row)
            personal |= {row[name] for name in NUMBERS if row.get(name)}
            if each.kind in ("value", "postcode_unknown", "orphans"):
                personal.add(row[each.field])
    for (feed, name), rows in files.items():
        with (landing / feed / PERIOD / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return personal


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def counted(home: Home) -> Counts:
    """What the two tables of unreadable values hold."""
    found: Counts = Counter()
    with home.warehouse() as connection:
        for source, field, kind, period, count in connection.execute(COUNTS).fetchall():
            found[source, field, kind, period] += count
    return found


@dataclass(frozen=True)
class Seen:
    """What was counted before and after the run, the first page, and what it must not tell."""

    before: Counts
    after: Counts
    page: str
    personal: set[str]


@pytest.fixture(scope="module")
def seen(small_home: Home, make_home: Callable[[str], Home]) -> Seen:
    home = make_home("unread")
    shutil.copytree(small_home.path, home.path)
    personal = plant(home.settings.landing)
    home.command("run")
    page = (home.settings.published / "quality" / "index.html").read_text(encoding="utf-8")
    return Seen(counted(small_home), counted(home), page, personal)


def test_what_was_planted_is_counted_once_and_nothing_else_with_it(seen: Seen) -> None:
    planted: Counts = Counter()
    for each in PLANTED:
        planted[each.place] += len(each.values)
    assert seen.after - seen.before == planted
    assert not seen.before - seen.after


@pytest.mark.parametrize("each", PLANTED, ids=lambda each: f"{each.feed}.{each.field}.{each.kind}")
def test_every_kind_stands_on_the_first_page_with_count_field_and_source(seen: Seen, each: Plant) -> None:
    count = seen.before[each.place] + len(each.values)
    line = f"{source_words(each.feed).name} {each.field} {UNREAD[each.kind]} {MONTH} {count:,} "
    assert line in said(seen.page)


def test_no_planted_value_of_a_person_stands_on_the_first_page(seen: Seen) -> None:
    assert len(seen.personal) > 30
    assert [value for value in sorted(seen.personal) if value in seen.page] == []
