"""Census 2021 residents by ethnic group, in the layouts the Office for National Statistics and Nomis publish.

The reader turns every layout into the one long table below before the contract is checked, so `header` here is the
name the reader gives the column.
"""

from orchestration.contracts.base import Column, Feed, Table

CENSUS_CODES = tuple(str(code) for code in range(1, 20))

POPULATION = Table(
    name="census_population",
    file_prefix="",
    grain="one row per area, ethnic group, sex and age band of the file",
    key=("area_code", "census_code", "sex_code", "age_band"),
    columns=(
        Column("area_code", "area_code", "Code of the authority or smaller area.", nullable=False),
        Column("area_name", "area_name", "Name of the area."),
        Column("census_code", "census_code", "Census 2021 ethnic group, 1 to 19.", nullable=False, values=CENSUS_CODES),
        Column(
            "sex_code",
            "sex_code",
            "1 male, 2 female, all when the table has no sex.",
            nullable=False,
            values=("1", "2", "all"),
        ),
        Column("age_band", "age_band", "Age band of the file, all when the table has no age.", nullable=False),
        Column("population", "population", "Usual residents on 21 March 2021.", type="integer", nullable=False),
        Column(
            "layout",
            "layout",
            "ons_filter, nomis_bulk or nomis_api.",
            nullable=False,
            values=("ons_filter", "nomis_bulk", "nomis_api"),
        ),
    ),
)

CENSUS = Feed(
    name="census",
    title="Census",
    description="Census 2021 usual residents by ethnic group; replaces the reference figures of the areas it brings.",
    owner="public-health-intelligence",
    partition="none",
    tables=(POPULATION,),
    due_days=0,
    is_optional=True,
)
