"""The warehouse: one dbt invocation builds every seed and model; each dbt test is an asset check."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from packaging.version import Version

from orchestration.ingest import end_server
from orchestration.settings import PROJECT, Settings

POOL = "warehouse"
DBT_STEP = "dbt_build"
DBT_PROJECT = PROJECT / "dbt_project"
LAKE_IN_MEMORY = 4
"""How many times the size of the lake the memory must be for models to be built side by side."""
OWNERS = {"reference": "team:information-services", "quality": "team:data-quality"}


class WarehouseError(Exception):
    """dbt could not read its own project; the text says what it printed."""


class InstalledDbt(DbtCliResource):
    """The dbt of this environment.

    Asked for its version, dbt looks for a newer one on the network; and the handle to the warehouse that is otherwise
    opened beside it loads dbt a second time, for columns nobody asks for.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """No handle: `fetch_row_counts` and `fetch_column_metadata` are not used."""


class Translator(DagsterDbtTranslator):
    """Keys are `[layer, name]`, the group is the layer, and every table of a feed is that feed's asset."""

    def __init__(self, feed_of_table: Mapping[str, str]) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True, enable_source_metadata=False)
        )
        self._feed_of_table = feed_of_table

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The spec of one dbt resource."""
        node = self.get_resource_props(manifest, unique_id)
        spec = super().get_asset_spec(manifest, unique_id, project)
        if node["resource_type"] == "source":
            return spec.replace_attributes(key=feed_key(self._feed_of_table.get(node["name"], node["name"])))
        layer = node["schema"]
        return spec.replace_attributes(
            key=dg.AssetKey([layer, node["name"]]),
            group_name=layer,
            owners=[OWNERS.get(layer, "team:equity-analytics")],
            description=node["description"],
        )

    def get_partition_mapping(self, *_: Any) -> dg.PartitionMapping:
        """Every model reads all periods of a feed."""
        return dg.AllPartitionMapping()


def feed_key(feed: str) -> dg.AssetKey:
    """The asset of a feed, as dbt's sources and ingest both name it."""
    return dg.AssetKey(["lake", feed])


def build_ledgers(manifest: Mapping[str, Any], feed_of_table: Mapping[str, str]) -> list[dg.AssetSpec]:
    """What every feed writes beside its rows, receipts and findings: the sources of dbt that no feed is named after.

    Args:
        manifest: that of dbt.
        feed_of_table: feed of each lake table.
    """
    return [
        dg.AssetSpec(
            feed_key(node["name"]),
            deps=[feed_key(feed) for feed in sorted(set(feed_of_table.values()))],
            description=node["description"],
            group_name="lake",
            owners=["team:information-services"],
            kinds={"parquet"},
        )
        for node in manifest["sources"].values()
        if node["name"] not in feed_of_table
    ]


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest of the dbt project as it is now.

    Raises:
        WarehouseError: dbt could not parse the project.
    """
    content: dict[str, Any] = json.loads(prepare_manifest(settings).read_text(encoding="utf-8"))
    return content


def prepare_manifest(settings: Settings) -> Path:
    """Parse the dbt project when it, its place or its variables changed; returns the manifest's path.

    What dbt remembers of its last parse says where the seeds lay then, and dbt believes it wherever the project lies
    now; so a project that changed is parsed from nothing.

    Raises:
        WarehouseError: dbt could not parse the project.
    """
    manifest = settings.dbt_target / "manifest.json"
    stamp = settings.dbt_target / "manifest.stamp"
    fingerprint = _fingerprint(settings)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
        return manifest
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    (settings.dbt_target / "partial_parse.msgpack").unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - our own interpreter's dbt with fixed arguments
        [dbt_executable(), "--quiet", "parse", *_dbt_options(settings), "--target-path", str(settings.dbt_target)],
        env={**os.environ, **settings.dbt_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WarehouseError(f"dbt could not parse {DBT_PROJECT}:\n{done.stdout}{done.stderr}")
    stamp.write_text(fingerprint, encoding="utf-8")
    return manifest


def dbt_executable() -> str:
    """The dbt of the running environment, also when its folder is not on PATH."""
    return str(Path(sys.executable).with_name("dbt"))


def build_warehouse(
    settings: Settings, manifest: Mapping[str, Any], feed_of_table: Mapping[str, str]
) -> dg.AssetsDefinition:
    """The whole dbt project as one asset definition: one invocation builds it.

    Args:
        settings: where the warehouse lies.
        manifest: that of dbt.
        feed_of_table: feed of each lake table, for lineage.
    """
    project = DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=settings.dbt_target)
    dbt = InstalledDbt(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=sys.executable,
        global_config_flags=["-P", str(Path(__file__).with_name("dbt_process.py")), "--no-use-colors"],
    )

    @dbt_assets(
        manifest=manifest,
        project=project,
        dagster_dbt_translator=Translator(feed_of_table),
        exclude="resource_type:unit_test",
        name=DBT_STEP,
        pool=POOL,
    )
    def warehouse(context: dg.AssetExecutionContext) -> Iterator[Any]:
        settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
        end_server()  # the memory is the warehouse's now
        os.environ.update(settings.dbt_environment())  # dbt's profile reads its paths from there
        arguments = ["build", "--threads", str(models_at_once(settings)), *_dbt_options(settings)]
        invocation = dbt.cli(arguments, context=context, target_path=settings.dbt_target)
        events: list[Any] = []
        failure: DagsterDbtCliRuntimeError | None = None
        try:
            events.extend(invocation.stream())
        except DagsterDbtCliRuntimeError as error:
            failure = error  # what was built before the fault still becomes events
        rows = _row_counts(settings.warehouse_file)
        for event in events:
            yield _with_rows(event, rows)
        if failure:
            raise failure

    return warehouse


def models_at_once(settings: Settings) -> int:
    """How many models dbt builds side by side: they share the memory, so where the lake is large, one at a time."""
    lake = sum(path.stat().st_size for path in settings.lake.rglob("*.parquet"))
    return settings.trust.threads if lake * LAKE_IN_MEMORY < settings.trust.memory_bytes else 1


def _dbt_options(settings: Settings) -> list[str]:
    variables = json.dumps(settings.dbt_vars(), sort_keys=True)
    return ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--vars", variables]


def _fingerprint(settings: Settings) -> str:
    surroundings = [str(DBT_PROJECT), settings.dbt_vars(), settings.dbt_environment()]
    digest = sha256(json.dumps(surroundings, sort_keys=True).encode())
    for folder in (DBT_PROJECT, PROJECT / "seeds"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".sql", ".yml", ".csv"}:
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _row_counts(warehouse: Path) -> dict[tuple[str, str], int]:
    """Rows of every table, read once after the build."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name, estimated_size FROM duckdb_tables()").fetchall()
    return {(schema, table): rows for schema, table, rows in tables}


def _with_rows(event: Any, rows: Mapping[tuple[str, str], int]) -> Any:
    """The event with `dagster/row_count` when it materialises a table."""
    if isinstance(event, dg.Output):
        layer, name = event.output_name.split("__", 1)
        if (layer, name) in rows:
            return event.with_metadata({**event.metadata, "dagster/row_count": rows[layer, name]})
    return event
