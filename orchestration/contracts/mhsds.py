"""The Mental Health Services Data Set, in the shape a provider submits it (version 6).

A patient is known by the local patient identifier; a hospital spell reaches its patient only through the referral.
Identifiers are unique only within the provider. Dates and times are apart.
"""

from orchestration.contracts.base import Column, Feed, RowRule, Table
from orchestration.contracts.patient import PATIENT


def _id(name: str, header: str, description: str, *, nullable: bool = False) -> Column:
    """A provider-local identifier, kept as a pseudonym under its own name as scope."""
    scope = name.removesuffix("_key")
    return Column(name, header, description, treatment="pseudonym", scope=scope, local=True, nullable=nullable)


def _date(name: str, header: str, description: str, *, nullable: bool = True, future: bool = False) -> Column:
    return Column(name, header, description, type="date", nullable=nullable, open_dates=True, not_future=not future)


def _time(name: str, header: str, description: str) -> Column:
    return Column(name, header, description, type="time", on_error="clear", required=False)


def _code(name: str, header: str, description: str, *, nullable: bool = True, required: bool = True) -> Column:
    return Column(name, header, description, nullable=nullable, required=required)


def _patient() -> Column:
    return _id("local_patient_key", "LocalPatientID", "Pseudonym of the local patient identifier.")


def _referral() -> Column:
    return _id("service_request_key", "ServiceRequestID", "Pseudonym of the referral.")


def _spell() -> Column:
    return _id("hospital_spell_key", "HospProvSpellID", "Pseudonym of the hospital provider spell.")


def _ward_stay() -> Column:
    return _id("ward_stay_key", "WardStayID", "Pseudonym of the ward stay.")


def _legal_status() -> Column:
    return _id("legal_status_period_key", "MHActLegalStatusClassPeriodID", "Pseudonym of the legal status period.")


def _incident() -> Column:
    return _id("restrictive_incident_key", "RestrictiveIntIncID", "Pseudonym of the restrictive incident.")


def _leave(name: str, prefix: str, title: str, headers: tuple[str, str, str, str]) -> Table:
    """A table of spans away from the ward; `headers` are start date, start time, end date, end time."""
    return Table(
        name=name,
        file_prefix=prefix,
        grain=f"one row per {title}",
        key=("ward_stay_key", "start_date", "start_time"),
        required=False,
        row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
        columns=(
            _ward_stay(),
            _date("start_date", headers[0], f"Start of the {title}.", nullable=False),
            _time("start_time", headers[1], "Time of the start."),
            _date("end_date", headers[2], f"End of the {title}."),
            _time("end_time", headers[3], "Time of the end."),
        ),
    )


HEADER = Table(
    name="mhs000_header",
    file_prefix="MHS000",
    grain="one row per header",
    key=("provider_code", "submitted_at"),
    columns=(
        _code("data_set_version", "DatSetVer", "Version of the data set.", nullable=False),
        _code("provider_code", "OrgIDProvider", "Provider.", nullable=False),
        Column("period_start_date", "ReportingPeriodStartDate", "First day reported.", type="date", nullable=False),
        Column("period_end_date", "ReportingPeriodEndDate", "Last day reported.", type="date", nullable=False),
        Column(
            "submitted_at", "DateTimeDatSetCreate", "When the submission was made.", type="timestamp", nullable=False
        ),
    ),
)

MPI = Table(
    name="mhs001_mpi",
    file_prefix="MHS001",
    grain="one row per patient",
    key=("local_patient_key",),
    columns=(
        *PATIENT,
        Column(
            "birth_month", "PersonBirthDate", "Month of birth.", type="date", treatment="birth_month", on_error="clear"
        ),
        Column("residence", "Postcode", "Area of the usual address.", treatment="area"),
        Column(
            "gender_identity_code",
            "GenderIDCode",
            "Gender identity, 1 to 4, X or Z.",
            required=False,
            vocabulary=("ref_sex", "mhsds_identity"),
        ),
        Column(
            "sex_code",
            "Gender",
            "Stated gender, 1 male, 2 female, 9 indeterminate, X not known.",
            vocabulary=("ref_sex", "mhsds"),
        ),
        Column(
            "ethnic_category",
            "EthnicCategory",
            "Ethnic category, 2001 codes.",
            vocabulary=("ref_ethnicity_map", "mhsds"),
            lookup="code",
            is_typed_in=True,
        ),
        Column("death_date", "PersDeathDate", "Date of death.", type="date", treatment="drop", required=False),
    ),
)

REFERRAL = Table(
    name="mhs101_referral",
    file_prefix="MHS101",
    grain="one row per referral",
    key=("service_request_key",),
    row_rules=(RowRule("discharged_after_received", "referral_date", "discharge_date"),),
    columns=(
        _referral(),
        _patient(),
        _date("referral_date", "ReferralRequestReceivedDate", "Referral received.", nullable=False),
        _code("source_of_referral_code", "SourceOfReferralMH", "Who referred."),
        _code("team_code", "CareProfTeamLocalID", "Team as the patient system names it."),
        _date("discharge_date", "ServDischDate", "Discharge from the service."),
    ),
)

