"""The statistics macros outside dbt, and the published figures they must give.

Belongs here: rendering a macro to SQL, golden figures from outside (domain.md says whence). Does not belong here: an
engine; the unit tests run the SQL on DuckDB, the second-engine tests on Spark.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment
from jinja2.environment import TemplateModule

MACROS = Path(__file__).resolve().parent.parent / "dbt_project" / "macros"

GOLDEN: list[tuple[str, tuple[float, ...], float | None, float]] = [
    # Wilson and Byar limits, exact Poisson limits below 10 events
    ("stat_wilson_lower", (65, 100), 0.55254443, 5e-9),
    ("stat_wilson_upper", (65, 100), 0.73635752, 5e-9),
    ("stat_wilson_lower", (1045, 5000), 0.19795550, 5e-9),
    ("stat_wilson_upper", (1045, 5000), 0.22049130, 5e-9),
    ("stat_byar_lower", (65,), 50.163188, 5e-7),
    ("stat_byar_upper", (65,), 82.849139, 5e-7),
    ("stat_byar_lower", (1045,), 982.593202, 5e-7),
    ("stat_byar_upper", (1045,), 1110.331213, 5e-7),
    ("stat_poisson_lower", (1,), 0.025318, 5e-7),
    ("stat_poisson_upper", (1,), 5.571643, 5e-7),
    ("stat_poisson_lower", (5,), 1.623486, 5e-7),
    ("stat_poisson_upper", (5,), 11.668332, 5e-7),
    ("stat_poisson_lower", (65,), 50.163188, 5e-7),
    # Ratios of trusts and the two synthetic rows of the workforce standard
    ("stat_risk_ratio", (170, 780, 50, 210), 0.915, 5e-4),
    ("stat_risk_ratio_lower", (170, 780, 50, 210), 0.695, 5e-4),
    ("stat_risk_ratio_upper", (170, 780, 50, 210), 1.206, 5e-4),
    ("stat_risk_ratio", (600, 3000, 150, 1200), 1.600, 5e-4),
    ("stat_risk_ratio_lower", (600, 3000, 150, 1200), 1.355, 5e-4),
    ("stat_risk_ratio_upper", (600, 3000, 150, 1200), 1.889, 5e-4),
    ("stat_risk_ratio", (12, 2600, 40, 9900), 1.142, 5e-4),
    ("stat_risk_ratio_lower", (12, 2600, 40, 9900), 0.600, 5e-4),
    ("stat_risk_ratio_upper", (12, 2600, 40, 9900), 2.174, 5e-4),
    # Detentions in England 2023-24, White and Black people; bounds under 4,912 unknown; crude inpatient table
    ("stat_rate_ratio", (5693, 2381724, 31735, 45684263), 3.44, 5e-3),
    ("stat_rate_ratio", (5693, 2381724, 31735 + 4912, 45684263), 2.98, 5e-3),
    ("stat_rate_ratio", (5693 + 4912, 2381724, 31735, 45684263), 6.41, 5e-3),
    ("stat_risk_ratio", (19, 80, 35, 230), 1.561, 5e-4),
    ("stat_rate_ratio", (57, 1900, 110, 8050), 2.195, 5e-4),
    # Newcombe's own example, method 10: 56/70 - 48/80
    ("stat_risk_difference", (56, 70, 48, 80), 0.2, 5e-9),
    ("stat_risk_difference_lower", (56, 70, 48, 80), 0.0524, 5e-5),
    ("stat_risk_difference_upper", (56, 70, 48, 80), 0.3339, 5e-5),
    # Undefined is NULL, never 0
    ("stat_wilson_lower", (0, 0), None, 0),
    ("stat_wilson_upper", (3, 2), None, 0),
    ("stat_poisson_lower", (-1,), None, 0),
    ("stat_risk_ratio", (1, 10, 0, 10), None, 0),
    ("stat_risk_ratio", (1, 10, 0, 0), None, 0),
    ("stat_risk_ratio_lower", (0, 10, 5, 10), None, 0),
    ("stat_rate_ratio", (3, 100, 0, 100), None, 0),
    ("stat_rate_ratio_upper", (0, 100, 3, 100), None, 0),
    ("stat_risk_difference_lower", (1, 0, 2, 10), None, 0),
    ("stat_rate_difference_upper", (1, 0, 2, 10), None, 0),
    # The edges that are defined
    ("stat_wilson_lower", (0, 20), 0.0, 1e-15),
    ("stat_wilson_upper", (20, 20), 1.0, 1e-15),
    ("stat_poisson_lower", (0,), 0.0, 0),
    ("stat_risk_ratio", (0, 10, 5, 10), 0.0, 0),
]
"""Macro, arguments, expected value, tolerance (half a unit of the last digit printed)."""

CRUDE_RATES = {
    "white": (31735, 45684263, 69.5), "mixed": (1935, 1669378, 115.9), "asian": (3993, 4995227, 79.9),
    "black": (5693, 2381724, 239.0), "other": (2169, 1660318, 130.6),
}
"""Detentions in England 2023-24, residents and crude rate per 100,000 by broad group."""


def render(macro: str, *arguments: object) -> str:
    """SQL of a macro for the given argument texts."""
    return str(getattr(_macros(), macro)(*(str(argument) for argument in arguments))).strip()


@lru_cache
def _macros() -> TemplateModule:
    files = [MACROS / "portable.sql", *sorted((MACROS / "statistics").glob("*.sql"))]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    return Environment(autoescape=False).from_string(source).module  # noqa: S701 - SQL, not HTML
