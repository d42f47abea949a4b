"""Identifiers, names and addresses that cannot belong to anyone.

Belongs here: NHS numbers of the test range, lettered employee numbers, impossible National Insurance numbers, postcodes
of an area that does not exist, invented names. Does not belong here: who carries them.
"""

from __future__ import annotations

import numpy as np

FIRST_NAMES = np.array(
    [
        "Alpha",
        "Bravo",
        "Charlieson",
        "Deltana",
        "Echolyn",
        "Foxtrotta",
        "Golfred",
        "Hotelia",
        "Indigo-Test",
        "Julietta",
        "Kilofred",
        "Limana",
        "Mikelyn",
        "Novembra",
        "Oscarine",
        "Papalia",
        "Quebecca",
        "Romeon",
        "Sierrah",
        "Tangolyn",
    ],
    dtype=object,
)
LAST_NAMES = np.array(
    [
        "Testperson",
        "Samplesson",
        "Mockford",
        "Dummyworth",
        "Fakenham-Test",
        "Synthley",
        "Placeholderby",
        "Examplewicz",
        "Specimen",
        "Notreal",
        "Inventing",
        "Pretendall",
        "Modelsen",
        "Fictitia",
        "Trialby",
        "Generatedsson",
    ],
    dtype=object,
)
NHS_TEST_RANGE = 999_000_000
"""NHS numbers that begin with 999 are reserved for tests; without the check digit there are a million of them."""
SHARE_OF_RANGE = 1_000_000

AREAS: dict[str, str] = {
    "E06000044": "Portsmouth",
    "E06000045": "Southampton",
    "E06000046": "Isle of Wight",
    "E07000084": "Basingstoke and Deane",
    "E07000085": "East Hampshire",
    "E07000086": "Eastleigh",
    "E07000087": "Fareham",
    "E07000088": "Gosport",
    "E07000089": "Hart",
    "E07000090": "Havant",
    "E07000091": "New Forest",
    "E07000092": "Rushmoor",
    "E07000093": "Test Valley",
    "E07000094": "Winchester",
}
"""The 14 authorities of the area."""
NOT_SERVED = ("E07000089", "E07000092")
"""Hart and Rushmoor: another trust serves them for adult mental health."""
ELSEWHERE = ("E06000054", "E06000059", "E07000214", "E07000225")
"""Neighbouring authorities from which a few patients come."""
CATCHMENT = tuple(code for code in AREAS if code not in NOT_SERVED)
NO_FIXED_ABODE = "ZZ99 3VZ"
SECTORS = 40
_LETTERS = "ABDEFGHJLN"


def nhs_numbers(count: int, first: int = 0) -> np.ndarray:
    """`count` distinct NHS numbers of the test range with a valid check digit, as text.

    Args:
        count: how many.
        first: how many numbers of the range to pass over.

    Raises:
        ValueError: the range is used up.
    """
    wanted = first + count
    stems = NHS_TEST_RANGE + np.arange(min(SHARE_OF_RANGE, int(wanted * 1.11) + 20))
    checks = check_digits(stems)
    usable = checks < 10
    numbers = (stems * 10 + checks)[usable][first:wanted]
    if len(numbers) < count:
        raise ValueError(f"{wanted} NHS numbers are wanted; the test range holds fewer: use a smaller scale")
    return numbers.astype(str).astype(object)


def check_digits(stems: np.ndarray) -> np.ndarray:
    """Check digit of nine-digit stems by modulus 11; 10 where the stem can have none."""
    total = np.zeros(len(stems), dtype=np.int64)
    for place in range(9):
        total += (stems // 10 ** (8 - place)) % 10 * (10 - place)
    return np.where(11 - total % 11 == 11, 0, 11 - total % 11)


def spoil(nhs_number: str) -> str:
    """The same number with a wrong check digit."""
    return f"{nhs_number[:9]}{(int(nhs_number[9]) + 1) % 10}"


def employee_numbers(letter: str, count: int) -> np.ndarray:
    """Lettered employee numbers such as `DEMA00123`."""
    return np.array([f"DEM{letter}{number:05d}" for number in range(1, count + 1)], dtype=object)


def ni_numbers(rng: np.random.Generator, count: int) -> np.ndarray:
    """National Insurance numbers with a prefix that is never issued."""
    return np.array([f"QQ{number:06d}C" for number in rng.integers(0, 1_000_000, count)], dtype=object)


def names(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Invented first and last names."""
    return FIRST_NAMES[rng.integers(0, len(FIRST_NAMES), count)], LAST_NAMES[rng.integers(0, len(LAST_NAMES), count)]


def postcode(area: str, sector: int) -> str:
    """A postcode of the area QX, which does not exist; the district says the authority."""
    district = [*AREAS, *ELSEWHERE].index(area) + 1
    return f"QX{district} {sector // 10 % 4 + 1}{_LETTERS[sector % 10]}{_LETTERS[(sector * 7 + district) % 10]}"


def postcode_rows() -> list[tuple[str, str, str, str]]:
    """The directory: postcode, authority, small area, deprivation rank."""
    rows = []
    for place, area in enumerate([*AREAS, *ELSEWHERE]):
        for sector in range(SECTORS):
            small_area = f"E0199{place * SECTORS // 2 + sector // 2:04d}"
            rank = (place * 1_931 + sector // 2 * 811) % 32_844 + 1
            rows.append((postcode(area, sector), area, small_area, str(rank)))
    return rows
