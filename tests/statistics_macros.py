"""The statistics macros outside dbt, and the published figures they must give.

Belongs here: rendering a macro to SQL, golden figures from outside, each with its source. Does not belong here: an
engine; the unit tests run the SQL on DuckDB, the second-engine tests on Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment
from jinja2.environment import TemplateModule

MACROS = Path(__file__).resolve().parent.parent / "dbt_project" / "macros"

GOLDEN: list[tuple[str, tuple[object, ...], float | None, float]] = [
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
    # Staff of a trust by group: 990 and 6,307 and 125 unknown of 7,422
    ("safe_divide", (990, 7422), 0.133, 5e-4),
    ("safe_divide", (6307, 7422), 0.850, 5e-4),
    ("safe_divide", (125, 7422), 0.017, 5e-4),
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
    ("safe_divide", (
        ("stat_bound_lower", 5693, 2381724, 0), ("stat_bound_upper", 31735, 45684263, 4912, 0)), 2.98, 5e-3),
    ("safe_divide", (
        ("stat_bound_upper", 5693, 2381724, 4912, 0), ("stat_bound_lower", 31735, 45684263, 0)), 6.41, 5e-3),
    # Detentions of one board's residents, 185 unknown
    ("stat_rate_ratio", (30, 26200, 895, 1667000), 2.13, 5e-3),
    ("safe_divide", (
        ("stat_bound_lower", 30, 26200, 0), ("stat_bound_upper", 895, 1667000, 185, 0)), 1.77, 5e-3),
    ("safe_divide", (
        ("stat_bound_upper", 30, 26200, 185, 0), ("stat_bound_lower", 895, 1667000, 0)), 15.3, 5e-2),
    # Indirect standardisation of the technical guide
    ("stat_isr", (895, 835.883561), 1.0707233, 5e-8),
    ("stat_isr_lower", (895, 835.883561), 1.0017148, 5e-8),
    ("stat_isr_upper", (895, 835.883561), 1.1432332, 1e-7),  # printed cut, not rounded
    # Race disparity ratio, by hand: White staff 4,000, 2,500 and 900 in three tiers, minority ethnic 1,600, 600, 90
    ("stat_race_disparity_ratio", (4000, 2500, 1600, 600), 1.667, 5e-4),
    ("stat_race_disparity_ratio", (2500, 900, 600, 90), 2.400, 5e-4),
    ("stat_race_disparity_ratio", (4000, 900, 1600, 90), 4.000, 5e-4),
    # Data Quality Maturity Index of NHS England: the worked rows of its method's appendix and the example of the index
    ("stat_dqmi_item", (2400, 100, 2500, 0.02), 94.0, 1e-9),
    ("stat_dqmi_item", (2000, 100, 2500, 0), 76.0, 1e-9),
    ("stat_dqmi_item", (900, 900, 1000, 0), 0.0, 1e-9),
    ("stat_dqmi_item", (45000, 5000, 50000, 0.035), 83.5, 1e-9),
    ("stat_dqmi_item", (800, 800, 1000, 1), 80.0, 1e-9),
    ("stat_dqmi", (("safe_divide", 970, 12), ("safe_divide", 7, 12)), 47.2, 5e-2),
    # Tables of the tails
    ("stat_normal_tail", (1.96,), 0.0249979, 5e-8),
    ("stat_normal_tail", (-1.96,), 0.9750021, 5e-8),
    ("stat_normal_tail", (0,), 0.5, 0),
    ("stat_chi_square_tail", (3.841459, 1), 0.05, 2e-7),
    ("stat_chi_square_tail", (5.991465, 2), 0.05, 2e-7),
    ("stat_chi_square_tail", (7.814728, 3), 0.05, 2e-7),
    ("stat_chi_square_tail", (9.487729, 4), 0.05, 2e-7),
    ("stat_chi_square_tail", (18.307038, 10), 0.05, 3e-4),
    # Newcombe's own example, method 10: 56/70 - 48/80
    ("stat_risk_difference", (56, 70, 48, 80), 0.2, 5e-9),
    ("stat_risk_difference_lower", (56, 70, 48, 80), 0.0524, 5e-5),
    ("stat_risk_difference_upper", (56, 70, 48, 80), 0.3339, 5e-5),
    # By calculator from the formulas: 40 events of 20 people and 100 of 50; 20 events of which 60 squared
    ("stat_clustered_rate_ratio_error", (40, 100, 20, 100, 300, 50), 0.333956, 5e-7),
    ("stat_clustered_rate_ratio_lower", (40, 100, 20, 1000, 100, 300, 50, 5000), 1.039361, 5e-7),
    ("stat_clustered_rate_ratio_upper", (40, 100, 20, 1000, 100, 300, 50, 5000), 3.848519, 5e-7),
    ("stat_mh_clustered_error", (40, 40, 100, 20, 50, 25, 75, 50), 0.333956, 5e-7),
    ("stat_mh_clustered_upper", (2, 40, 40, 100, 20, 50, 25, 75, 50), 3.848519, 5e-7),
    # 40 events, variance 40, with squares 100, of 20 people; 50 expected, variance 25, with squares 75, of 50 people
    ("stat_standardised_ratio_error", (40, 40, 100, 20, 50, 25, 75, 50), 0.333956, 5e-7),
    ("stat_standardised_ratio_lower", (40, 40, 100, 20, 50, 25, 75, 50), 0.415744, 5e-7),
    ("stat_standardised_ratio_upper", (40, 40, 100, 20, 50, 25, 75, 50), 1.539408, 5e-7),
    ("stat_mh_clustered_residual", (1, 1, 3, 9), 0.707107, 5e-7),
    ("stat_mh_clustered_weight", (9, 1), 0.1, 5e-7),
    ("stat_clustered_lower", (20, 60), 6.509799, 5e-7),
    ("stat_clustered_upper", (20, 60), 38.861826, 5e-7),
    ("stat_plausible_group", (10, 100, 20, 2), 13.636364, 5e-7),
    ("stat_plausible_other", (30, 10, 100, 20, 2), 35.454545, 5e-7),
    # Means 8 to 12 of 20 people and 9 to 11 of 100
    ("stat_estimate_ratio_error", (8, 12, 20, 9, 11, 100), 0.130093, 5e-7),
    ("stat_estimate_ratio_error", (8, 12, 20, 9, "cast(null as double)", 100), None, 0),
    ("stat_estimate_ratio_error", (-1, 12, 20, 9, 11, 100), None, 0),
    ("stat_estimate_ratio_error", (8, 12, 0, 9, 11, 100), None, 0),
    ("stat_detectable_ratio", (0.1,), 1.323340, 5e-7),
    ("stat_detectable_ratio_risk_error", (10, 100, 40, 300), 0.305505, 5e-7),
    ("stat_detectable_ratio_rate_error", (10, 100, 40, 300), 0.326599, 5e-7),
    ("stat_detectable_ratio_share_error", (100, 0.2), 0.2, 1e-12),
    ("stat_tipping_risk", (10, 100, 30, 200, 20), 0.3, 1e-12),
    ("stat_tipping_rate", (10, 100, 30, 200, 20), 0.25, 1e-12),
    ("stat_tipping_share", (2.4, 20), 0.15, 1e-12),
    # 0.2 (0.1 to 0.4) at a ratio of 2 (0.8 to 5): 0.1 expected, whose log error is 0.305763
    ("stat_adjusted_difference_lower", (0.2, 0.1, 0.4, 2, 0.8, 5), -0.0293724, 5e-8),
    ("stat_adjusted_difference_upper", (0.2, 0.1, 0.4, 2, 0.8, 5), 0.3050174, 5e-8),
    ("stat_adjusted_difference_upper", (0.2, 0.1, 0.4, 2, 1.5, 2.5), 0.3, 1e-12),
    # Undefined is NULL, never 0
    ("stat_adjusted_difference_lower", (0, 0, 0.4, 0, "cast(null as double)", "cast(null as double)"), None, 0),
    ("stat_tipping_share", (20.1, 20), None, 0),
    ("stat_tipping_share", (0, 0), None, 0),
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
    ("stat_race_disparity_ratio", (4000, 900, 1600, 0), None, 0),
    ("stat_race_disparity_ratio", (0, 900, 1600, 90), None, 0),
    ("stat_race_disparity_ratio_lower", (4000, 0, 1600, 90), None, 0),
    ("stat_dqmi_item", (0, 0, 0, 0), None, 0),
    ("stat_dqmi_item", (90, 100, 1000, 0), None, 0),
    ("stat_dqmi_item", (900, 100, 1000, "cast(null as double)"), None, 0),
    ("stat_dqmi", (101, 1), None, 0),
    ("stat_isr", (3, 0), None, 0),
    ("stat_isr_lower", (-1, 5), None, 0),
    ("stat_clustered_lower", (12, "cast(null as double)"), None, 0),
    ("stat_clustered_upper", (-1, 1), None, 0),
    ("stat_clustered_rate_ratio_lower", (0, 0, 0, 10, 5, 9, 3, 10), None, 0),
    ("stat_clustered_rate_ratio_upper", (5, 9, 3, 10, 0, 0, 0, 10), None, 0),
    ("stat_clustered_rate_ratio_error", (5, "cast(null as double)", 3, 5, 9, 3), None, 0),
    ("stat_standardised_ratio_lower", (0, 0, 0, 0, 6, 5, 9, 4), None, 0),
    ("stat_standardised_ratio_upper", (9, 8, 20, 5, 0, 0, 0, 0), None, 0),
    ("stat_standardised_ratio_upper", (9, 8, "cast(null as double)", 5, 6, 5, 9, 4), None, 0),
    ("stat_mh_clustered_lower", (1.5, 9, 8, "cast(null as double)", 5, 6, 5, 9, 4), None, 0),
    ("stat_mh_clustered_upper", (1.5, 9, 8, 20, 5, 6, 5, 9, "cast(null as double)"), None, 0),
    ("stat_mh_clustered_upper", (0, 0, 0, 20, 0, 6, 5, 9, 4), None, 0),
    ("stat_mh_clustered_lower", (1.5, 9, 8, 0, 5, 6, 5, 0, 4), None, 0),
    ("stat_bound_lower", (3, 0, 0), None, 0),
    ("stat_bound_upper", (3, 0, 2, 0), None, 0),
    ("stat_bound_upper", (3, 10, "cast(null as double)", 2), None, 0),
    ("stat_plausible_group", (0, 0, 5, 2), None, 0),
    ("stat_plausible_group", (3, 10, "cast(null as double)", 2), None, 0),
    ("stat_tipping_risk", (1, 10, 5, 10, 0), None, 0),
    ("stat_tipping_risk", (1, 10, 10, 10, 100), None, 0),
    ("stat_tipping_risk", (1, 0, 10, 10, 100), None, 0),
    ("stat_tipping_rate", (1, 10, 50, 10, 48), None, 0),
    ("stat_tipping_rate", (1, 0, 50, 10, 48), None, 0),
    ("stat_tipping_linear", (5, 4), None, 0),
    ("stat_tipping_linear", ("cast(null as double)", 4), None, 0),
    ("stat_detectable_ratio", ("cast(null as double)",), None, 0),
    ("stat_detectable_ratio_risk_error", (0, 10, 0, 10), None, 0),
    ("stat_detectable_ratio_risk_error", (10, 10, 10, 10), None, 0),
    ("stat_detectable_ratio_rate_error", (0, 10, 0, 10), None, 0),
    ("stat_detectable_ratio_share_error", (10, 0), None, 0),
    ("stat_normal_tail", ("cast(null as double)",), None, 0),
    ("stat_chi_square_tail", (-1, 2), None, 0),
    ("stat_chi_square_tail", (1, 0), None, 0),
    ("stat_chi_square_tail", ("cast(null as double)", 2), None, 0),
    # The edges that are defined
    ("stat_clustered_lower", (0, 0), 0.0, 0),
    ("stat_clustered_upper", (0, 0), 3.6888794541139354, 1e-12),
    ("stat_clustered_lower", (12, 144), 0.0, 0),
    ("stat_plausible_group", (0, 0, 0, 2), 0.0, 0),
    ("stat_bound_eventless", (7, 3), 4.0, 0),
    ("stat_bound_eventless", (3, 7), 0.0, 0),
    ("stat_tipping_risk", (10, 10, 10, 10, 4), 0.0, 0),
    ("stat_tipping_risk", (1, 10, 5, 10, 8), 1.0, 0),
    ("stat_tipping_rate", (1, 10, 50, 10, 49), 1.0, 0),
    ("stat_tipping_rate", (5, 10, 10, 20, 4), 0.0, 0),
    ("stat_tipping_share", (-1.5, 4), 0.0, 0),
    ("stat_tipping_share", (3.2, 4), 1.0, 0),
    ("stat_tipping_linear", (-1, 4), 0.0, 0),
    ("stat_tipping_linear", (1, 4), 0.25, 0),
    ("stat_normal_tail", (40,), 0.0, 0),
    ("stat_chi_square_tail", (0, 7), 1.0, 3e-4),
    ("stat_wilson_lower", (0, 20), 0.0, 1e-15),
    ("stat_wilson_upper", (20, 20), 1.0, 1e-15),
    ("stat_poisson_lower", (0,), 0.0, 0),
    ("stat_risk_ratio", (0, 10, 5, 10), 0.0, 0),
    ("stat_race_disparity_ratio", (4000, 0, 1600, 90), 0.0, 0),
]
"""Macro, arguments, expected value, tolerance (half a unit of the last digit printed)."""


class Aggregate(NamedTuple):
    """A figure over the rows of a table.

    Attributes:
        macro: the macro.
        arguments: its arguments, columns of the table or SQL over them.
        columns: names of the columns.
        rows: the table.
        expected: the figure.
        tolerance: half a unit of the last digit printed.
    """

    macro: str
    arguments: tuple[str, ...]
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    expected: float | None
    tolerance: float


STRATUM = ("a", "n1", "b", "n0")
BAND = ("x", "n", "w")
SPLIT = ("own", "other", "own_next", "other_next")

# Worked by hand, three wards whose mix makes all of the crude difference (below: part of it): people restrained of
# patients, events of bed days
RISKS: list[tuple[object, ...]] = [(12, 30, 8, 20), (6, 40, 18, 120), (1, 10, 9, 90)]
RATES: list[tuple[object, ...]] = [(40, 600, 30, 450), (15, 900, 60, 3600), (2, 400, 20, 4000)]
MORE_RISKS: list[tuple[object, ...]] = [(18, 30, 8, 20), (8, 40, 18, 120), (1, 10, 12, 90)]
MORE_RATES: list[tuple[object, ...]] = [(55, 600, 30, 450), (24, 900, 60, 3600), (1, 400, 28, 4000)]
ONE_SIDED: list[tuple[object, ...]] = [(5, 9, 0, 0), (0, 0, 4, 70), ("cast(null as double)", "null", 1, 8)]

# Domain 7.1: 19 age bands; events, population, European Standard Population, reference events and population
AGE_BANDS = list(zip(
    (127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91),
    (636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207),
    (5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000),
    (10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210, 5757),
    (50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463, 60479, 49974, 44140, 40888, 37239, 30819,
     18136, 15325, 13918),
    strict=True,
))
STANDARDISED: list[tuple[object, ...]] = [row[:3] for row in AGE_BANDS]
IN_SHARES: list[tuple[object, ...]] = [(x, n, w / 100_000) for x, n, w, *_ in AGE_BANDS]

CATEGORY = ("agree", "here", "there")

AGGREGATES = [
    # Of 50 people 20 twice yes and 15 twice no, 5 and 10 once each: 0.7 agree and 0.5 would by chance
    Aggregate("stat_kappa", CATEGORY, CATEGORY, [(20, 25, 30), (15, 25, 20)], 0.4, 1e-12),
    Aggregate("stat_kappa", CATEGORY, CATEGORY, [(7, 7, 7)], None, 0),
    Aggregate("stat_kappa", CATEGORY, CATEGORY, [(0, 0, 0)], None, 0),
    *[
        Aggregate(f"stat_mh_{kind}_ratio{suffix}", STRATUM, STRATUM, table, expected, 5e-4)
        for kind, table, figures in (
            ("risk", RISKS, (1.000, 0.591, 1.693)),
            ("risk", MORE_RISKS, (1.343, 0.842, 2.141)),
            ("risk", [*MORE_RISKS, *ONE_SIDED], (1.343, 0.842, 2.141)),
            ("rate", RATES, (1.000, 0.703, 1.422)),
            ("rate", MORE_RATES, (1.378, 1.002, 1.896)),
            ("rate", [*MORE_RATES, *ONE_SIDED], (1.378, 1.002, 1.896)),
        )
        for suffix, expected in zip(("", "_lower", "_upper"), figures, strict=True)
    ],
    *[
        Aggregate("stat_risk_ratio", tuple(f"sum({name})" for name in STRATUM), STRATUM, table, expected, 5e-4)
        for table, expected in ((RISKS, 1.561), (MORE_RISKS, 2.043))
    ],
    *[
        Aggregate("stat_rate_ratio", tuple(f"sum({name})" for name in STRATUM), STRATUM, table, expected, 5e-4)
        for table, expected in ((RATES, 2.195), (MORE_RATES, 2.872))
    ],
    *[
        Aggregate(f"stat_dsr{suffix}", BAND, BAND, table, expected, 5e-11)
        for table in (STANDARDISED, IN_SHARES, [*STANDARDISED, (3, 0, 0)])
        for suffix, expected in (("", 0.1043024799), ("_lower", 0.0971770907), ("_upper", 0.1117894092))
    ],
    Aggregate(
        "stable_sum", ("n * reference_events / reference_people",),
        ("x", "n", "w", "reference_events", "reference_people"), [*AGE_BANDS], 835.883561, 5e-7,
    ),
    # By calculator: 10 events in a time of 10 beside 1 in 10, and two unknown people, 1 in 1 and 3 in 10
    *[
        Aggregate(f"stat_bound_split_{side}", (*SPLIT, elsewhere), SPLIT, rows, expected, 5e-7)
        for side, elsewhere, rows, expected in (
            ("upper", "false", [(1, 5 / 21, 1, 0.2), (1, 0.2, 14 / 21, 0.1)], 6.666667),
            ("upper", "true", [(1, 5 / 21, 1, 0.2), (1, 0.2, 14 / 21, 0.1)], 10),
            ("lower", "false", [(14 / 21, 0.1, 0.65, 2 / 11), (0.65, 2 / 11, 1, 5 / 21)], 2.73),
            ("upper", "true", [(0.5, 0.0, 0.5, 0.0)], None),
            ("upper", "true", [(0.5, 0.25, "cast(null as double)", "cast(null as double)")], 2),
            ("lower", "false", [("cast(null as double)", 0.25, "cast(null as double)", 0.5)], None),
        )
    ],
    # Undefined is NULL, never 0
    Aggregate("stat_dsr", BAND, BAND, [(4, 100, 10), (5, 200, 10)], None, 0),
    Aggregate("stat_dsr_lower", BAND, BAND, [*STANDARDISED, (0, 0, 10)], None, 0),
    Aggregate("stat_dsr", BAND, BAND, [*STANDARDISED, (3, 40, "cast(null as double)")], None, 0),
    Aggregate("stat_mh_risk_ratio", STRATUM, STRATUM, ONE_SIDED, None, 0),
    Aggregate("stat_mh_rate_ratio", STRATUM, STRATUM, [(3, 40, 0, 50), (1, 9, 0, 8)], None, 0),
    Aggregate("stat_mh_rate_ratio_lower", STRATUM, STRATUM, [(0, 40, 3, 50), (0, 9, 1, 8)], None, 0),
    Aggregate("stat_mh_risk_ratio_upper", STRATUM, STRATUM, [(40, 40, 3, 50), (9, 9, 1, 8), (0, 5, 0, 0)], None, 0),
    Aggregate("stat_homogeneity", ("l", "e"), ("l", "e"), [(0.3, 0.2), ("null", 0.4), (0.1, "null")], None, 0),
    # The edges that are defined
    Aggregate("stat_mh_rate_ratio", STRATUM, STRATUM, [(0, 40, 3, 50), (0, 9, 1, 8)], 0.0, 0),
    Aggregate("stat_dsr", BAND, BAND, [(12, 100, 10), (0, 200, 30)], 0.03, 1e-15),
]
"""Figures over strata."""

CRUDE_RATES = {
    "white": (31735, 45684263, 69.5), "mixed": (1935, 1669378, 115.9), "asian": (3993, 4995227, 79.9),
    "black": (5693, 2381724, 239.0), "other": (2169, 1660318, 130.6),
    "community_white": (3163, 45684263, 6.9), "community_mixed": (279, 1669378, 16.7),
    "community_asian": (520, 4995227, 10.4), "community_black": (1122, 2381724, 47.1),
    "community_other": (292, 1660318, 17.6),
    "A": (28317, 41540791, 68.2), "B": (370, 494251, 74.9), "C": (3048, 3585003, 85.0), "D": (582, 499310, 116.6),
    "E": (252, 241528, 104.3), "F": (245, 474190, 51.7), "G": (856, 454350, 188.4), "H": (1015, 1843238, 55.1),
    "J": (1214, 1570285, 77.3), "K": (533, 629567, 84.7), "L": (1231, 952137, 129.3), "M": (1518, 619419, 245.1),
    "N": (2556, 1468474, 174.1), "P": (1619, 293831, 551.0), "R": (237, 431165, 55.0), "S": (1932, 908950, 212.6),
}
"""England 2023-24: detentions and community treatment orders, residents, crude rate per 100,000 by group."""


def render(macro: str, *arguments: object, engine: str = "duckdb") -> str:
    """SQL of a macro for the given argument texts; an argument may be a macro with its arguments."""
    return str(getattr(_macros(engine), macro)(*(_text(argument, engine) for argument in arguments))).strip()


def render_text(macro: str, *arguments: object, engine: str = "duckdb") -> str:
    """The SQL of a macro whose arguments are names of relations, lists of columns and numbers."""
    return str(getattr(_macros(engine), macro)(*arguments)).strip()


def render_aggregate(figure: Aggregate, engine: str = "duckdb") -> str:
    """A query that gives the figure."""
    rows = ", ".join(f"({', '.join(_text(value, engine) for value in row)})" for row in figure.rows)
    values = f"(VALUES {rows}) AS t({', '.join(figure.columns)})"
    return f"SELECT {render(figure.macro, *figure.arguments, engine=engine)} FROM {values}"


def false_discovery(relation: str, family: Sequence[str], p: str, engine: str = "duckdb") -> str:
    """The query of the Benjamini-Hochberg macro."""
    return render_text("stat_benjamini_hochberg_threshold", relation, family, p, engine=engine)


def _text(argument: object, engine: str) -> str:
    if isinstance(argument, tuple):
        return render(*argument, engine=engine)
    return f"{argument:.17e}" if isinstance(argument, float) else str(argument)


@lru_cache
def _macros(engine: str) -> TemplateModule:
    shared = [MACROS / "portable.sql", MACROS / "stable_sum.sql", MACROS / "measure" / "asking.sql"]
    files = [*shared, *sorted((MACROS / "statistics").glob("*.sql"))]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    environment = Environment(autoescape=False)  # noqa: S701 - SQL, not HTML
    environment.globals["adapter"] = _Adapter(engine)
    return environment.from_string(source).module


class _Adapter:
    """dbt's `adapter`: the macro of the engine, or the one of every engine without its own."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def dispatch(self, name: str, _namespace: str) -> Callable[..., str]:
        """The macro of that name, looked up when it is called."""

        def call(*arguments: str) -> str:
            macros = _macros(self._engine)
            return getattr(macros, f"{self._engine}__{name}", getattr(macros, f"default__{name}"))(*arguments)

        return call
