"""Adds `marts.equity_answer` to a copied file: the headline rows of `marts.equity_measure`, each with its sentence.

Belongs here: the table and its comments. Does not belong here: which rows are headlines (`marts.equity_headline`), what
a row says in words (`orchestration.pages`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from orchestration.pages.figure import Figure, read_measures, read_words
from orchestration.pages.sentence import sentence
from orchestration.publish.tables import AddedTable

ANSWER = AddedTable(
    reading_order=0,
    schema="marts",
    table="equity_answer",
    grain="one row per headline row of marts.equity_measure, with the key of that table",
    purpose=(
        "The answer to the question of each measure in words: its latest headline period, for the organisation and "
        "its divisions, everyone together, White and minority ethnic and the headline grouping, crude and adjusted. "
        "Period and unit stand beside the sentence, not in it."
    ),
    example_query=(
        "select period_label, group_code, verdict, sentence from marts.equity_answer where unit_level = "
        "'organisation' and grouping = 'white_bme' order by measure_id, basis, group_code, adjustment"
    ),
)
COLUMNS = """
measure_id, period_type, period_start, period_label, organisation_code, unit_level, unit_code, breakdown,
breakdown_value, basis, grouping, group_code, reference_group_code, denominator_rule, adjustment, ratio, value,
reference_value, verdict, fit_for_use
"""
"""Columns taken over from the mart with their comments; the sentence follows them."""
SENTENCE_COMMENT = (
    "What the row says: one or two sentences and a note on unknown ethnicity. They, their and them always mean the "
    "group."
)
NEEDED = {
    ("marts", "equity_headline"),
    ("marts", "equity_measure"),
    ("marts", "measure_catalogue"),
    ("reference", "ref_adjustment"),
    ("reference", "ref_enum"),
    ("reference", "ref_group_wording"),
}
HEADLINES = "SELECT measure.* FROM marts.equity_measure AS measure NATURAL JOIN marts.equity_headline"
"""The two tables have the key in common, and nothing else."""


def add_answers(database: Path) -> dict[str, int]:
    """Build `marts.equity_answer` in a copied file, with comments and a line in `marts.start_here`.

    Returns:
        dict: rows by table; empty, and nothing done, when the file does not hold the tables an answer stands on.

    Raises:
        ValueError: a verdict, a group or an adjustment has no wording.
    """
    with duckdb.connect(str(database)) as connection:
        if not set(connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()) >= NEEDED:
            return {}
        connection.execute(f"CREATE TEMP TABLE headline AS SELECT row_number() OVER () AS n, * FROM ({HEADLINES})")  # noqa: S608
        connection.register("said", _sentences(connection))
        connection.execute(
            f"CREATE TABLE {ANSWER.name} AS SELECT {COLUMNS}, said.sentence FROM headline INNER JOIN said USING (n) "  # noqa: S608
            "ORDER BY ALL"
        )
        comments = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() "
                "WHERE schema_name = 'marts' AND table_name = 'equity_measure' AND comment IS NOT NULL"
            ).fetchall()
        )
        taken_over = {name.strip(): comments.get(name.strip(), "") for name in COLUMNS.split(",")}
        ANSWER.announce(connection, taken_over | {"sentence": SENTENCE_COMMENT})
        row = connection.execute(f"SELECT count(*) FROM {ANSWER.name}").fetchone()  # noqa: S608
    return {ANSWER.name: int(row[0]) if row else 0}


def _sentences(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The sentence of every headline row by its number."""
    measures, words = read_measures(connection), read_words(connection)
    cursor = connection.execute("SELECT * FROM headline ORDER BY n")
    names = [column[0] for column in cursor.description or []]
    said = []
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        said.append((row["n"], sentence(Figure.of(row), measures[row["measure_id"]], words)))
    return pd.DataFrame(said, columns=["n", "sentence"]).astype({"n": "int64", "sentence": "str"})
