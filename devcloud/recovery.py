"""After a killed `pulumi up`: what the state says was being created is looked up, and taken in or dropped.

SIGKILL leaves three things behind: the stack's lock file, plugins that finish what they were doing, and "pending
operations" in the state. A create that was cut off may or may not have happened; dropping it blindly would create the
object twice or fail on its name. So each is looked up by what identifies it, and the engine is told the id.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from devcloud.engine import Engine
from devcloud.lookup import live_identifiers
from devcloud.processes import StartError

# Longer than a plugin gives its last calls (plugin_process.py).
_ORPHANS_SECONDS = 30


def recover(engine: Engine, stack: str, report: Callable[[str], None], log: Path | None = None) -> None:
    """Bring `stack` back to a state that `up` can start from. Does nothing where nothing was interrupted.

    Args:
        log: where Pulumi's own output goes; None shows it.
    Raises:
        StartError: another update of the stack runs.
        EngineError: a pulumi command failed.
    """
    if stack not in engine.stacks():
        return
    interrupted = _clear_stale_locks(engine, stack, report)
    document = engine.export(stack)
    pending = document["deployment"].get("pending_operations", [])
    if not (interrupted or pending):
        return
    report(f"{stack}: the last update was cut off; {len(pending)} operation(s) in flight")
    creates = _creates(document["deployment"])
    found = live_identifiers(engine, creates)
    for create in creates:
        _, _, kind, name = create["urn"].split("::", 3)
        report(f"  {name} ({kind.rsplit('$', 1)[-1]}): {found.get(create['urn'], 'was not created')}")
    engine.import_state(stack, {**document, "deployment": settled(document["deployment"], found)})
    engine.show(["refresh", "--yes", "--skip-preview", "--stack", stack], log)


def settled(deployment: dict[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """The deployment with nothing pending: creates that happened (urn → id) are resources, all others are forgotten.

    `pulumi refresh --import-pending-creates` is made for this, but drops what it is given (3.250 turns it into
    "importing" operations that nothing reads), and the next update would create the object again.
    """
    resources = [dict(each) for each in deployment.get("resources", [])]
    known = {(each["type"], each.get("id")) for each in resources}
    for operation in deployment.get("pending_operations", []):
        created = operation["resource"]
        identifier = found.get(created["urn"])
        # An id that is there already is the old object's, which the create was to replace.
        if operation["type"] != "creating" or identifier is None or (created["type"], identifier) in known:
            continue
        for replaced in (each for each in resources if each["urn"] == created["urn"]):
            replaced["delete"] = True
        resources.append({**created, "id": identifier})
    return {**deployment, "resources": resources, "pending_operations": []}


def _creates(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    """The creates that were in flight, each with its provider's inputs."""
    providers = {each["urn"]: _settings(each) for each in deployment.get("resources", [])}
    return [
        {
            "urn": resource["urn"],
            "inputs": resource.get("inputs", {}),
            "provider": providers.get(resource.get("provider", "").rsplit("::", 1)[0], {}),
        }
        for resource in (
            each["resource"] for each in deployment.get("pending_operations", []) if each["type"] == "creating"
        )
    ]


def _settings(provider: dict[str, Any]) -> dict[str, Any]:
    """A provider resource's inputs without what the engine keeps there for itself."""
    return {name: value for name, value in provider.get("inputs", {}).items() if not name.startswith("__")}


def _clear_stale_locks(engine: Engine, stack: str, report: Callable[[str], None]) -> bool:
    """Remove lock files whose owner is dead; whether there was one."""
    locks = engine.lock_files(stack)
    for file in locks:
        owner = json.loads(file.read_text())
        if owner["hostname"] != socket.gethostname() or _is_engine(owner["pid"]):
            raise StartError(
                f"{stack}: an update by process {owner['pid']} on {owner['hostname']} is running. "
                f"Wait for it. If it is long gone (another machine, another host name), remove {file} and try again."
            )
    if locks:
        _end_orphans(engine, report)
        engine.capture(["cancel", "--yes", "--stack", stack])
    return bool(locks)


def _end_orphans(engine: Engine, report: Callable[[str], None]) -> None:
    """Wait for the dead engine's plugins, which end by themselves once their last call is done; at last end them."""
    deadline = time.monotonic() + _ORPHANS_SECONDS
    home = str(engine.state.pulumi_home)
    ended: set[int] = set()
    while orphans := _plugins_without_engine(home):
        if time.monotonic() > deadline:
            for pid in orphans - ended:
                report(f"ending plugin process {pid}, which its dead engine left behind")
                with suppress(ProcessLookupError):  # it was just about to end by itself
                    os.kill(pid, signal.SIGKILL)
            ended |= orphans
        time.sleep(0.1)


def _plugins_without_engine(pulumi_home: str) -> set[int]:
    """Processes of this embedded cloud's plugins that no pulumi engine is above."""
    return {
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _is_plugin(entry, pulumi_home) and not _below_engine(int(entry.name))
    }


def _is_plugin(process: Path, pulumi_home: str) -> bool:
    try:
        variables = (process / "environ").read_bytes().split(b"\0")
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:  # it ended meanwhile, or is another user's
        return False
    ours = f"PULUMI_HOME={pulumi_home}".encode() in variables
    return ours and any(word.startswith((b"devcloud.providers", b"devcloud.language_host")) for word in words)


def _below_engine(pid: int) -> bool:
    """Whether a process has a living pulumi process among its ancestors. What it was reparented to does not matter."""
    while pid > 1:
        if _is_engine(pid):
            return True
        try:
            pid = int(_stat(pid)[1])
        except OSError:
            return False
    return False


def _is_engine(pid: int) -> bool:
    """Whether a pulumi process has this id: ids are used again."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi" and _stat(pid)[0] != "Z"
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    """/proc/<pid>/stat from the state on: the letter (Z for one that has ended), the parent's id, …"""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
