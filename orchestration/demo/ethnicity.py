"""How ethnicity is held and misheld: the 2001 codes and the raw values each source system writes for them.

Belongs here: values to write into files, and the mixes they are drawn from. Does not belong here: the map from raw
values to categories, which is a seed; the generator keeps what it meant beside what it wrote.
"""

from __future__ import annotations

import numpy as np

CODES = ("A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S")
WHITE = ("A", "B", "C")
STATUSES = ("valid", "not_stated", "not_known", "invalid", "missing")

CENSUS_TO_2001 = {
    13: "A",
    14: "B",
    15: "C",
    16: "C",
    17: "C",
    11: "D",
    10: "E",
    9: "F",
    12: "G",
    3: "H",
    4: "J",
    1: "K",
    5: "L",
    7: "M",
    6: "N",
    8: "P",
    2: "R",
    18: "S",
    19: "S",
}
"""Census 2021 group to 2001 code, on the basis that keeps Gypsy, Roma and Arab residents."""

BROAD_NHS = {
    "White": ("A", "B", "C"),
    "Mixed": ("D", "E", "F", "G"),
    "Asian": ("H", "J", "K", "L"),
    "Black": ("M", "N", "P"),
    "Other": ("R", "S"),
}
BROAD_ONS = {
    "White": ("A", "B", "C"),
    "Mixed": ("D", "E", "F", "G"),
    "Asian": ("H", "J", "K", "L", "R"),
    "Black": ("M", "N", "P"),
    "Other": ("S",),
}
RATE_RATIO = {"White": 1.0, "Mixed": 2.2, "Asian": 1.2, "Black": 3.5, "Other": 1.8}
"""Planted ratio of the rate of new detentions to that of White residents, by NHS broad group."""

ESR: dict[str, tuple[tuple[str, float], ...]] = {
    "A": (
        ("A White - British", 0.985),
        ("A* White - British", 0.005),
        ("a White - British", 0.005),
        ("A  White - British ", 0.005),
    ),
    "B": (("B White - Irish", 1.0),),
    "C": (
        ("C White - Any other White background", 0.5),
        ("CA White English", 0.12),
        ("CB White Scottish", 0.04),
        ("CC White Welsh", 0.04),
        ("CP White Polish", 0.15),
        ("CK White Italian", 0.05),
        ("C2 White Northern Irish", 0.03),
        ("CF White Greek", 0.03),
        ("CY White Other European", 0.04),
    ),
    "D": (("D Mixed - White & Black Caribbean", 1.0),),
    "E": (("E Mixed - White & Black African", 1.0),),
    "F": (("F Mixed - White & Asian", 1.0),),
    "G": (
        ("G Mixed - Any other mixed background", 0.8),
        ("GA Mixed - Black & Asian", 0.1),
        ("GD Mixed - Chinese & White", 0.1),
    ),
    "H": (("H Asian or Asian British - Indian", 1.0),),
    "J": (("J Asian or Asian British - Pakistani", 1.0),),
    "K": (("K Asian or Asian British - Bangladeshi", 1.0),),
    "L": (
        ("L Asian or Asian British - Any other Asian background", 0.8),
        ("LE Asian Sri Lankan", 0.12),
        ("LH Asian British", 0.08),
    ),
    "M": (("M Black or Black British - Caribbean", 1.0),),
    "N": (("N Black or Black British - African", 1.0),),
    "P": (
        ("P Black or Black British - Any other Black background", 0.5),
        ("PC Black Nigerian", 0.35),
        ("PD Black British", 0.15),
    ),
    "R": (("R Chinese", 1.0),),
    "S": (("S Any Other Ethnic Group", 0.45), ("SC Filipino", 0.5), ("SD Malaysian", 0.05)),
}
ESR_NOT_STATED = "Z Not Stated"
ESR_UNSPECIFIED = "Unspecified"
ESR_INVALID = "QQ Local code"

MHSDS_NOT_STATED = "Z"
MHSDS_NOT_KNOWN = "99"
MHSDS_INVALID = "X9"
STATUS_OF_CODE = {
    "": "missing",
    MHSDS_NOT_STATED: "not_stated",
    MHSDS_NOT_KNOWN: "not_known",
    MHSDS_INVALID: "invalid",
}
"""What is recorded where it is no code, in the data set and the patient record."""

INCIDENTS: dict[str, str] = {
    "A": "White - British",
    "B": "White - Irish",
    "C": "White - Any other White background",
    "D": "Mixed - White and Black Caribbean",
    "E": "Mixed - White and Black African",
    "F": "Mixed - White and Asian",
    "G": "Mixed - Any other mixed background",
    "H": "Asian or Asian British - Indian",
    "J": "Asian or Asian British - Pakistani",
    "K": "Asian or Asian British - Bangladeshi",
    "L": "Asian or Asian British - Any other Asian background",
    "M": "Black or Black British - Caribbean",
    "N": "Black or Black British - African",
    "P": "Black or Black British - Any other Black background",
    "R": "Other Ethnic Groups - Chinese",
    "S": "Other Ethnic Groups - Any other ethnic group",
}
INCIDENTS_NOT_STATED = "Not stated"
INCIDENTS_NOT_KNOWN = "Not known"
INCIDENTS_INVALID = "zz see paper file"

_MINORITY_STAFF = {
    "D": 0.03,
    "E": 0.02,
    "F": 0.04,
    "G": 0.03,
    "H": 0.20,
    "J": 0.04,
    "K": 0.02,
    "L": 0.12,
    "M": 0.06,
    "N": 0.22,
    "P": 0.06,
    "R": 0.03,
    "S": 0.13,
}
_WHITE_STAFF = {"A": 0.85, "B": 0.03, "C": 0.12}


def staff_mix(minority_share: float) -> np.ndarray:
    """Probability of each of `CODES` among staff of whom `minority_share` have a minority ethnic background."""
    white = [_WHITE_STAFF.get(code, 0) * (1 - minority_share) for code in CODES]
    minority = [_MINORITY_STAFF.get(code, 0) * minority_share for code in CODES]
    mix = np.array(white) + np.array(minority)
    return mix / mix.sum()


def draw_esr(rng: np.random.Generator, codes: np.ndarray) -> np.ndarray:
    """An ESR value for each 2001 code, sub-codes and untidy spellings among them."""
    texts = np.empty(len(codes), dtype=object)
    for code, choices in ESR.items():
        where = np.flatnonzero(codes == code)
        values = np.array([text for text, _ in choices], dtype=object)
        texts[where] = rng.choice(values, size=len(where), p=[share for _, share in choices])
    return texts


def broad_group(code: str) -> str:
    """NHS broad group of a 2001 code."""
    return next(group for group, codes in BROAD_NHS.items() if code in codes)


def white_bme(code: str) -> str:
    """`white`, `bme` or `unknown`."""
    if code in WHITE:
        return "white"
    return "bme" if code in CODES else "unknown"
