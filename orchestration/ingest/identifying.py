"""Text in which an identifier of a person stands, typed where the name of a place should.

Belongs here: the shapes of identifiers. Does not belong here: which columns are looked at (contracts).
"""

from __future__ import annotations

import re

from orchestration.ingest.values import is_nhs_number

LONGEST_NAME = 100
"""Characters above which a text is no name of a place but a story."""

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY_OF_TWO, _MONTH_OF_TWO = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d{2}"
_NAMED_MONTH = (
    r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?"
    r"|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
_SHAPES = {
    "National Insurance number": r"[A-Z]{2} ?(?:\d{2} ?){3}[A-D]\b",
    # In capitals only is 1ST the end of a postcode; 1st, and 1ST FLOOR, say where in the building.
    "postcode": r"\b[A-Z]{1,2}\d[A-Z\d]? (?!(?-i:\d(?:st|nd|rd|th))|\d(?:ST|ND|RD|TH) (?:FLOOR|LEVEL))"
    r"\d[ABD-HJLNP-UW-Z]{2}\b",
    "day": rf"(?<![\d.]){_DAY}(?:[/_-]{_MONTH}[/_-](?:{_YEAR}|\d{{2}})| ?[/._-] ?{_MONTH} ?[/._-] ?{_YEAR})(?!\d)",
    # With fewer figures, 4.2.11 is a room.
    "day between dots": rf"(?<![\d.]){_DAY_OF_TWO}\.{_MONTH}\.\d{{2}}(?![\d.])",
    "day, year first": rf"(?<!\d){_YEAR}(?P<between> ?[/._-] ?){_MONTH}(?P=between){_DAY}(?!\d)",
    "day in figures": rf"(?<!\d)(?:{_DAY_OF_TWO}{_MONTH_OF_TWO}{_YEAR}|{_YEAR}{_MONTH_OF_TWO}{_DAY_OF_TWO})(?!\d)",
    "day with its month's name": rf"\b{_DAY}(?:ST|ND|RD|TH)?[ -]?(?:OF )?{_NAMED_MONTH},?[ -]?(?:{_YEAR}|\d{{2}})\b",
    "month's name first": rf"\b{_NAMED_MONTH} {_DAY}(?:ST|ND|RD|TH)?,? {_YEAR}\b",
    "e-mail address": r"\S@\S",
    # With no domain behind it, (AT) is a team.
    "e-mail address in words": r"\S ?[(\[{] ?at ?[)\]}] ?[\w-]+(?:\.| ?[(\[{] ?dot ?[)\]}] ?)\w",
    "telephone number": r"(?:\+44|(?<!\d)\(?0)(?:[ ()-]{0,2}\d){9,10}(?!\d)",
}
_IDENTIFIER = re.compile("|".join(f"(?:{shape})" for shape in _SHAPES.values()), re.IGNORECASE)
_TEN_DIGITS = re.compile(r"(?<!\d)(?=((?:\d[\W_]{0,3}){9}\d)(?!\d))")
"""Ten digits with anything between them; looked for ahead, so that a number in front of them hides none."""


def tells_who(text: str) -> bool:
    """True for a text that holds what identifies a person, or is too long to be the name of a place.

    Known by its shape: an NHS number, a National Insurance number, a postcode with its space, a full date, an e-mail
    address, a telephone number. A person's name and the name of a street have no shape of their own and pass.
    """
    plain = " ".join(text.split())
    if len(plain) > LONGEST_NAME or _IDENTIFIER.search(plain):
        return True
    return any(is_nhs_number(re.sub(r"\D", "", each)) for each in _TEN_DIGITS.findall(plain))
