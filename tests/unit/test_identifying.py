"""Identifiers within the name of a place, and names of places that only look like one."""

from __future__ import annotations

import pytest

from orchestration.ingest.identifying import LONGEST_NAME, tells_who


@pytest.mark.parametrize(
    "text",
    [
        "Ward 7 999 000 0018",
        "Ward 7 (9990000018)",
        "NHS9990000018",
        "Ward_9990000018",
        "999.000.0018",
        "999  000\u00a00018",
        "9990 000 018",
        "999/000/0018",
        "999_000_0018",
        "999 - 000 - 0018",
        "Ward 1234567 999 000 0018",
        "home of QQ 12 34 56 C",
        "NIQQ123456C",
        "1 Testroad, qx10 1ab",
        "QX10  1AB",
        "A1 1ST",
        "born 03/02/1980",
        "born 3.2.1980",
        "born 3-2-80",
        "seen 1980-02-03",
        "1980/02/03",
        "03021980",
        "seen 3 February 1980",
        "3rd of Feb, 1980",
        "3 Feb 80",
        "3-SEP-1980",
        "born Feb 3 1980",
        "February 3rd, 1980",
        "19800203",
        "born 13.3.80",
        "born 03.02.80",
        "03 / 02 / 1980",
        "3 - 2 - 1980",
        "03_02_1980",
        "1980 / 02 / 03",
        "jane@example.org",
        "jane.t (at) example.org",
        "jane [at] example [dot] org",
        "ring 01632 960 123",
        "(01632) 960 123",
        "+44 1632 960123",
        "+447700900123",
        "She was " + "upset " * 20,
    ],
)
def test_an_identifier_is_known_within_a_text(text: str) -> None:
    assert tells_who(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ward 7, bed 12",
        "St Mary's (Level 2/3)",
        "Room 1234567890",  # ten digits, no check digit
        "Block A1 1st Floor",
        "Ward B2 3rd floor",
        "WARD B2 3RD FLOOR",
        "7 Room 1001",
        "Ward 12 Room 1234",
        "Level 2 Suite 2024",
        "Room 1.2.34",
        "Site 4.2.11",
        "Opened 2019",
        "May Ward 12",
        "Ward 24/7",
        "RW119, S136 suite",
        "Ward 12",
        "Team 5/6",
        "Team 5 / 6",
        "Wards 1 / 2 / 3",
        "2024-25 cohort",
        "Cohort 2024/2025",
        "Cohort 20242025",
        "Level 10.2",
        "Guideline 10.2.11.4",
        "Adults (AT) North",
        "Clinic (at St. Mary's)",
        "CAMHS 0-18",
        "Block 12345678",
        "x" * LONGEST_NAME,
    ],
)
def test_the_name_of_a_place_is_none(text: str) -> None:
    assert not tells_who(text)
