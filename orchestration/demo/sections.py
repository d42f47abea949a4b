"""Paths through the Mental Health Act, and the category each period of them must get.

Belongs here: sequences of legal status periods as they follow from one admission. Does not belong here: who is admitted
where (`pathways`) or the files (`mhsds`).

The categories are those by which NHS England counts detentions in its monthly statistics. Every planted path has
exactly one reading:

    A  s2 or s3 from the day of admission, nothing before it
    B  s2 or s3 two or more days after an informal admission, or on the day (or the day after) a 4, 5(2) or 5(4) ends;
       a 4 may itself begin on the day of admission
    C  s2 or s3 from the day on which a s135 or s136 ends, which is also the day of admission
    D  s3 from the day on which a community treatment order is revoked; the recall began up to three days before
    E  s135 or s136
    F  4, 5(2), 5(4) that follow nothing
    G  s3 from the day on which the s3 before it ran out
    H  s3 that began before the admission, which is a transfer from another hospital
    J  5(2) from the day on which a 5(4) ends
    K  s37 from the day on which a s35 ends
    L  s3 from the day on which a s2 ends
    M  guardianship
    N  s2 without any admission
    (blank) informal, legal status 01: reported for some informal admissions until March 2025
    P  Part 3 from the day of admission
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEW = ("A", "B", "C", "D", "P")
"""Categories of a new detention."""
PART_3 = (("10", 0.4), ("09", 0.28), ("15", 0.1), ("17", 0.17), ("34", 0.05))
INFORMAL_REPORTED_UNTIL = 739_341
"""31 March 2025; informal periods count as invalid from April 2025 and are no longer sent."""
RENEWAL = 182


@dataclass(frozen=True)
class Period:
    """One legal status period: code, days, times, category."""

    code: str
    start: int
    end: int
    category: str
    start_time: str = "10:00"
    end_time: str = "16:00"
    expiry: int = 0


def admitted(rng: np.random.Generator, category: str, start: int, end: int) -> list[Period]:
    """Periods of a spell from `start` to `end` whose first detention has the given category.

    The spell must last at least 24 days for category B and 1 day for the others.
    """
    if category == "A":
        return _onward(rng, "02" if rng.random() < 0.8 else "03", "A", (start, end))
    if category == "B":
        return _after_admission(rng, start, end)
    if category == "C":
        place = "20" if rng.random() < 0.9 else "19"
        before = Period(place, start - int(rng.integers(0, 2)), start, "E", "03:30", "14:00", start)
        return [before, *_onward(rng, "02" if rng.random() < 0.9 else "03", "C", (start, end), "14:00")]
    if category == "P":
        return _from_court(rng, start, end)
    if category == "H":
        return _renewed(start - int(rng.integers(10, 60)), end, "H")
    raise ValueError(f"no path begins with category {category}")


def _after_admission(rng: np.random.Generator, start: int, end: int) -> list[Period]:
    """Informal, then held or not, then detained."""
    code = "02" if rng.random() < 0.75 else "03"
    form = rng.random()
    if form < 0.12:
        held = start + int(rng.integers(1, 3))
        return [Period("04", start, held, "F", expiry=start + 3), *_onward(rng, code, "B", (held, end), "16:00")]
    day = start + int(rng.integers(2, 15))
    informal = [Period("01", start, day, "")] if rng.random() < 0.4 and day <= INFORMAL_REPORTED_UNTIL else []
    if form < 0.4:
        return [*informal, *_onward(rng, code, "B", (day, end))]
    held = day + int(rng.integers(1, 4))
    if form < 0.5:
        nurse = Period("06", day, day, "F", "02:00", "07:30", day + 1)
        doctor = Period("05", day, held, "J", "07:30", "11:00", day + 3)
        return [*informal, nurse, doctor, *_onward(rng, code, "B", (held, end), "11:00")]
    gap = int(rng.random() < 0.2)
    doctor = Period("05", day, held, "F", "18:00", "11:00", day + 3)
    return [*informal, doctor, *_onward(rng, code, "B", (held + gap, end), "11:00")]


def _onward(
    rng: np.random.Generator, code: str, category: str, span: tuple[int, int], time: str = "10:00"
) -> list[Period]:
    """A s2 that may become a s3, or a s3 with its renewals."""
    start, end = span
    if code == "03":
        return _renewed(start, end, category, time)
    lapse = start + int(rng.integers(12, 28))
    if lapse >= end:
        return [Period("02", start, end, category, time, expiry=start + 28)]
    assessment = Period("02", start, lapse, category, time, expiry=start + 28)
    return [assessment, *_renewed(lapse, end, "L", "16:00")] if rng.random() < 0.55 else [assessment]


def _renewed(start: int, end: int, category: str, time: str = "10:00") -> list[Period]:
    """A s3 and its renewals until the end of the stay."""
    periods = []
    length = RENEWAL
    while start + length < end:
        periods.append(Period("03", start, start + length, category, time, expiry=start + length))
        start, category, time = start + length, "G", "16:00"
        length = RENEWAL if len(periods) == 1 else 365
    return [*periods, Period("03", start, end, category, time, expiry=start + length)]


def _from_court(rng: np.random.Generator, start: int, end: int) -> list[Period]:
    """Part 3 from the day of admission; some begin with a remand for report that becomes a hospital order."""
    if rng.random() < 0.12 and end - start > 40:
        ordered = start + 28
        return [Period("07", start, ordered, "P", expiry=start + 28), Period("10", ordered, end, "K", "16:00")]
    code = str(rng.choice([code for code, _ in PART_3], p=[share for _, share in PART_3]))
    return [Period(code, start, end, "P")]


def revoked(start: int, end: int) -> list[Period]:
    """The s3 that begins when a community treatment order is revoked."""
    return _renewed(start, end, "D")
