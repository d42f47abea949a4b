"""Staff groups, bands and what ESR calls them.

Belongs here: how jobs are distributed and written. Does not belong here: the people who hold them.
"""

from __future__ import annotations

import numpy as np

NURSING = "Nursing and Midwifery Registered"
SUPPORT = "Additional Clinical Services"
ADMIN = "Administrative and Clerical"
ALLIED = "Allied Health Professionals"
ESTATES = "Estates and Ancillary"
SCIENTIFIC = "Add Prof Scientific and Technic"
MEDICAL = "Medical and Dental"
GROUPS = (NURSING, SUPPORT, ADMIN, ALLIED, ESTATES, SCIENTIFIC, MEDICAL)
NOT_CLINICAL = (ADMIN, ESTATES)

BANDS = (
    "under_1",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8a",
    "8b",
    "8c",
    "8d",
    "9",
    "vsm",
    "consultant",
    "career_grade",
    "trainee",
    "unknown",
    "local",
)
AGENDA = BANDS[1:13]
"""Bands of Agenda for Change, in order."""

_MIX: dict[str, dict[str, float]] = {
    NURSING: {"5": 44, "6": 33, "7": 16, "8a": 5, "8b": 1.5, "8c": 0.5},
    SUPPORT: {"under_1": 2, "2": 30, "3": 48, "4": 20},
    ADMIN: {
        "under_1": 0.6,
        "2": 18,
        "3": 22,
        "4": 22,
        "5": 11,
        "6": 9,
        "7": 7,
        "8a": 5,
        "8b": 2.6,
        "8c": 1.5,
        "8d": 0.7,
        "9": 0.4,
        "vsm": 0.2,
    },
    ALLIED: {"5": 24, "6": 42, "7": 25, "8a": 7, "8b": 2},
    ESTATES: {"1": 2, "2": 58, "3": 25, "4": 12, "5": 3},
    SCIENTIFIC: {"5": 8, "6": 18, "7": 32, "8a": 23, "8b": 10, "8c": 6, "8d": 3},
    MEDICAL: {"consultant": 42, "career_grade": 28, "trainee": 30},
}
_IN_SERVICES = {NURSING: 0.33, SUPPORT: 0.27, ADMIN: 0.13, ALLIED: 0.12, SCIENTIFIC: 0.11, MEDICAL: 0.04}
_IN_CORPORATE = {ADMIN: 0.74, ESTATES: 0.2, NURSING: 0.06}

MINORITY_SHARE: dict[str, float] = {
    "under_1": 0.22,
    "1": 0.24,
    "2": 0.24,
    "3": 0.23,
    "4": 0.18,
    "5": 0.33,
    "6": 0.22,
    "7": 0.15,
    "8a": 0.11,
    "8b": 0.08,
    "8c": 0.07,
    "8d": 0.06,
    "9": 0.05,
    "vsm": 0.05,
    "consultant": 0.42,
    "career_grade": 0.55,
    "trainee": 0.48,
    "unknown": 0.2,
    "local": 0.15,
}
"""Planted share of staff with a minority ethnic background: high where recruitment is, low where power is."""

_ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    NURSING: (("Staff Nurse", "N6C"), ("Community Nurse", "N6H"), ("Nurse Manager", "N0C")),
    SUPPORT: (("Healthcare Assistant", "H1C"), ("Support Worker", "H2R")),
    ADMIN: (("Clerical Worker", "G2A"), ("Officer", "G1A"), ("Manager", "G0A")),
    ALLIED: (("Occupational Therapist", "S1C"), ("Physiotherapist", "S1E")),
    ESTATES: (("Support Worker", "G3C"), ("Cook", "G3C")),
    SCIENTIFIC: (("Clinical Psychologist", "S2L"), ("Pharmacist", "S1P")),
}
_MEDICAL_ROLES: dict[str, tuple[str, ...]] = {
    "consultant": ("Consultant",),
    "career_grade": ("Specialty Doctor", "Associate Specialist", "Specialist"),
    "trainee": ("Specialty Registrar", "Foundation Year 1", "Foundation Year 2"),
}


def draw_groups(rng: np.random.Generator, corporate: np.ndarray) -> np.ndarray:
    """A staff group for each post; `corporate` says whether the unit is."""
    drawn = np.empty(len(corporate), dtype=object)
    for flag, mix in ((False, _IN_SERVICES), (True, _IN_CORPORATE)):
        where = np.flatnonzero(corporate == flag)
        drawn[where] = rng.choice(np.array(list(mix), dtype=object), len(where), p=list(mix.values()))
    return drawn


def draw_bands(rng: np.random.Generator, groups: np.ndarray) -> np.ndarray:
    """A band for each post, by staff group."""
    drawn = np.empty(len(groups), dtype=object)
    for group, mix in _MIX.items():
        where = np.flatnonzero(groups == group)
        shares = np.array(list(mix.values()))
        drawn[where] = rng.choice(np.array(list(mix), dtype=object), len(where), p=shares / shares.sum())
    return drawn


def draw_roles(rng: np.random.Generator, groups: np.ndarray, bands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Job role and occupation code for each post."""
    roles = np.empty(len(groups), dtype=object)
    codes = np.full(len(groups), "031", dtype=object)
    for group, listed in _ROLES.items():
        where = np.flatnonzero(groups == group)
        picked = rng.integers(0, len(listed), len(where))
        roles[where] = np.array([role for role, _ in listed], dtype=object)[picked]
        codes[where] = np.array([code for _, code in listed], dtype=object)[picked]
    for band, medical in _MEDICAL_ROLES.items():
        where = np.flatnonzero((groups == MEDICAL) & (bands == band))
        roles[where] = rng.choice(np.array(medical, dtype=object), len(where))
    return roles, codes


def grade_texts(rng: np.random.Generator, bands: np.ndarray, groups: np.ndarray, roles: np.ndarray) -> np.ndarray:
    """The pay grade as ESR writes it, in one of its forms; doctors' grades carry the role."""
    texts = np.empty(len(bands), dtype=object)
    form = rng.random(len(bands))
    review = ~np.isin(groups, NOT_CLINICAL)
    for band in BANDS:
        where = np.flatnonzero(bands == band)
        texts[where] = [_grade(band, form[each], bool(review[each]), str(roles[each])) for each in where]
    return texts


def _grade(band: str, form: float, review: bool, role: str) -> str:
    """One spelling of one band."""
    fixed = {"under_1": "Apprentice", "vsm": "VSM", "unknown": "Spotgrade 7Q", "local": "Personal Salary"}
    if band in fixed:
        return fixed[band]
    if band in _MEDICAL_ROLES:
        return role
    letters, body = ("XR", "Review Body") if review else ("XN", "Non Review Body")
    if band.startswith("8"):
        words = f"{body} Band 8 - Range {band[1].upper()}"
        code = 8 + "abcd".index(band[1])
    else:
        words = f"{body} Band {band}"
        code = 12 if band == "9" else int(band)
    if form < 0.85:
        return f"NHS|{letters}{code:02d}|{words}"
    if form < 0.90:
        return words
    if form < 0.95:
        return f"Agenda for Change Band {band}" if not band.startswith("8") else band.upper()
    return f"Band {band}"
