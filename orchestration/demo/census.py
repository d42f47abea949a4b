"""The census and postcode files.

Belongs here: our own reference figures of the 14 authorities, set out as the Office for National Statistics exports
them; a postcode directory of an area that does not exist. Does not belong here: figures (they are seeds).
"""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo import writing
from orchestration.demo.identifiers import postcode_rows
from orchestration.settings import PROJECT

SEED = PROJECT / "seeds" / "ref_census_ts021.csv"
LABELS = {
    -8: "Does not apply",
    1: "Asian, Asian British or Asian Welsh: Bangladeshi",
    2: "Asian, Asian British or Asian Welsh: Chinese",
    3: "Asian, Asian British or Asian Welsh: Indian",
    4: "Asian, Asian British or Asian Welsh: Pakistani",
    5: "Asian, Asian British or Asian Welsh: Other Asian",
    6: "Black, Black British, Black Welsh, Caribbean or African: African",
    7: "Black, Black British, Black Welsh, Caribbean or African: Caribbean",
    8: "Black, Black British, Black Welsh, Caribbean or African: Other Black",
    9: "Mixed or Multiple ethnic groups: White and Asian",
    10: "Mixed or Multiple ethnic groups: White and Black African",
    11: "Mixed or Multiple ethnic groups: White and Black Caribbean",
    12: "Mixed or Multiple ethnic groups: Other Mixed or Multiple ethnic groups",
    13: "White: English, Welsh, Scottish, Northern Irish or British",
    14: "White: Irish",
    15: "White: Gypsy or Irish Traveller",
    16: "White: Roma",
    17: "White: Other White",
    18: "Other ethnic group: Arab",
    19: "Other ethnic group: Any other ethnic group",
}
HEADERS = (
    "Lower Tier Local Authorities Code",
    "Lower Tier Local Authorities",
    "Ethnic group (20 categories) Code",
    "Ethnic group (20 categories)",
    "Observation",
)


def read(seed: Path = SEED) -> tuple[dict[tuple[str, int], int], dict[str, str]]:
    """Residents by authority and census group, and the authorities' names."""
    with seed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    residents = {(row["area_code"], int(row["census_code"])): int(row["population"]) for row in rows}
    return residents, {row["area_code"]: row["area_name"] for row in rows}


def write(residents: dict[tuple[str, int], int], names: dict[str, str], landing: Path) -> None:
    """Write `census/all/TS021.csv` and `postcode/all/postcodes.csv`."""
    rows = [
        (area, names[area], str(group), label, str(residents.get((area, group), 0)))
        for area in sorted(names)
        for group, label in LABELS.items()
    ]
    writing.write_rows(landing / "census" / "all" / "TS021.csv", HEADERS, rows)
    writing.write_rows(
        landing / "postcode" / "all" / "postcodes.csv", ("pcds", "oslaua", "lsoa21", "imd"), postcode_rows()
    )