LEGAL_STATUS = Table(
    name="mhs401_mha_period",
    file_prefix="MHS401",
    grain="one row per Mental Health Act legal status period",
    key=("legal_status_period_key",),
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _legal_status(),
        _patient(),
        _date("start_date", "StartDateMHActLegalStatusClass", "Start of the period.", nullable=False),
        _time("start_time", "StartTimeMHActLegalStatusClass", "Time of the start."),
        _code("start_reason_code", "LegalStatusClassPeriodStartReason", "Reason it started."),
        _date("expiry_date", "ExpiryDateMHActLegalStatusClass", "Date it would run out.", future=True),
        _date("end_date", "EndDateMHActLegalStatusClass", "End of the period."),
        _time("end_time", "EndTimeMHActLegalStatusClass", "Time of the end."),
        _code("end_reason_code", "LegalStatusClassPeriodEndReason", "Reason it ended."),
        Column(
            "legal_status_code",
            "LegalStatusCode",
            "Legal status classification.",
            nullable=False,
            vocabulary=("ref_legal_status", None),
        ),
        _code("mental_category_code", "MentalCat", "Mental category.", required=False),
    ),
)

CONDITIONAL_DISCHARGE = Table(
    name="mhs403_conditional_discharge",
    file_prefix="MHS403",
    grain="one row per conditional discharge",
    key=("legal_status_period_key", "start_date"),
    required=False,
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _legal_status(),
        _date("start_date", "StartDateMHCondDisch", "Start.", nullable=False),
        _date("end_date", "EndDateMHCondDisch", "End."),
        _code("end_reason_code", "CondDischEndReason", "Reason it ended."),
    ),
)

COMMUNITY_TREATMENT_ORDER = Table(
    name="mhs404_community_treatment_order",
    file_prefix="MHS404",
    grain="one row per community treatment order",
    key=("legal_status_period_key", "start_date"),
    required=False,
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _legal_status(),
        _date("start_date", "StartDateCommTreatOrd", "Start.", nullable=False),
        _date("expiry_date", "ExpiryDateCommTreatOrd", "Date it would run out.", future=True),
        _date("end_date", "EndDateCommTreatOrd", "End."),
        Column("end_reason_code", "CommTreatOrdEndReason", "Reason it ended; 02 is revoked.", code_length=2),
    ),
)

RECALL = Table(
    name="mhs405_recall",
    file_prefix="MHS405",
    grain="one row per recall from a community treatment order",
    key=("legal_status_period_key", "start_date", "start_time"),
    required=False,
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _legal_status(),
        _date("start_date", "StartDateCommTreatOrdRecall", "Start.", nullable=False),
        _time("start_time", "StartTimeCommTreatOrdRecall", "Time of the start."),
        _date("end_date", "EndDateCommTreatOrdRecall", "End."),
        _time("end_time", "EndTimeCommTreatOrdRecall", "Time of the end."),
    ),
)

SPELL = Table(
    name="mhs501_hospital_spell",
    file_prefix="MHS501",
    grain="one row per hospital provider spell",
    key=("hospital_spell_key",),
    row_rules=(RowRule("discharged_after_admitted", "start_date", "discharge_date"),),
    columns=(
        _spell(),
        _referral(),
        _date("start_date", "StartDateHospProvSpell", "Admission.", nullable=False),
        _time("start_time", "StartTimeHospProvSpell", "Time of admission."),
        Column(
            "source_of_admission_code",
            "SourceAdmMHHospProvSpell",
            "Where the person came from.",
            vocabulary=("ref_admission_route", "mhsds_source"),
        ),
        Column(
            "method_of_admission_code",
            "MethAdmMHHospProvSpell",
            "How they were admitted.",
            vocabulary=("ref_admission_route", "mhsds_method"),
        ),
        _date("discharge_date", "DischDateHospProvSpell", "Discharge."),
        _time("discharge_time", "DischTimeHospProvSpell", "Time of discharge."),
        _code("destination_code", "DestOfDischHospProvSpell", "Where they went.", required=False),
    ),
)

WARD_STAY = Table(
    name="mhs502_ward_stay",
    file_prefix="MHS502",
    grain="one row per ward stay",
    key=("ward_stay_key",),
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _ward_stay(),
        _spell(),
        _code("ward_code", "WardCode", "Ward as the patient system codes it.", nullable=False),
        _date("start_date", "StartDateWardStay", "Start.", nullable=False),
        _time("start_time", "StartTimeWardStay", "Time of the start."),
        _date("end_date", "EndDateWardStay", "End."),
        _time("end_time", "EndTimeWardStay", "Time of the end."),
        _code("patient_class_code", "MHAdmittedPatientClass", "Kind of bed.", required=False),
    ),
)

