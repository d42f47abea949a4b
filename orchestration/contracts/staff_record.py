"""Staff in post, as the ESR Business Intelligence report exports it month by month."""

from orchestration.contracts.base import Column, Feed, RowRule, Table

ASSIGNMENT = Table(
    name="staff_record",
    file_prefix="staff_in_post",
    grain="one row per assignment at the end of the month",
    key=("assignment_key",),
    feeds_marts=("fct_staff_snapshot", "dim_staff"),
    row_rules=(RowRule("assignment_ends_after_it_starts", "latest_start_date", "assignment_end_date"),),
    columns=(
        Column(
            "staff_key",
            "Employee Number",
            "Pseudonym of the employee.",
            treatment="pseudonym",
            scope="employee_number",
            subject="staff",
            local=True,
            nullable=False,
        ),
        Column(
            "assignment_key",
            "Assignment Number",
            "Pseudonym of the assignment.",
            treatment="pseudonym",
            scope="assignment_number",
            subject="staff",
            local=True,
            nullable=False,
        ),
        Column("title", "Title", "Form of address.", treatment="drop", required=False),
        Column("last_name", "Last Name", "Family name.", treatment="drop", required=False),
        Column("first_name", "First Name", "Given name.", treatment="drop", required=False),
        Column("ni_number", "NI Number", "National Insurance number.", treatment="drop", required=False),
        Column(
            "primary_assignment",
            "Primary Assignment",
            "Y for the person's main assignment.",
            values=("Y", "N"),
            nullable=False,
        ),
        Column("trust_name", "Org L2", "The organisation itself.", treatment="drop", required=False),
        Column("division_name", "Org L3", "Division as ESR names it."),
        Column("directorate_name", "Org L4", "Directorate as ESR names it."),
        Column("team_name", "Org L5", "Team as ESR names it.", nullable=False),
        Column("staff_group", "Staff Group", "NHS staff group.", nullable=False),
        Column("job_role", "Job Role", "National job role."),
        Column("occupation_code", "Occupation Code", "NHS occupation code."),
        Column("position_title", "Position Title", "Local title of the position.", treatment="drop", required=False),
        Column(
            "pay_grade", "Pay Grade", "Pay grade in any of the forms ESR writes.", vocabulary=("ref_grade_map", "esr")
        ),
        Column("grade_step", "Grade Step", "Step within the grade.", required=False),
        Column("assignment_category", "Assignment Category", "Permanent, Fixed Term Temp, Bank, ...", nullable=False),
        Column("assignment_status", "Assignment Status", "Active Assignment, Career Break, ...", nullable=False),
        Column("employee_category", "Employee Category", "Full Time or Part Time.", required=False),
        Column("fte", "FTE", "Full-time equivalent, 0 to 1.", type="decimal"),
        Column("contracted_hours", "Contracted Hours", "Contracted hours a week.", type="decimal", required=False),
        Column(
            "latest_start_date",
            "Latest Start Date",
            "Start of the current employment.",
            type="date",
            open_dates=True,
            not_future=True,
        ),
        Column(
            "assignment_end_date",
            "Assignment End Date",
            "End of the assignment, if it has one.",
            type="date",
            open_dates=True,
        ),
        Column("sex_code", "Gender", "As ESR writes it: Female or Male.", required=False),
        Column(
            "age_band",
            "Date of Birth",
            "Age band at the end of the month.",
            type="date",
            treatment="age_band",
            on_error="clear",
        ),
        Column(
            "ethnic_origin", "Ethnic Origin", "Code and text, as ESR holds it.", vocabulary=("ref_ethnicity_map", "esr")
        ),
        Column("nationality", "Nationality", "Self-reported nationality; never a stand-in for ethnicity."),
        Column("country_of_birth", "Country of Birth", "Often empty.", treatment="drop", required=False),
        Column("disability", "Disability", "Self-reported disability.", required=False),
        Column("religious_belief", "Religious Belief", "Not needed, so not kept.", treatment="drop", required=False),
        Column(
            "sexual_orientation", "Sexual Orientation", "Not needed, so not kept.", treatment="drop", required=False
        ),
    ),
)

STAFF_RECORD = Feed(
    name="staff_record",
    title="Staff record",
    description="Staff in post at the end of each month, from the Electronic Staff Record.",
    owner="workforce-information",
    partition="month",
    tables=(ASSIGNMENT,),
    due_days=21,
)
