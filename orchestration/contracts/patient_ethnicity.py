"""Ethnicity as the electronic patient record holds it: every answer with its date, its system and who gave it."""

from orchestration.contracts.base import Column, Feed, Table
from orchestration.contracts.patient import PATIENT

RECORD = Table(
    name="patient_ethnicity",
    file_prefix="patient_ethnicity",
    grain="one row per patient, system and recorded date",
    key=("local_patient_key", "system_name", "recorded_date"),
    columns=(
        *PATIENT,
        Column(
            "system_name",
            "System",
            "System that holds the record.",
            vocabulary=("ref_patient_system", None),
            is_typed_in=True,
        ),
        Column(
            "recorded_date",
            "RecordedDate",
            "Date on which the value was recorded.",
            type="date",
            nullable=False,
            not_future=True,
        ),
        Column(
            "ethnic_category",
            "EthnicCategory",
            "Ethnic category, a letter of either code set.",
            vocabulary=("ref_ethnicity_map", "epr"),
            lookup="code",
            is_typed_in=True,
        ),
        Column(
            "code_set",
            "CodeSet",
            "Code set the category was chosen from, 2001 or 2021.",
            values=("2001", "2021"),
            on_error="clear",
        ),
        Column(
            "method_code",
            "Method",
            "Who gave the answer: SELF, PROXY, OBSERVED, GP or REFERRAL.",
            values=("SELF", "PROXY", "OBSERVED", "GP", "REFERRAL"),
            on_error="clear",
        ),
        Column("team_name", "Team", "Team or ward as the patient record names it.", is_typed_in=True),
    ),
)

PATIENT_ETHNICITY = Feed(
    name="patient_ethnicity",
    title="Ethnicity in the patient record",
    description="What was recorded or corrected in the month as a patient's ethnicity, and who gave the answer.",
    owner="clinical-systems",
    partition="month",
    tables=(RECORD,),
    due_days=14,
)
