"""All that is made up of one trust, before any of it is counted.

Belongs here: what the truths are told from. Does not belong here: making it (`generate`), or telling (`truth`).
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from orchestration.demo.incidents import Incidents
from orchestration.demo.mhsds import Records
from orchestration.demo.organisation import Organisation
from orchestration.demo.patients import Patients
from orchestration.demo.plan import Plan


class World(NamedTuple):
    """The patients and staff of one trust and all that is known of them."""

    plan: Plan
    units: Organisation
    people: Patients
    records: Records
    reported: Incidents
    entries: pd.DataFrame
    seen: pd.DataFrame
    staff: pd.DataFrame
