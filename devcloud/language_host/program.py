"""Runs one Pulumi program: settings as JSON on standard input, exit code 0, or 32 once the engine knows the error."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import runpy
import signal
import sys
import traceback

import pulumi
from pulumi.runtime import Settings, configure
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack

from devcloud.language_host import REPORTED

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run the program and report its error to the engine; returns the exit code."""
    # A program must not register resources for an engine that is gone; the host dies with the engine, we with the host.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the engine asks us to stop by Cancel
    given = json.load(sys.stdin)
    configure(
        Settings(
            project=given["project"],
            stack=given["stack"],
            organization=given["organization"],
            parallel=given["parallel"],
            dry_run=given["dry_run"],
            root_directory=given["root_directory"],
            monitor=given["monitor"],
            engine=given["engine"],
        )
    )
    set_all_config(given["config"], given["secret_keys"])
    sys.argv = [given["program"], *given["args"]]
    sys.path.insert(0, given["program"] if os.path.isdir(given["program"]) else os.path.dirname(given["program"]))  # noqa: PTH112, PTH120
    try:
        asyncio.run(run_in_stack(lambda: _run(given["program"])))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return REPORTED
    except Exception:  # noqa: BLE001 - whatever the program raised is for its author to see
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        return REPORTED
    return 0


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking the SDKs' modules apart takes the interpreter half a second of every preview, for nobody.
    os._exit(exit_code)
