"""Postcode to area, in the layout of the ONS postcode directory. Used in memory at ingest; never stored."""

from orchestration.contracts.base import Column, Feed, Table

LOOKUP = Table(
    name="postcode",
    file_prefix="",
    grain="one row per postcode",
    key=("postcode",),
    in_lake=False,
    columns=(
        Column("postcode", "pcds", "Postcode with one space.", nullable=False),
        Column("area_code", "oslaua", "Code of the authority.", nullable=False),
        Column("lsoa_code", "lsoa21", "Code of the small area."),
        Column("imd_rank", "imd", "Rank of deprivation of the small area.", type="integer", required=False),
    ),
)

POSTCODE = Feed(
    name="postcode",
    title="Postcode directory",
    description="Postcode to authority and small area; optional where an extract carries the area itself.",
    owner="information-services",
    partition="none",
    tables=(LOOKUP,),
    due_days=0,
    is_optional=True,
)
