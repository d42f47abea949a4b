"""Incidents, as a Datix-style system exports them: a main file and two child files."""

from dataclasses import replace

from orchestration.contracts.base import Column, Feed, RowRule, Table

_INCIDENT_KEY = Column(
    "incident_key",
    "recordid",
    "Pseudonym of the incident record.",
    treatment="pseudonym",
    scope="incident",
    local=True,
    nullable=False,
)


def _noted(name: str, header: str, description: str) -> Column:
    """A field that the record of a use of force must hold: whether it is filled in is noted, what it says is not."""
    return Column(name, header, description, treatment="presence", required=False)


def _coded(source: str, column: Column) -> Column:
    """A field of which nothing is stored but what `ref_incident_code` lists under `source`."""
    return replace(column, vocabulary=("ref_incident_code", source), is_typed_in=True)


INCIDENT = Table(
    name="incident",
    file_prefix="incidents_main",
    grain="one row per incident version",
    key=("incident_key", "updated_at"),
    row_rules=(RowRule("reported_after_it_happened", "incident_date", "reported_date"),),
    columns=(
        _INCIDENT_KEY,
        Column("our_reference", "inc_ourref", "Local reference.", treatment="drop", required=False),
        Column("incident_date", "inc_dincident", "Date of the incident.", type="date", nullable=False, not_future=True),
        Column(
            "incident_time",
            "inc_time",
            "Time of the incident, where four digits are left.",
            type="time",
            on_error="clear",
            required=False,
        ),
        Column("reported_date", "inc_dreported", "Date it was reported.", type="date"),
        Column("opened_date", "inc_dopened", "Date the record was opened.", type="date", required=False),
        _coded(
            "incident_type",
            Column("incident_type", "inc_type", "Whom it affects: PAT, STAFF, VIS or ORG.", nullable=False),
        ),
        _coded("category", Column("category", "inc_category", "Category code.")),
        Column(
            "subcategory",
            "inc_subcategory",
            "Sub-category code.",
            vocabulary=("ref_incident_subcategory", None),
            is_typed_in=True,
        ),
        _coded("severity", Column("severity", "inc_severity", "Severity code.")),
        Column("result", "inc_result", "Result code.", treatment="drop", required=False),
        Column("directorate", "inc_directorate", "Directorate, as typed in.", treatment="drop", required=False),
        Column("unit", "inc_unit", "Unit as the incident system names it.", required=False, is_typed_in=True),
        Column("location", "inc_locactual", "Ward or team as the incident system names it.", is_typed_in=True),
        _coded(
            "yes_no",
            Column(
                "hate_incident_race",
                "hate_incident_race",
                "Y when ticked as a race hate incident.",
                required=False,
            ),
        ),
        _coded("perpetrator", Column("perpetrator", "perpetrator_type", "PATIENT, STAFF or PUBLIC.", required=False)),
        _coded(
            "approval",
            Column("approval_status", "rep_approved", "Approval status; REJECT is left out of the counts."),
        ),
        _noted("description_text", "inc_description", "Whether the incident is described; the text may name people."),
        Column("affected_name", "inc_name", "Name in free text.", treatment="drop", required=False),
        Column("updated_at", "updateddate", "When this version was saved.", type="timestamp", nullable=False),
    ),
)

