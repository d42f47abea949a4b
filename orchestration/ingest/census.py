"""Census 2021 ethnic group tables in the layouts they are published in, turned into the contract's long table.

Belongs here: telling the layouts apart, codes and labels of the 19 groups. Does not belong here: populations themselves
(`seeds/`, dbt). Totals and groups of groups are never taken, so nobody is counted twice.

`ons_filter` is the filter download of the Office for National Statistics: one row per area and group, with codes.
`nomis_bulk` is the wide bulk file: one row per area, 28 columns. `nomis_api` has one row per area and group, where
`C2021_ETH_20` is a running number that differs between tables and only `C2021_ETH_20_CODE` names the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from orchestration.ingest.findings import Finding, RefusedError
from orchestration.ingest.headers import SEARCHED_ROWS, normal
from orchestration.ingest.raw import Chunk, Malformed, Raw

HEADER = ["area_code", "area_name", "census_code", "sex_code", "age_band", "population", "layout"]
DOES_NOT_APPLY = "-8"
ALL = "all"
GROUPS = {
    "bangladeshi": "1",
    "chinese": "2",
    "indian": "3",
    "pakistani": "4",
    "other asian": "5",
    "african": "6",
    "caribbean": "7",
    "other black": "8",
    "white and asian": "9",
    "white and black african": "10",
    "white and black caribbean": "11",
    "other mixed or multiple ethnic groups": "12",
    "english, welsh, scottish, northern irish or british": "13",
    "irish": "14",
    "gypsy or irish traveller": "15",
    "roma": "16",
    "other white": "17",
    "arab": "18",
    "any other ethnic group": "19",
}
"""Census code of each of the 19 groups by the last part of its label."""
SEXES = {"male": "1", "males": "1", "female": "2", "females": "2"}
"""Conformed code by label: the tables' own numbers run 1 Female, 2 Male, so only the label is trusted."""
_BANDS = (
    (re.compile(r"aged (\d+) years and under"), "0-{0}"),
    (re.compile(r"aged under (\d+) years?"), "under {0}"),
    (re.compile(r"aged (\d+) to (\d+) years"), "{0}-{1}"),
    (re.compile(r"aged (\d+) years and (?:over|older)"), "{0}+"),
    (re.compile(r"aged (\d+) years?"), "{0}"),
)
_ETHNIC = re.compile(r"ethnic group \(\d+ categories\)")
_SEX = re.compile(r"sex \(\d+ categories\)")
_AGE = re.compile(r"age .*\(\d+ categories\)")
_API = ("geography_code", "geography_name", "c2021_eth_20_code", "obs_value")


@dataclass
class _Layout:
    """A layout found in a file: its name and where its columns are."""

    name: str
    header_row: int
    width: int
    columns: dict[str, int]
    groups: dict[int, str] = field(default_factory=dict)
    left_out: int = 0
    does_not_apply: int = 0


def conform(raw: Raw) -> Raw:
    """The same file as the contract's long table, its row numbers kept.

    Raises:
        RefusedError: the layout is none of the three.
    """
    first_rows, first_numbers = next(raw.chunks, ([], np.empty(0)))
    layout = _detect(first_rows[:SEARCHED_ROWS])
    conformed = Raw(raw.encoding, raw.file_sha256, iter(()), raw.sheet, raw.excel_days, raw.malformed, raw.notes)
    conformed.chunks = _chunks(raw, layout, first_rows, first_numbers)
    return conformed


def _detect(rows: list[list[str]]) -> _Layout:
    for number, row in enumerate(rows):
        cells = [normal(cell) for cell in row]
        layout = _ons_filter(cells) or _nomis_api(cells) or _nomis_bulk(cells)
        if layout is not None:
            layout.header_row, layout.width = number, len(cells)
            return layout
    raise RefusedError(
        Finding(
            "layout",
            "file",
            "a Census 2021 ethnic group table as the ONS filter, Nomis bulk or Nomis API gives it",
            "none of their headers in the first 20 rows",
            "download the table (TS021) again and do not edit it",
        )
    )


def _ons_filter(cells: list[str]) -> _Layout | None:
    ethnic = [place for place, cell in enumerate(cells) if _ETHNIC.fullmatch(cell.removesuffix(" code"))]
    if len(ethnic) != 2 or "observation" not in cells or not cells[0].endswith(" code"):
        return None
    labels = {cell: place for place, cell in enumerate(cells)}
    columns = {
        "area_code": 0,
        "area_name": labels.get(cells[0].removesuffix(" code"), 0),
        "population": labels["observation"],
        "code": next(place for place in ethnic if cells[place].endswith(" code")),
    }
    for name, pattern in (("sex", _SEX), ("age", _AGE)):
        found = [place for place, cell in enumerate(cells) if pattern.fullmatch(cell)]
        columns.update({name: found[0]} if found else {})
    return _Layout("ons_filter", 0, 0, columns)


