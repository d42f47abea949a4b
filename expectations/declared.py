"""Which expectation is held on which feed and table, readable without importing Great Expectations.

Belongs here: names, tables and severities. Does not belong here: how an expectation judges (the classes), what it
means to a person (`seeds/ref_expectation.csv`), the target it is held against (`seeds/ref_quality_target.csv`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expectations.results import Severity

PATIENTS = ("mhsds", "patient_ethnicity")
FEEDS = ("incidents", "mhsds", "patient_ethnicity", "staff_record")
ACROSS = "across_feeds"
"""The suite over what only several feeds together can show."""
SOURCES = (*FEEDS, ACROSS)
"""What is judged: every feed that carries ethnicity, and the feeds against each other."""
NO_WITNESS = "incidents"
"""The system whose word against another's is not judged for a default: somebody else types what an incident report
says of a person."""


@dataclass(frozen=True)
class Declaration:
    """One expectation.

    Attributes:
        name: stable over time: history is kept by it.
        kind: name of the Expectation class that judges it.
        table: the table it guards, `schema.table`.
        sources: suites it belongs to.
        severity: `error` only for a contract that the pipeline itself breaks.
        of_all_months: whether one bad slice of any month fails it; else only of the latest.
        has_target: whether each slice is held against a target that must be set.
        by_table: whether the table says itself which slices are met, as a chart does.
        whole: the expectation that judges the same share of the organisation: its counts are those of the whole, where
            somebody stands in several slices. Declared before it, for the same suites.
        direction: on which side of its target a share is good.
        noun: what its slices are, in the plural.
    """

    name: str
    kind: str
    table: str
    sources: tuple[str, ...] = FEEDS
    severity: Severity = "warn"
    of_all_months: bool = False
    has_target: bool = False
    by_table: bool = False
    whole: str | None = None
    direction: Literal["at least", "at most"] = "at least"
    noun: str = "slices"


RECORDING = "quality.ethnicity_recording"
DECLARED = (
    Declaration("slices_present", "ExpectSlicesToBePresent", RECORDING, SOURCES, noun="tables"),
    Declaration(
        "status_counts_add_up",
        "ExpectStatusCountsToAddUp",
        RECORDING,
        severity="error",
        of_all_months=True,
        noun="units and months",
    ),
    Declaration(
        "values_mapped", "ExpectNoUnmappedValue", "quality.unmapped_value", direction="at most", noun="organisations"
    ),
    Declaration(
        "known_and_stated_trust",
        "ExpectKnownAndStatedShareToMeetTarget",
        RECORDING,
        has_target=True,
        noun="organisations",
    ),
    Declaration(
        "known_and_stated_team",
        "ExpectKnownAndStatedShareToMeetTarget",
        RECORDING,
        has_target=True,
        whole="known_and_stated_trust",
        noun="teams",
    ),
    Declaration(
        "invalid_trust",
        "ExpectInvalidShareToStayWithinLimit",
        RECORDING,
        has_target=True,
        direction="at most",
        noun="organisations",
    ),
    Declaration(
        "no_sudden_drop",
        "ExpectNoSuddenDropBelowOwnLimits",
        "quality.ethnicity_recording_trend",
        by_table=True,
        noun="units",
    ),
    Declaration(
        "any_other_trust",
        "ExpectAnyOtherUseWithinFactorOfResidents",
        "quality.ethnicity_category_use",
        has_target=True,
        direction="at most",
        noun="organisations",
    ),
    Declaration(
        "mixed_trust",
        "ExpectMixedUseWithinFactorOfResidents",
        "quality.ethnicity_category_use",
        has_target=True,
        noun="organisations",
    ),
    Declaration(
        "every_group_found",
        "ExpectEveryGroupOfResidentsToBeRecorded",
        "quality.ethnicity_census_fit",
        (*PATIENTS, "staff_record"),
        noun="ethnic groups",
    ),
    Declaration(
        "conflict_trust",
        "ExpectConflictShareToStayBelow",
        "quality.ethnicity_consistency",
        (*PATIENTS, "staff_record"),
        has_target=True,
        direction="at most",
        noun="organisations",
    ),
    Declaration(
        "first_contact_trust",
        "ExpectEthnicityRecordedByFirstContact",
        "quality.ethnicity_timeliness",
        ("patient_ethnicity",),
        has_target=True,
        noun="organisations",
    ),
    Declaration(
        "wards_report_incidents", "ExpectWardsToReportIncidents", "core.fct_incident", ("incidents",), noun="wards"
    ),
    Declaration("wards_record_ethnicity", "ExpectWardsToRecordEthnicity", RECORDING, PATIENTS, noun="wards"),
    Declaration(
        "use_of_force_items",
        "ExpectUseOfForceItemsToBeComplete",
        "quality.use_of_force_record",
        ("incidents",),
        has_target=True,
        noun="items",
    ),
    Declaration(
        "use_of_force_team",
        "ExpectUseOfForceRecordsToBeComplete",
        "quality.use_of_force_record",
        ("incidents",),
        has_target=True,
        noun="teams",
    ),
    Declaration(
        "systems_agree",
        "ExpectSystemsToAgree",
        "quality.ethnicity_agreement",
        (ACROSS,),
        has_target=True,
        noun="pairs of systems",
    ),
    Declaration(
        "white_default",
        "ExpectNoWhiteDefault",
        "quality.ethnicity_agreement",
        (ACROSS,),
        has_target=True,
        direction="at most",
        noun="pairs of systems judged",
    ),
)
"""Every expectation, in the order in which a person reads them."""


def suite_of(source: str) -> list[Declaration]:
    """The expectations of one suite, in order."""
    return [declared for declared in DECLARED if source in declared.sources]


def tables_of(source: str) -> list[str]:
    """The tables of the schema `quality` that a suite reads, in order, without the schema."""
    tables = [declared.table.split(".")[1] for declared in suite_of(source) if declared.name != "slices_present"]
    return list(dict.fromkeys(table for table in tables if table.startswith(("ethnicity_", "use_of_force_"))))