RESTRICTIVE_INCIDENT = Table(
    name="mhs505_restrictive_incident",
    file_prefix="MHS505",
    grain="one row per restrictive intervention incident",
    key=("restrictive_incident_key",),
    required=False,
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _incident(),
        _spell(),
        _date("start_date", "StartDateRestrictiveIntInc", "Start.", nullable=False),
        _time("start_time", "StartTimeRestrictiveIntInc", "Time of the start."),
        _date("end_date", "EndDateRestrictiveIntInc", "End."),
        _time("end_time", "EndTimeRestrictiveIntInc", "Time of the end."),
        _code("reason_code", "RestrictiveIntReason", "Reason."),
        _code("patient_review_code", "RestrictiveIntPIReviewHeldPat", "Review held with the patient.", required=False),
    ),
)

RESTRICTIVE_TYPE = Table(
    name="mhs515_restrictive_type",
    file_prefix="MHS515",
    grain="one row per restrictive intervention type used in an incident",
    key=("restrictive_type_key",),
    required=False,
    row_rules=(RowRule("ends_after_it_starts", "start_date", "end_date"),),
    columns=(
        _incident(),
        _id("restrictive_type_key", "RestrictiveIntTypeID", "Pseudonym of the intervention."),
        Column(
            "intervention_type_code",
            "RestrictiveIntType",
            "Type of intervention.",
            nullable=False,
            vocabulary=("ref_restrictive_type", None),
        ),
        _date("start_date", "StartDateRestrictiveIntType", "Start.", nullable=False),
        _time("start_time", "StartTimeRestrictiveIntType", "Time of the start."),
        _date("end_date", "EndDateRestrictiveIntType", "End."),
        _time("end_time", "EndTimeRestrictiveIntType", "Time of the end."),
        _code("patient_injury_code", "RestraintInjuryPatient", "Was the patient injured.", required=False),
    ),
)

HOME_LEAVE = _leave(
    "mhs509_home_leave",
    "MHS509",
    "home leave",
    ("StartDateHomeLeave", "StartTimeHomeLeave", "EndDateHomeLeave", "EndTimeHomeLeave"),
)
LEAVE_OF_ABSENCE = _leave(
    "mhs510_leave_of_absence",
    "MHS510",
    "leave of absence",
    ("StartDateMHLeaveAbs", "StartTimeMHLeaveAbs", "EndDateMHLeaveAbs", "EndTimeMHLeaveAbs"),
)
ABSENCE_WITHOUT_LEAVE = _leave(
    "mhs511_absence_without_leave",
    "MHS511",
    "absence without leave",
    ("StartDateMHAbsWOLeave", "StartTimeMHAbsWOLeave", "EndDateMHAbsWOLeave", "EndTimeMHAbsWOLeave"),
)
TRIAL_LEAVE = _leave(
    "mhs514_trial_leave",
    "MHS514",
    "trial leave",
    ("StartDateMHTrialLeave", "StartTimeMHTrialLeave", "EndDateMHTrialLeave", "EndTimeMHTrialLeave"),
)

POLICE_ASSISTANCE = Table(
    name="mhs516_police_assistance",
    file_prefix="MHS516",
    grain="one row per request for police assistance on a ward",
    key=("ward_stay_key", "request_date", "request_time"),
    required=False,
    columns=(
        _ward_stay(),
        _date("request_date", "PoliceAssistReqDate", "Date of the request.", nullable=False),
        _time("request_time", "PoliceAssistReqTime", "Time of the request."),
        _date("arrival_date", "PoliceAssistArrDate", "Date of arrival."),
        _time("arrival_time", "PoliceAssistArrTime", "Time of arrival."),
        _code("force_used_code", "PoliceRestraintForceUsedInd", "Y when police used force."),
    ),
)

WARD = Table(
    name="mhs903_ward",
    file_prefix="MHS903",
    grain="one row per ward",
    key=("ward_code",),
    columns=(
        _code("ward_code", "WardCode", "Ward as the patient system codes it.", nullable=False),
        _code("site_code", "SiteIDOfWard", "Site of the ward."),
        _code("ward_type_code", "WardType", "Type of ward."),
        _code("intended_age_code", "WardAge", "Intended age group.", required=False),
        _code("intended_sex_code", "WardIntendedSex", "Intended sex.", required=False),
        _code("security_level_code", "WardSecLevel", "Level of security.", required=False),
        Column(
            "available_bed_days", "AvailBedDays", "Available bed days in the period.", type="integer", required=False
        ),
    ),
)

MHSDS = Feed(
    name="mhsds",
    title="Mental health services data set",
    description="Patients, referrals, Mental Health Act periods, spells, ward stays and restrictive interventions.",
    owner="clinical-information",
    partition="month",
    tables=(
        HEADER,
        MPI,
        REFERRAL,
        LEGAL_STATUS,
        CONDITIONAL_DISCHARGE,
        COMMUNITY_TREATMENT_ORDER,
        RECALL,
        SPELL,
        WARD_STAY,
        RESTRICTIVE_INCIDENT,
        RESTRICTIVE_TYPE,
        HOME_LEAVE,
        LEAVE_OF_ABSENCE,
        ABSENCE_WITHOUT_LEAVE,
        TRIAL_LEAVE,
        POLICE_ASSISTANCE,
        WARD,
    ),
    due_days=30,
)
