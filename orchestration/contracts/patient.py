"""Who a row about a patient is about: the columns with which every feed of the patient record, and the index, begins.

Belongs here: what becomes of a patient's identifiers. Does not belong here: any feed's own columns.
"""

from orchestration.contracts.base import Column

PATIENT = (
    Column(
        "local_patient_key",
        "LocalPatientID",
        "Pseudonym of the local patient identifier.",
        treatment="pseudonym",
        scope="local_patient",
        local=True,
        nullable=False,
    ),
    Column(
        "person_key",
        "NHSNumber",
        "Pseudonym of the NHS number; the same person in every feed.",
        treatment="pseudonym",
        scope="nhs_number",
        nhs_number=True,
        on_error="clear",
    ),
)
"""The number the provider gives the patient, and the one that is the same everywhere."""
