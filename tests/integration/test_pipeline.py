"""The whole pipeline on the synthetic trust, from files to the published file, by its commands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests import fingerprint
from tests.conftest import PROJECT, Home

README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def printed(small_home: Home) -> str:
    """What `run` printed."""
    return (small_home.path / "run.out").read_text(encoding="utf-8")


def test_run_says_what_was_built_and_where_it_lies(small_home: Home, printed: str) -> None:
    assert "marts.equity_measure" in printed
    assert str(small_home.settings.published_file) in printed
    assert "make ui" in printed


def test_the_quality_pages_are_there_and_say_what_the_tables_say(small_home: Home, printed: str) -> None:
    overview = small_home.settings.published / "quality" / "index.html"
    assert str(overview) in printed
    text = overview.read_text(encoding="utf-8")
    assert "This run failed a check" not in text
    with small_home.published() as connection:
        latest = connection.execute(
            "SELECT source, known_and_stated_share FROM quality.ethnicity_recording WHERE unit_level = 'organisation' "
            "QUALIFY row_number() OVER (PARTITION BY source ORDER BY month DESC, record_count DESC) = 1"
        ).fetchall()
    assert len(latest) >= 3
    for source, share in latest:
        assert f'<span class="big">{100 * share:.1f}%</span>' in text, source
        assert (overview.parent / "source" / f"{source}.html").exists()


def test_the_three_printed_queries_work_as_printed(small_home: Home, printed: str) -> None:
    commands = [line.strip() for line in printed.splitlines() if " -m orchestration sql " in line]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        done = subprocess.run(
            words, cwd=PROJECT, env=small_home.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert not re.search(r"\b0 rows", done.stdout)
        assert "│" in done.stdout


def test_every_published_table_and_column_says_what_it_is(small_home: Home) -> None:
    with small_home.published() as connection:
        purposes = connection.execute("SELECT table_name FROM marts.start_here WHERE trim(purpose) = ''").fetchall()
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL").fetchall()
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
    assert (purposes, tables, columns) == ([], [], [])


def test_an_answer_as_csv_is_whole(small_home: Home) -> None:
    query = "SELECT range AS number, NULL AS nothing, 'a,b' AS text FROM range(250)"
    done = small_home.command("sql", "--csv", query)
    assert done.stdout.splitlines()[:2] == ["number,nothing,text", '0,,"a,b"']
    assert len(done.stdout.splitlines()) == 251


def test_every_query_of_start_here_works(small_home: Home) -> None:
    with small_home.published() as connection:
        queries = connection.execute("SELECT table_name, example_query FROM marts.start_here").fetchall()
        listed = connection.execute("SELECT schema_name, table_name FROM marts.start_here ORDER BY ALL").fetchall()
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        assert listed == tables
        for table, query in queries:
            assert connection.execute(query).fetchall(), f"{table}: its example query finds nothing"


@pytest.mark.parametrize(
    "document", ["README.md", "orchestration/README.md", "expectations/README.md", "dbt_project/README.md"]
)
def test_queries_in_the_documents_work(small_home: Home, document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    queries = re.findall(r'orchestration sql "(.*?)"', text, re.DOTALL)
    queries += re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    with small_home.published() as connection:
        for query in queries:
            connection.execute(query).fetchall()


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("area", "residents"), [("E06000045", 248_920), ("E06000044", 208_001), ("E06000046", 140_459)]
)
def test_residents_of_an_authority_sum_to_the_census(small_home: Home, area: str, residents: int) -> None:
    with small_home.published() as connection:
        found = connection.execute(
            "SELECT sum(population), count(DISTINCT census_code) FROM core.fct_population WHERE area_code = ?", [area]
        ).fetchone()
    assert found is not None
    assert found[0] == pytest.approx(residents, abs=1e-6)
    assert found[1] == 19


def test_residents_of_all_fourteen_authorities_sum_to_the_census(small_home: Home) -> None:
    with small_home.published() as connection:
        found = connection.execute(
            "SELECT sum(population), count(DISTINCT area_code) FROM core.fct_population"
        ).fetchone()
    assert found is not None
    assert found[0] == pytest.approx(1_998_271, abs=1e-5)
    assert found[1] == 14


def test_published_tables_are_commented_column_by_column(small_home: Home) -> None:
    with small_home.published() as connection:
        silent = connection.execute(
            "SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns() "
            "WHERE schema_name IN ('core', 'marts', 'quality') AND comment IS NULL"
        ).fetchall()
    assert not silent


def test_a_second_run_changes_no_row(small_home: Home, make_home: Callable[[str], Home]) -> None:
    home = make_home("again")
    shutil.copytree(small_home.path, home.path)
    before = fingerprint.of_tables(home.settings.warehouse_file)
    assert len(before) > 15
    done = home.command("run")
    assert fingerprint.of_tables(home.settings.warehouse_file) == before
    assert "periods" in done.stderr


def test_a_run_of_some_months_looks_at_no_other(small_home: Home, make_home: Callable[[str], Home]) -> None:
    home = make_home("some-months")
    shutil.copytree(small_home.path, home.path)
    before = fingerprint.of_tables(home.settings.published_file, ("marts",))
    outside = home.settings.landing / "staff_record" / "2025-06" / "staff_in_post.csv"
    outside.write_text("not a staff record", encoding="utf-8")  # a run that reads it fails
    told = home.command("run", "--from", "2025-07", "--to", "2025-09").stderr
    for feed in ("staff_record", "incidents", "mhsds"):
        assert re.search(rf"lake__{feed}: 3 periods \(3 unchanged\)", told), told
    assert fingerprint.of_tables(home.settings.published_file, ("marts",)) == before


def test_a_broken_file_keeps_the_last_good_month_and_is_named(
    small_home: Home, make_home: Callable[[str], Home]
) -> None:
    home = make_home("broken")
    shutil.copytree(small_home.path, home.path)
    before = fingerprint.of_tables(home.settings.published_file, ("marts",))
    broken = home.settings.landing / "staff_record" / "2025-09" / "staff_in_post.csv"
    broken.write_text(broken.read_text(encoding="utf-8").replace("Ethnic Origin", "Ethnicity", 1), encoding="utf-8")
    done = home.command("run", check=False)
    assert done.returncode == 1
    assert "lake/staff_record: files_usable" in done.stderr
    assert "staff_in_post.csv" in done.stderr
    assert "Ethnic Origin" in done.stderr
    with home.warehouse() as connection:
        row = connection.execute(
            "SELECT count(*) FROM core.fct_staff_snapshot WHERE snapshot_month = DATE '2025-09-01'"
        ).fetchone()
    assert row
    assert row[0] > 0, "the last good version of the month stays in use"
    assert fingerprint.of_tables(home.settings.published_file, ("marts",)) == before
    overview = (home.settings.published / "quality" / "index.html").read_text(encoding="utf-8")
    assert "This run failed a check" in overview
    assert "lake/staff_record: files_usable" in overview, "a run that failed has its quality pages all the same"
    status = home.command("status").stdout
    assert "refused" in status


@pytest.mark.parametrize("as_of", ["as_of: 2025-10-15\n", ""], ids=["given", "left out"])
def test_a_real_trust_with_empty_folders_is_told_which(make_home: Callable[[str], Home], as_of: str) -> None:
    empty = make_home("real")
    empty.path.parent.mkdir(exist_ok=True)
    config = empty.path.parent / "trust.yaml"
    config.write_text(
        f"organisation_code: RXX\norganisation_name: A trust\n{as_of}first_month: 2025-09\n", encoding="utf-8"
    )
    home = Home(empty.path, config)
    done = home.command("run", check=False)
    assert done.returncode == 1
    assert str(home.settings.landing / "staff_record") in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(home.settings.landing.glob("*/*/*"))


def test_a_period_can_be_deleted(small_home: Home, make_home: Callable[[str], Home]) -> None:
    home = make_home("deleted")
    shutil.copytree(small_home.settings.landing, home.settings.landing)
    shutil.copytree(small_home.settings.lake, home.settings.lake)
    home.command("delete-period", "incidents", "2025-09", "--landing", "--yes")
    assert not list(home.settings.lake.glob("incidents/2025-09/*/*.parquet"))
    assert not list(home.settings.landing.glob("incidents/2025-09/*"))
    again = home.command("delete-period", "incidents", "2025-09", "--yes", check=False)
    assert again.returncode == 1
    assert "nothing to remove" in again.stderr
