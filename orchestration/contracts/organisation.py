"""The organisation: its units over time, the names each system uses, the areas it serves, whom it succeeded."""

from orchestration.contracts.base import Column, Feed, RowRule, Table

_VALID = (
    Column("valid_from", "valid_from", "First day on which the row holds.", type="date", nullable=False),
    Column(
        "valid_to",
        "valid_to",
        "Last day on which the row holds; blank while it still does.",
        type="date",
        open_dates=True,
    ),
)
_VALID_RULE = (RowRule("ends_after_it_starts", "valid_from", "valid_to"),)

UNIT = Table(
    name="organisation_unit",
    file_prefix="organisation_units",
    grain="one row per unit and span of validity",
    key=("unit_code", "valid_from"),
    row_rules=_VALID_RULE,
    columns=(
        Column("unit_code", "unit_code", "Code of the unit, stable over time.", nullable=False),
        Column("unit_name", "unit_name", "Name to print.", nullable=False),
        Column(
            "unit_level",
            "unit_level",
            "organisation, division, directorate or team.",
            nullable=False,
            values=("organisation", "division", "directorate", "team"),
        ),
        Column("parent_unit_code", "parent_unit_code", "The unit above; blank for the organisation itself."),
        Column("service_line", "service_line", "Kind of service, such as adult_mental_health."),
        Column("is_ward", "is_ward", "Y for a ward with beds.", values=("Y", "N"), nullable=False),
        *_VALID,
    ),
)

UNIT_NAME = Table(
    name="organisation_unit_name",
    file_prefix="organisation_names",
    grain="one row per unit, system and name used there",
    key=("system", "system_name", "valid_from"),
    row_rules=_VALID_RULE,
    columns=(
        Column("unit_code", "unit_code", "Code of the unit.", nullable=False),
        Column("system", "system", "staff_record, incidents, mhsds or epr (the patient record).", nullable=False),
        Column("system_name", "system_name", "Name or code that system uses for the unit.", nullable=False),
        *_VALID,
    ),
)

UNIT_AREA = Table(
    name="organisation_unit_area",
    file_prefix="organisation_areas",
    grain="one row per unit, service line and authority served",
    key=("unit_code", "service_line", "area_code", "valid_from"),
    row_rules=_VALID_RULE,
    columns=(
        Column("unit_code", "unit_code", "Division that serves the authority.", nullable=False),
        Column("service_line", "service_line", "workforce or adult_mental_health.", nullable=False),
        Column("area_code", "area_code", "Code of the authority.", nullable=False),
        *_VALID,
    ),
)

SUCCESSION = Table(
    name="organisation_succession",
    file_prefix="organisation_successions",
    grain="one row per predecessor organisation",
    key=("predecessor_code",),
    required=False,
    columns=(
        Column("predecessor_code", "predecessor_code", "Code of the organisation that was merged.", nullable=False),
        Column("successor_code", "successor_code", "Code of the organisation that took over.", nullable=False),
        Column("succeeded_on", "succeeded_on", "First day of the successor.", type="date", nullable=False),
    ),
)

ORGANISATION = Feed(
    name="organisation",
    title="Organisation",
    description="Units over time, the names each system uses for them, the areas they serve.",
    owner="information-services",
    partition="none",
    tables=(UNIT, UNIT_NAME, UNIT_AREA, SUCCESSION),
    due_days=0,
)
