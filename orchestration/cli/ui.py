"""`make ui`: Dagster on the loopback address."""

from __future__ import annotations

import os
import signal
import sys

from orchestration.assets.warehouse import prepare_manifest
from orchestration.cli.instance import prepare_instance
from orchestration.settings import PROJECT, Settings


def serve(settings: Settings, port: int) -> None:
    """Replace this process by Dagster's own; it listens on 127.0.0.1 only."""
    prepare_instance(settings)
    prepare_manifest(settings)
    dagster = os.path.join(os.path.dirname(sys.executable), "dagster")  # noqa: PTH118, PTH120 - no link resolved
    os.environ["PATH"] = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"  # noqa: PTH120
    # A script's background job inherits a deaf ear for SIGINT, and Dagster treats SIGTERM as it treats SIGINT:
    # the UI could then be ended by SIGKILL only.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(PROJECT)
    os.execv(  # noqa: S606 - our own environment's program with fixed arguments
        dagster,
        [dagster, "dev", "--workspace", str(PROJECT / "workspace.yaml"), "--host", "127.0.0.1", "--port", str(port)],
    )
