"""Where things lie and which trust this is: the only reader of the environment and of `trust.yaml`.

Belongs here: paths, the trust's own choices, the pseudonym keys. Does not belong here: anything a feed or a
measure knows. dbt's `profiles.yml` reads the variables that `Settings.dbt_environment` hands it, nothing else.
"""

from __future__ import annotations

import datetime
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestration.checked_file import SettingsError, checked, may_be_file
from orchestration.month_folders import day_after_newest, months_held
from orchestration.months import MONTH, first_day, following, is_month, month_of, months_before, months_between

PROJECT = Path(__file__).resolve().parent.parent
DEMO = Path(__file__).resolve().parent / "demo"
DEMO_ORGANISATION = "DEM0"
"""No trust code has four characters, so this organisation cannot exist."""
DEMO_KEYS = {"staff": "demo-staff-key-never-for-real-data", "patient": "demo-patient-key-never-for-real-data"}
UNFIT_FOR_A_PATH = "*?[]{}'\""
"""Characters that mean something else in the patterns and the SQL by which the lake is read."""
ENVIRONMENT = ("EQUITY_HOME", "EQUITY_TRUST_CONFIG", "EQUITY_PSEUDONYM_KEY_FILE")

Month = Annotated[str, Field(pattern=MONTH)]
ORGANISATION = r"^[A-Z0-9]{3,6}$"
"""A code as the Organisation Data Service writes it."""
OrganisationCode = Annotated[str, Field(pattern=ORGANISATION)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedChoices(_Strict):
    """What a trust may say about one feed: its own headers for ours, and when files are due."""

    headers: dict[str, str] = Field(default_factory=dict)
    due_days: int | None = Field(default=None, ge=0)


class Access(_Strict):
    """File mode and group of `restricted/`."""

    mode: str = Field(default="0640", pattern=r"^0[67][0-7]0$")  # its owner writes; never for everybody on the machine
    group: str | None = None


class Alerts(_Strict):
    """Who is told of failed checks: a command of the trust's own, and from which severity on."""

    command: tuple[str, ...] = Field(min_length=1)
    severity: Literal["error", "warn"] = "error"


class Trust(_Strict):
    """The content of `trust.yaml`.

    Attributes:
        organisation_code: ODS code of the trust; files without a code in their folder are its own.
        organisation_name: name to print.
        predecessors: codes of merged organisations whose files may arrive under their own code.
        as_of: the day "today" means, for freshness, future dates and targets. Only `work_list` reads the clock.
            Left out, it is the day after the newest month that has landed, mistyped folders left aside; with nothing
            landed, the day after the first month.
        first_month: first month of the monthly feeds. `Settings.trust` moves it on past months that are kept no more.
        feeds: header names and due days by feed.
        access: who may read `restricted/`.
        alerts: the command that is told of failed checks; none unless it is set.
        memory_limit: memory the warehouse may use, as `1200MB` or `2GB`; never under `100MB`.
        threads: threads the warehouse may use.
        retention_months: months of extracts the `retention` command keeps.
    """

    organisation_code: OrganisationCode
    organisation_name: str = Field(min_length=1)
    predecessors: tuple[OrganisationCode, ...] = ()
    as_of: datetime.date
    first_month: Month
    feeds: dict[str, FeedChoices] = Field(default_factory=dict)
    access: Access = Access()
    alerts: Alerts | None = None
    memory_limit: str = Field(default="1200MB", pattern=r"^([1-9]\d{2,5}MB|[1-9]\d{0,2}GB)$")
    threads: int = Field(default=2, ge=1, le=64, strict=True)
    retention_months: int = Field(default=120, ge=12, le=1200, strict=True)

    @property
    def memory_bytes(self) -> int:
        """`memory_limit` in bytes, as DuckDB counts them."""
        return int(self.memory_limit[:-2]) * {"MB": 10**6, "GB": 10**9}[self.memory_limit[-2:]]

    @model_validator(mode="before")
    @classmethod
    def _today(cls, content: dict[str, Any]) -> dict[str, Any]:
        first = str(content.get("first_month"))
        if "as_of" in content or not is_month(first):
            return content
        return content | {"as_of": first_day(following(first))}

    @field_validator("feeds")
    @classmethod
    def _known_feeds(cls, feeds: dict[str, FeedChoices]) -> dict[str, FeedChoices]:
        from orchestration.contracts import FEEDS  # noqa: PLC0415 - settings come first, contracts after

        for name in feeds:
            if name not in FEEDS:
                raise ValueError(f"unknown feed {name!r}; known feeds are {', '.join(FEEDS)}")
        return feeds

    @model_validator(mode="after")
    def _in_order(self) -> Trust:
        if month_of(self.as_of) <= self.first_month:
            raise ValueError(f"as_of ({self.as_of}) must lie after first_month ({self.first_month})")
        return self

    @property
    def is_demo(self) -> bool:
        """True for the synthetic trust."""
        return self.organisation_code == DEMO_ORGANISATION

    @property
    def organisations(self) -> tuple[str, ...]:
        """The trust's own code and those of its predecessors."""
        return (self.organisation_code, *self.predecessors)

    @property
    def last_month(self) -> str:
        """The last full month before `as_of`, as `YYYY-MM`."""
        return months_before(month_of(self.as_of), 1)

    @property
    def oldest_month_to_keep(self) -> str:
        """The month `retention_months` before that of `as_of`: the oldest that `retention` leaves, as `YYYY-MM`."""
        return months_before(month_of(self.as_of), self.retention_months)

    def months(self) -> list[str]:
        """Every month from `first_month` to `last_month`, as `YYYY-MM`."""
        return months_between(self.first_month, self.last_month)


class PseudonymKeys(_Strict):
    """The two secrets of the keyed hash, one for staff and one for patients."""

    staff: str = Field(min_length=24, repr=False)
    patient: str = Field(min_length=24, repr=False)

    @model_validator(mode="after")
    def _differ(self) -> PseudonymKeys:
        if self.staff == self.patient:
            raise ValueError("the staff key and the patient key must differ")
        return self


class Settings(BaseSettings):
    """Everything that depends on the machine or the trust.

    Attributes:
        home: folder that holds every file the pipeline reads and writes (`EQUITY_HOME`).
        trust_config: the trust's own choices (`EQUITY_TRUST_CONFIG`).
        pseudonym_key_file: the secrets of the keyed hash (`EQUITY_PSEUDONYM_KEY_FILE`).
    """

    model_config = SettingsConfigDict(env_prefix="EQUITY_", frozen=True, extra="forbid")

    home: Path = PROJECT / "data"
    trust_config: Path = DEMO / "trust.yaml"
    pseudonym_key_file: Path | None = None

    @field_validator("home", "trust_config", "pseudonym_key_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().resolve()

    @cached_property
    def trust(self) -> Trust:
        """The trust's choices, its months begun where something is still held.

        A month older than `retention_months` of which no feed holds anything, and before which nothing is held, is
        gone: nobody owes it, and no period of the calendar reaches into it. While an old month is held, it is used.

        Raises:
            SettingsError: the file is missing, unreadable, or has an unknown key or a bad value.
        """
        from orchestration.contracts import FEEDS  # noqa: PLC0415 - settings come first, contracts after

        as_of = day_after_newest(self.landing, FEEDS)
        trust = checked(Trust, self.trust_config, "EQUITY_TRUST_CONFIG", as_of=as_of)
        if trust.first_month >= trust.oldest_month_to_keep:
            return trust
        oldest = min([trust.oldest_month_to_keep, *(month for feed in FEEDS for month in self.months_held(feed))])
        return trust.model_copy(update={"first_month": max(trust.first_month, oldest)})

    def months_held(self, feed: str) -> set[str]:
        """Months of a feed that have a folder in landing or in the lake, kept and refused alike."""
        return months_held((self.landing, self.lake, self.refused), feed)

    @cached_property
    def follows_landing(self) -> bool:
        """True when `trust.yaml` gives no `as_of`, so that months go on as they land."""
        return "as_of" not in yaml.safe_load(self.trust_config.read_text(encoding="utf-8"))

    def looked_at_again(self) -> Settings:
        """The same settings with `trust.yaml` and landing not yet read, for a process that lives while files arrive."""
        return Settings(home=self.home, trust_config=self.trust_config, pseudonym_key_file=self.pseudonym_key_file)

    @property
    def landing(self) -> Path:
        """Files as the source systems export them.

        Ingest never changes them; only `delete-period --landing` and `retention` remove files here.
        """
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        """Pseudonymised Parquet by feed, period and organisation."""
        return self.home / "lake"

    @property
    def refused(self) -> Path:
        """What is known of submissions that were not taken in, laid out as the lake is."""
        return self.lake / "refused"

    @property
    def warehouse_file(self) -> Path:
        """The private warehouse; dbt is its only writer."""
        return self.home / "warehouse" / "equity.duckdb"

    @property
    def published(self) -> Path:
        """Finished internal aggregates, always readable."""
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """What analysts open: reference, dimensions, marts and quality."""
        return self.published / "equity.duckdb"

    @property
    def restricted(self) -> Path:
        """Pseudonymised person-level facts."""
        return self.home / "restricted"

    @property
    def history(self) -> Path:
        """Results of every quality run, append-only."""
        return self.home / "history"

    @property
    def judgement_file(self) -> Path:
        """What Great Expectations returned in the last run, for its own pages; made anew by every run."""
        return self.warehouse_file.with_name("judgement.json")

    @property
    def dagster_home(self) -> Path:
        """The orchestrator's own storage."""
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Dbt's compiled project, manifest and logs."""
        return self.home / "dbt"

    @property
    def key_file(self) -> Path:
        """The key file in force."""
        return self.pseudonym_key_file or self.home / "keys" / "pseudonym.yaml"

    def due_days(self, feed: str, default: int) -> int:
        """Days after the end of a period within which a feed is due at this trust."""
        chosen = self.trust.feeds.get(feed)
        return default if chosen is None or chosen.due_days is None else chosen.due_days

    def headers(self, feed: str) -> dict[str, str]:
        """The trust's own header for each of our headers, where they differ."""
        chosen = self.trust.feeds.get(feed)
        return chosen.headers if chosen else {}

    def dbt_environment(self) -> dict[str, str]:
        """The variables dbt's `profiles.yml` and sources read."""
        return {
            "EQUITY_LAKE": str(self.lake),
            "EQUITY_WAREHOUSE": str(self.warehouse_file),
            "EQUITY_MEMORY_LIMIT": self.trust.memory_limit,
            "EQUITY_THREADS": str(self.trust.threads),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }

    def dbt_vars(self) -> dict[str, Any]:
        """What the models must know of the trust."""
        from orchestration.contracts import FEEDS  # noqa: PLC0415 - settings come first, contracts after

        return {
            "atom_measures": _measures("int_atom_"),
            "estimate_measures": _measures("int_estimate_"),
            "feeds": {
                name: {
                    "is_monthly": feed.partition == "month",
                    "is_optional": feed.is_optional,
                    "due_days": self.due_days(name, feed.due_days),
                }
                for name, feed in FEEDS.items()
                if any(table.in_lake for table in feed.tables)
            },
            "organisation_code": self.trust.organisation_code,
            "organisation_name": self.trust.organisation_name,
            "as_of": self.trust.as_of.isoformat(),
            "first_month": self.trust.first_month,
            "last_month": self.trust.last_month,
        }

    def pseudonym_keys(self) -> PseudonymKeys:
        """The keys of the keyed hash; the demo trust's are made on first use.

        Raises:
            SettingsError: the file is missing or wrong, or holds the demo key for a real trust.
        """
        if not may_be_file(self.key_file):
            if not self.trust.is_demo or self.pseudonym_key_file is not None:
                raise SettingsError(
                    f"{self.key_file}: no such file; make a key with: python -m orchestration keys new "
                    "(EQUITY_PSEUDONYM_KEY_FILE names the file)"
                )
            write_keys(self.key_file, PseudonymKeys(**DEMO_KEYS))
        keys = checked(PseudonymKeys, self.key_file, "EQUITY_PSEUDONYM_KEY_FILE", secret=True)
        if not self.trust.is_demo and {keys.staff, keys.patient} & set(DEMO_KEYS.values()):
            raise SettingsError(
                f"{self.key_file}: holds the demo key, which is refused for {self.trust.organisation_code}; "
                "make a key of your own with: python -m orchestration keys new"
            )
        return keys


def load_settings() -> Settings:
    """Settings of this process.

    Raises:
        SettingsError: one line naming the variable, file or key that is wrong.
    """
    for name in os.environ:
        if name.startswith("EQUITY_") and name not in ENVIRONMENT and name not in _DBT_VARIABLES:
            raise SettingsError(f"{name}: unknown variable; known ones are {', '.join(ENVIRONMENT)}")
    for name in ENVIRONMENT:
        if os.environ.get(name) == "":
            raise SettingsError(f"{name}: is set and empty; give it a path, or unset it")
    settings = Settings()
    if unfit := sorted(set(str(settings.home)) & set(UNFIT_FOR_A_PATH)):
        raise SettingsError(
            f"EQUITY_HOME: {settings.home}: expected a path without {' '.join(UNFIT_FOR_A_PATH)}, "
            f"found {' '.join(unfit)}; rename the folder, or choose another"
        )
    _ = settings.trust
    return settings


def new_keys() -> PseudonymKeys:
    """Fresh random keys."""
    return PseudonymKeys(staff=secrets.token_hex(32), patient=secrets.token_hex(32))


def write_keys(path: Path, keys: PseudonymKeys) -> None:
    """Write a key file readable by its owner only; an existing file is never overwritten.

    Raises:
        SettingsError: the file exists, or can not be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if isinstance(error, FileExistsError) and str(error.filename) == str(path):
            raise SettingsError(f"{path}: is there already; move it away first") from None
        raise SettingsError(
            f"{path}: can not be made ({error.strerror}); EQUITY_PSEUDONYM_KEY_FILE or EQUITY_HOME says where"
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.safe_dump(keys.model_dump(), file)


_DBT_VARIABLES = ("EQUITY_LAKE", "EQUITY_WAREHOUSE", "EQUITY_MEMORY_LIMIT", "EQUITY_THREADS")


def _measures(prefix: str) -> list[str]:
    """The measures that have a model of this kind: dbt must know what a model stands on before it reads a catalogue."""
    models = (PROJECT / "dbt_project" / "models").rglob(f"{prefix}*.sql")
    return sorted(path.stem.removeprefix(prefix) for path in models)