def _nomis_api(cells: list[str]) -> _Layout | None:
    if not set(_API) <= set(cells):
        return None
    columns = {
        "area_code": cells.index(_API[0]),
        "area_name": cells.index(_API[1]),
        "code": cells.index(_API[2]),
        "population": cells.index(_API[3]),
    }
    if "c_sex_name" in cells:
        columns["sex"] = cells.index("c_sex_name")
    age = [place for place, cell in enumerate(cells) if re.fullmatch(r"c2021_age_\d+_name", cell)]
    if age:
        columns["age"] = age[0]
    if "measures_name" in cells:
        columns["measure"] = cells.index("measures_name")
    return _Layout("nomis_api", 0, 0, columns)


def _nomis_bulk(cells: list[str]) -> _Layout | None:
    if not {"geography", "geography code"} <= set(cells):
        return None
    groups, left_out = {}, 0
    for place, cell in enumerate(cells):
        if not cell.startswith("ethnic group:"):
            continue
        code = GROUPS.get(cell.removesuffix("; measures: value").split(": ")[-1])
        if code is None:
            left_out += 1
        else:
            groups[place] = code
    if sorted(groups.values(), key=int) != [str(code) for code in range(1, 20)]:
        return None
    return _Layout(
        "nomis_bulk",
        0,
        0,
        {"area_code": cells.index("geography code"), "area_name": cells.index("geography")},
        groups,
        left_out,
    )


def _chunks(raw: Raw, layout: _Layout, rows: list[list[str]], numbers: np.ndarray) -> Iterator[Chunk]:
    yield [HEADER], numbers[layout.header_row : layout.header_row + 1]
    rows, numbers = rows[layout.header_row + 1 :], numbers[layout.header_row + 1 :]
    while True:
        converted: list[list[str]] = []
        places: list[int] = []
        for row, number in zip(rows, numbers.tolist(), strict=True):
            if not any(row):
                continue
            if len(row) < layout.width or any(row[layout.width :]):
                raw.malformed.append(Malformed(number, 1, f"{len(row)} fields where the header has {layout.width}"))
                continue
            long = list(_bulk_rows(layout, row)) if layout.groups else _long_row(layout, row)
            converted += long
            places += [number] * len(long)
        if converted:
            yield converted, np.array(places)
        following = next(raw.chunks, None)
        if following is None:
            break
        rows, numbers = following
    if layout.left_out:
        raw.notes.append(
            Finding(
                "totals",
                "note",
                "the 19 groups",
                "totals and groups of groups beside them",
                "nothing: they were not taken",
                finding_count=layout.left_out,
            )
        )
    if layout.does_not_apply:
        raw.notes.append(
            Finding(
                "does_not_apply",
                "note",
                "the 19 groups",
                "code -8 with nobody in it",
                "nothing: it was not taken",
                finding_count=layout.does_not_apply,
            )
        )


def _bulk_rows(layout: _Layout, row: list[str]) -> Iterator[list[str]]:
    area = [row[layout.columns["area_code"]], row[layout.columns["area_name"]]]
    for place, code in layout.groups.items():
        yield [*area, code, ALL, ALL, row[place], layout.name]


def _long_row(layout: _Layout, row: list[str]) -> list[list[str]]:
    """A row of a long layout, or none where it is a total or nobody."""
    columns = layout.columns
    code, population = row[columns["code"]].strip().removeprefix("_"), row[columns["population"]].strip()
    if code == DOES_NOT_APPLY and population == "0":
        layout.does_not_apply += 1
        return []
    is_total = layout.name == "nomis_api" and (code == "0" or re.fullmatch(r"\d{4,}", code) is not None)
    is_share = "measure" in columns and normal(row[columns["measure"]]) != "value"
    sex = _sex(row[columns["sex"]]) if "sex" in columns else ALL
    age = _age(row[columns["age"]]) if "age" in columns else ALL
    if is_total or is_share or "total" in (sex, age):
        layout.left_out += 1
        return []
    return [[row[columns["area_code"]], row[columns["area_name"]], code, sex, age, population, layout.name]]


def _sex(label: str) -> str:
    lowered = normal(label)
    return "total" if lowered.startswith(("total", "all persons")) else SEXES.get(lowered, label)


def _age(label: str) -> str:
    lowered = normal(label)
    if lowered.startswith(("total", "all ")):
        return "total"
    for pattern, form in _BANDS:
        found = pattern.fullmatch(lowered)
        if found:
            return form.format(*found.groups())
    return label.strip()
