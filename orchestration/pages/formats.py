"""Numbers as people read them.

Belongs here: digits, separators, singular and plural. Does not belong here: what a number means.
"""

from __future__ import annotations

NOTHING = "\N{EN DASH}"
"""What stands where there is no number."""


def decimal(number: float, places: int) -> str:
    """A number with thousands separators; one that is not 0 is never printed as 0 but with one telling digit."""
    text = f"{number:,.{places}f}"
    if number and not float(text.replace(",", "")):
        text = f"{float(f'{number:.1g}'):.12f}".rstrip("0")
    return text


def ratio(number: float) -> str:
    """A ratio, two decimals."""
    return decimal(number, 2)


def rough(number: float) -> str:
    """The end of a wide range as one says it: `0`, `0.61`, `1.8`, `15`."""
    if number < 1:
        return decimal(number, 2) if number else "0"
    return decimal(number, 1 if number < 9.95 else 0)


def percent(share: float) -> str:
    """A part of one as a percentage, one decimal."""
    return f"{decimal(100 * share, 1)}%"


def percent_of(share: float) -> str:
    """A percentage that is `100%` or `0%` only when it is exactly that."""
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    text = percent(share)
    return "over 99.9%" if text == "100.0%" else text


def goal(share: float) -> str:
    """A target as it was set: `95%`, `99.9%`."""
    return f"{round(100 * share, 2):g}%"


def points(change: float) -> str:
    """A difference of two shares in words: `up 1.2 points`, `down 0.4 points`, `no change`."""
    rounded = round(100 * change, 1)
    if rounded == 0:
        return "no change"
    size = abs(rounded)
    return f"{'up' if rounded > 0 else 'down'} {size:,.1f} {'point' if size == 1 else 'points'}"


def counted(number: float, singular: str, plural: str) -> str:
    """A whole number of things: `no detentions`, `1 detention`, `1,234 detentions`."""
    whole = round(number)
    if whole == 0:
        return f"no {plural}"
    return f"{whole:,} {singular if whole == 1 else plural}"
