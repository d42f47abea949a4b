"""Publication: finished files for analysts, swapped in only when no check failed at ERROR."""

from typing import Any

import dagster as dg

from orchestration.assets.verdict import failed_checks
from orchestration.publish import publish
from orchestration.settings import Settings

DATABASE = dg.AssetKey(["published", "equity"])


def build_publishing(settings: Settings, upstream: list[dg.AssetKey]) -> Any:
    """The asset that publishes.

    Args:
        settings: where to publish.
        upstream: every asset whose tables are published.
    """

    @dg.asset(
        key=DATABASE,
        group_name="published",
        owners=["team:information-services"],
        kinds={"duckdb", "parquet"},
        deps=upstream,
        description=(
            "published/equity.duckdb (internal aggregates), its tables as Parquet and CSV, and restricted/ "
            "(person-level facts). When a check failed at ERROR the old files stay."
        ),
    )
    def equity(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        failed = failed_checks(context, settings)
        if failed:
            context.log.warning("the published files stay as they are; failed: " + "; ".join(failed))
            return dg.MaterializeResult(metadata={"published": False, "failed_checks": len(failed)})
        publication = publish(settings)
        context.log.info(
            f"{len(publication.rows)} tables published to {settings.published_file}, "
            f"{len(publication.restricted_rows)} of people to {settings.restricted}"
        )
        return dg.MaterializeResult(
            metadata={
                "published": True,
                "failed_checks": 0,
                "tables": len(publication.rows),
                "restricted_tables": len(publication.restricted_rows),
                "dagster/row_count": sum(publication.rows.values()),
            },
        )

    return equity
