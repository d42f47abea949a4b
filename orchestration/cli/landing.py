"""Commands on files: the demo trust's, a period's, the keys'."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import click

from orchestration.checked_file import SettingsError
from orchestration.contracts import FEEDS
from orchestration.settings import Settings, new_keys, write_keys


def make_demo_files(settings: Settings, *, scale: float, trusts: int, seed: int | None = None) -> bool:
    """Make the demo trust's files when the organisation is the demo one and its landing folder is empty.

    Returns:
        bool: True when they were made.

    Raises:
        SettingsError: `scale` or `trusts` is out of range.
    """
    stopped_half_way = (settings.home / "demo" / "unfinished").exists()
    if not settings.trust.is_demo or (_has_files(settings) and not stopped_half_way):
        return False
    from orchestration.assets.warehouse import prepare_manifest  # noqa: PLC0415 - only the first run needs them
    from orchestration.demo import SEED, generate  # noqa: PLC0415

    started = time.perf_counter()
    click.echo("Making the synthetic trust's files ...", err=True)
    with ThreadPoolExecutor(max_workers=1) as beside:
        manifest = beside.submit(prepare_manifest, settings)  # dbt parses in a process of its own meanwhile
        try:
            generate(
                settings.landing, settings.trust, scale=scale, trusts=trusts, seed=SEED if seed is None else seed
            )
        except ValueError as error:
            raise SettingsError(str(error)) from None
        manifest.result()
    click.echo(f"  {settings.landing} made in {time.perf_counter() - started:.0f} s", err=True)
    return True


def require_files(settings: Settings) -> None:
    """Tell a real trust which folders are empty.

    Raises:
        SettingsError: no feed has any file.
    """
    from orchestration.ingest import unknown_folders  # noqa: PLC0415 - pandas takes a second to import

    for line in unknown_folders(settings, FEEDS):
        click.echo(f"! {line}", err=True)
    needed = [name for name, feed in FEEDS.items() if not feed.is_optional]
    empty = [settings.landing / name for name in needed if not any((settings.landing / name).glob("*/*"))]
    for folder in empty:
        folder.mkdir(parents=True, exist_ok=True)
        click.echo(f"! {folder} is empty: put files in {folder}/<period>/", err=True)
    if empty and len(empty) == len(needed):
        raise SettingsError(f"{settings.landing}: no feed has any file; the folders above are waiting for them")


def remove_period(settings: Settings, feed_name: str, period: str, *, with_landing: bool) -> None:
    """Remove one period of one feed from the lake, and from landing when asked.

    Raises:
        SettingsError: the feed is unknown or nothing is there.
    """
    from orchestration.ingest import delete_period  # noqa: PLC0415 - pandas takes a second to import

    if feed_name not in FEEDS:
        raise SettingsError(f"{feed_name}: unknown feed; known feeds are {', '.join(FEEDS)}")
    removed = [str(path) for path in delete_period(settings, FEEDS[feed_name], period)]
    landed = settings.landing / feed_name / period
    if with_landing and landed.is_dir():
        shutil.rmtree(landed)
        removed.append(str(landed))
    if not removed:
        raise SettingsError(f"{feed_name}/{period}: nothing to remove")
    for person_level in sorted(settings.restricted.glob("*.duckdb")):
        person_level.unlink()  # they may hold the people of the period, and the next run writes them anew
        removed.append(str(person_level))
    for path in removed:
        click.echo(f"removed {path}")
    click.echo("The warehouse and the published files hold the period until the next run: run: make run")
    if landed.is_dir():
        click.echo(f"{landed} is still there: the next run would take it in again; add --landing to remove it")


def apply_retention(settings: Settings) -> None:
    """Remove every monthly period older than `retention_months` before `as_of`, files in landing included."""
    oldest = settings.trust.oldest_month_to_keep
    expired = [
        (feed.name, period)
        for feed in FEEDS.values()
        if feed.partition == "month"
        for period in sorted(settings.months_held(feed.name))
        if period < oldest
    ]
    for feed_name, period in expired:
        remove_period(settings, feed_name, period, with_landing=True)
    if not expired:
        click.echo(f"nothing to remove: no month before {oldest} is held")


def rotate_keys(settings: Settings) -> None:
    """Put fresh secrets in place of the old; the old file stays beside them under `.old`.

    Raises:
        SettingsError: an old file from an earlier rotation is still there, a period could not be read again, or the
            trust is the demo one.
    """
    from orchestration.ingest import landing_state  # noqa: PLC0415 - pandas takes a second to import

    if settings.trust.is_demo:
        raise SettingsError(f"{settings.trust_config}: the demo trust keeps its demo key")
    settings.pseudonym_keys()
    gone = [
        f"{feed.name}/{state.period}"
        for feed in FEEDS.values()
        for state in landing_state(settings, feed)
        if state.has_kept and state.state in ("lake only", "unrecognised")
    ]
    if gone:
        raise SettingsError(
            f"{settings.landing}: {', '.join(gone[:5])} can not be read again, and would keep the old pseudonyms; "
            "put the files back, or remove the periods with: python -m orchestration delete-period"
        )
    old = settings.key_file.with_name(settings.key_file.name + ".old")
    if old.exists():
        raise SettingsError(f"{old}: left from an earlier rotation; remove it when nothing needs it any more")
    fresh = settings.key_file.with_name(settings.key_file.name + ".new")
    fresh.unlink(missing_ok=True)
    write_keys(fresh, new_keys())
    os.link(settings.key_file, old)
    fresh.replace(settings.key_file)  # there is a key file at any moment
    # No two generations of pseudonyms ever lie side by side.
    shutil.rmtree(settings.lake, ignore_errors=True)
    for person_level in (settings.warehouse_file, *settings.restricted.glob("*.duckdb")):
        person_level.unlink(missing_ok=True)
    click.echo(f"{settings.key_file} holds new secrets; {old} holds the old ones.")
    click.echo("The next run reads every feed again under the new secrets: run: make run")


def _has_files(settings: Settings) -> bool:
    return settings.landing.is_dir() and any(settings.landing.iterdir())
