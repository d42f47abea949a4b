"""Rows of text out of files: quoting, encodings, delimiters, row numbers, long files, header rows."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from orchestration.contracts import Column, Table
from orchestration.ingest import raw, text
from orchestration.ingest.encoded import Encoder
from orchestration.ingest.findings import RefusedError
from orchestration.ingest.headers import place
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.text import TextTable, read_text

TABLE = Table(
    "thing",
    "thing",
    "one row per thing",
    ("thing_code",),
    (
        Column("thing_code", "Thing Code", "Its code."),
        Column("name", "Name", "Its name.", required=False),
        Column("secret", "Secret", "Never read.", treatment="drop", required=False),
    ),
)


def read(tmp_path: Path, content: str | bytes, name: str = "thing.csv", **headers: str) -> TextTable:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_text(LandedFile(path, TABLE, "csv", path.stat().st_size, 0), TABLE, headers)


def column(table: TextTable, name: str = "thing_code") -> list[str | None]:
    return table.columns[name].texts().tolist()


def test_headers_match_without_case_and_spaces(tmp_path: Path) -> None:
    table = read(tmp_path, "\ufeff thing  CODE ,name\na,b\n")
    assert (column(table), column(table, "name")) == (["a"], ["b"])


def test_blanks_and_the_word_null_are_nothing(tmp_path: Path) -> None:
    assert column(read(tmp_path, "Thing Code,Name\n a ,\n  ,x\nNULL,x\nNullable,x\n")) == ["a", None, None, "Nullable"]


def test_title_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "Report of things\n\nrun on,1 May\nThing Code,Name\na,b\n\n,\nc,d\n")
    assert column(table) == ["a", "c"]
    assert table.row_numbers.tolist() == [5, 8]
    assert [(note.rule, note.finding_count) for note in table.raw.notes] == [("blank_rows", 2)]


def test_a_header_repeated_between_the_rows_is_passed_over(tmp_path: Path) -> None:
    table = read(tmp_path, "Thing Code,Name\na,b\nThing Code,Name\nc,d\n")
    assert column(table) == ["a", "c"]
    assert [(note.rule, note.row_number) for note in table.raw.notes] == [("header_again", 3)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    table = read(tmp_path, f"Thing Code{delimiter}Name\na{delimiter}b\n")
    assert column(table, "name") == ["b"]
    assert [note.rule for note in table.raw.notes] == ([] if delimiter == "," else ["delimiter"])


def test_blank_fields_after_the_last_header_do_no_harm(tmp_path: Path) -> None:
    assert column(read(tmp_path, "Thing Code,Name,,\na,b\nc,d,,,\n")) == ["a", "c"]


def test_records_that_break_the_quoting_are_put_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, 'Thing Code,Name\na,"x"y\nb,"two\nlines"\nc,"open\nd,x\ne,"closed"\nf,x\n')
    assert column(table) == ["b", "f"]
    assert [(each.row_number, each.row_count) for each in table.raw.malformed] == [(2, 1), (4, 3)]
    assert table.row_numbers.tolist() == [3, 7], "a cell with a line break is one row"


def test_a_title_row_that_breaks_the_quoting_does_no_harm(tmp_path: Path) -> None:
    table = read(tmp_path, '"Things" of May\nThing Code,Name\na,b\n')
    assert (column(table), table.malformed_count) == (["a"], 0)


def test_a_long_file_is_read_in_parts_with_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{number % 7},{'' if number % 5 else ' x '}" for number in range(50)]
    lines[13], lines[29] = '3,"x"y', "1,2,3"
    content = "Thing Code,Name\n" + "\n".join(lines) + "\n"
    whole = read(tmp_path, content)
    monkeypatch.setattr(raw, "CHUNK_ROWS", 4)
    monkeypatch.setattr(raw, "SMALL_FILE", 10)
    monkeypatch.setattr(raw, "_BLOCK", 7)
    parts = read(tmp_path, content)
    for name in ("thing_code", "name"):
        assert column(parts, name) == column(whole, name)
    assert parts.row_numbers.tolist() == whole.row_numbers.tolist()
    assert parts.row_hashes.tolist() == whole.row_hashes.tolist()
    assert parts.raw.malformed == whole.raw.malformed
    assert (parts.raw.file_sha256, parts.raw.encoding) == (whole.raw.file_sha256, whole.raw.encoding)


@pytest.mark.parametrize("text_", ["Thing Code,Name\né,b\n", "Thing Code,Name\nab,€\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_are_the_same_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text_: str, encoding: str
) -> None:
    monkeypatch.setattr(raw, "SMALL_FILE", 1)
    for block in (1, 2, 3, 5):
        monkeypatch.setattr(raw, "_BLOCK", block + 3)  # the first block holds the byte order mark
        table = read(tmp_path, text_.encode(encoding))
        assert table.raw.encoding == encoding
        assert column(table) == [text_.splitlines()[1].split(",")[0]]


def test_only_columns_that_leave_landing_are_held(tmp_path: Path) -> None:
    assert set(read(tmp_path, "Thing Code,Name,Secret\na,b,c\n").columns) == {"thing_code", "name"}


def test_row_hashes_see_every_column(tmp_path: Path) -> None:
    hashes = read(tmp_path, "Thing Code,Name,Secret\na,b,c\na,b,d\na,b,c\n").row_hashes.tolist()
    assert hashes[0] == hashes[2] != hashes[1]


def test_a_near_header_is_printed_and_a_value_is_not() -> None:
    with pytest.raises(RefusedError) as refused:
        place([["Thing Cod", "Name"]], TABLE, {}, None)
    assert "'Thing Cod'" in str(refused.value)
    with pytest.raises(RefusedError) as refused:
        place([["9434765919", "Zanzibarovna"]], TABLE, {}, None)
    assert "9434765919" not in str(refused.value)
    assert "Zanzibarovna" not in str(refused.value)


def test_the_trusts_own_header_goes_before_ours(tmp_path: Path) -> None:
    table = read(tmp_path, "Thing Code,Ours\na,b\n", **{"Name": "Ours"})
    assert column(table, "name") == ["b"]
    assert table.headers["name"] == "Ours"


def test_an_encoder_gives_back_what_it_took() -> None:
    cells = ["a", " a", "", "NULL", "b", "c ", "c", " "]
    for size in range(1, 9):
        encoder = Encoder()
        for part in itertools.batched(cells, size) if hasattr(itertools, "batched") else _batched(cells, size):
            encoder.add(part)
        encoded = encoder.done()
        assert encoded.texts().tolist() == ["a", "a", None, None, "b", "c", "c", None]
        assert len(set(encoded.values)) == len(encoded.values) == 3


def _batched(cells: list[str], size: int) -> list[list[str]]:
    return [cells[start : start + size] for start in range(0, len(cells), size)]


def test_text_module_names_the_census_table() -> None:
    from orchestration.contracts import FEEDS

    assert text.CENSUS_TABLE in {table.name for table in FEEDS["census"].tables}
