"""Contacts, as the electronic patient record counts them: who was seen by which team in a month, and since when."""

from orchestration.contracts.base import Column, Feed, Table

CONTACT = Table(
    name="contact",
    file_prefix="contacts",
    grain="one row per patient, team and service line",
    key=("local_patient_key", "team_name", "service_line"),
    columns=(
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
        Column("team_name", "Team", "Team or ward as the patient record names it.", is_typed_in=True),
        Column("service_line", "ServiceLine", "Kind of service, as the patient record names it.", is_typed_in=True),
        Column(
            "first_contact_date",
            "FirstContactDate",
            "First contact of the patient with the team.",
            type="date",
            not_future=True,
        ),
        Column("contact_count", "Contacts", "Contacts in the month.", type="integer", nullable=False, minimum=1),
    ),
)

CONTACTS = Feed(
    name="contacts",
    title="Contacts",
    description="Who was in contact with which team in the month, how often, and when first.",
    owner="clinical-systems",
    partition="month",
    tables=(CONTACT,),
    due_days=14,
)
