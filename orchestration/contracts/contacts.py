"""Contacts, as the electronic patient record counts them: who was seen by which team in a month, and since when."""

from orchestration.contracts.base import Column, Feed, Table
from orchestration.contracts.patient import PATIENT

CONTACT = Table(
    name="contact",
    file_prefix="contacts",
    grain="one row per patient, team and service line",
    key=("local_patient_key", "team_name", "service_line"),
    columns=(
        *PATIENT,
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