CONTACT = Table(
    name="incident_contact",
    file_prefix="incidents_contacts",
    grain="one row per incident and person involved",
    key=("incident_key", "contact_number"),
    parent="incident",
    required=False,
    columns=(
        _INCIDENT_KEY,
        Column(
            "contact_number",
            "link_number",
            "Running number of the contact on the incident.",
            type="integer",
            nullable=False,
        ),
        _coded(
            "contact_role",
            Column("contact_role", "link_role", "AFFECT, AGGRES, WITNES or REPORT.", nullable=False),
        ),
        _coded("contact_type", Column("contact_type", "con_type", "PAT, STAFF or VIS.", nullable=False)),
        Column(
            "person_key",
            "con_nhsno",
            "Pseudonym of the patient, by NHS number.",
            treatment="pseudonym",
            scope="nhs_number",
            nhs_number=True,
            on_error="clear",
        ),
        Column(
            "staff_key",
            "con_employee_number",
            "Pseudonym of the member of staff.",
            treatment="pseudonym",
            scope="employee_number",
            subject="staff",
            local=True,
        ),
        _noted("forenames", "con_forenames", "Whether given names are there."),
        _noted("surname", "con_surname", "Whether a family name is there."),
        Column(
            "birth_month",
            "con_dob",
            "Month of birth.",
            type="date",
            treatment="birth_month",
            on_error="clear",
            required=False,
        ),
        Column(
            "sex_code",
            "con_gender",
            "F, M or blank.",
            required=False,
            vocabulary=("ref_sex", "incidents"),
            is_typed_in=True,
        ),
        Column(
            "ethnic_origin",
            "con_ethnicity",
            "Ethnic group as typed into the incident system.",
            vocabulary=("ref_ethnicity_map", "incidents"),
            is_typed_in=True,
        ),
    ),
)

RESTRAINT = Table(
    name="incident_restraint",
    file_prefix="incidents_restraint",
    grain="one row per incident and restraint episode",
    key=("incident_key", "episode_number"),
    parent="incident",
    required=False,
    columns=(
        _INCIDENT_KEY,
        Column("episode_number", "episode_number", "Running number of the episode.", type="integer", nullable=False),
        Column("commenced_time", "RestraintCommenced", "Time restraint began.", type="time", on_error="clear"),
        Column("concluded_time", "TimeConcluded", "Time restraint ended.", type="time", on_error="clear"),
        _coded("restraint_position", Column("position", "RestraintPosition", "Position in which the person was held.")),
        _coded("restraint_reason", Column("reason", "RestraintReason", "Reason given.")),
        _coded("yes_no", Column("seclusion", "Seclusion", "Y when the person was secluded.", required=False)),
        _coded(
            "yes_no",
            Column("patient_debrief", "PatientDebrief", "Y when the person was debriefed.", required=False),
        ),
        _coded("yes_no", Column("staff_debrief", "StaffDebrief", "Y when staff were debriefed.", required=False)),
        Column("body_parts", "BodyPartsRestrained", "Free text.", treatment="drop", required=False),
        _noted("force_type", "ForceType", "Whether the type of force is told: physical, chemical, isolation."),
        _noted("care_plan_answer", "ForceInCarePlan", "Whether it is told if the force was part of the care plan."),
        _noted("staff_name", "StaffName", "Whether the staff who used force are named."),
        _noted("staff_job_title", "StaffJobTitle", "Whether their job titles are told."),
        _coded(
            "yes_no",
            Column("non_staff_involved", "NonStaffInvolved", "Y when somebody else used force.", required=False),
        ),
        _noted("non_staff_reason", "NonStaffReason", "Whether it is told why somebody else was involved."),
        _noted("mental_disorder_text", "MentalDisorder", "Whether the mental disorder is told."),
        _noted("disability_answer", "LearningDisability", "Whether it is told if there is one, or autism."),
        _noted("outcome", "RestraintConcluded", "Whether the outcome is told."),
        _noted("injury_answer", "DeathOrInjury", "Whether it is told if there was a death or a serious injury."),
        _noted("prior_interventions", "PriorInterventions", "Whether efforts to avoid force are told."),
        _noted("notification_answer", "NotificationSent", "Whether it is told if a notification was sent."),
    ),
)

INCIDENTS = Feed(
    name="incidents",
    title="Incidents",
    description="Incident reports with the people involved and restraint episodes, as versions.",
    owner="patient-safety",
    partition="month",
    tables=(INCIDENT, CONTACT, RESTRAINT),
    due_days=21,
)
