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
from pathlib import Path
from typing import Any

from devcloud.engine import Engine
from devcloud.lookup import live_identifiers
from devcloud.processes import StartError

# Longer than a plugin gives its last calls (plugin_process.py).
_ORPHANS_SECONDS = 30


def recover(engine: Engine, stack: str, report: Callable[[str], None]) -> None:
    """Bring `stack` back to a state that `up` can start from. Does nothing where nothing was interrupted.

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
    engine.show(["refresh", "--yes", "--skip-preview", "--stack", stack])


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
    locks = sorted((engine.state.backend / ".pulumi" / "locks" / "organization" / "wedsync" / stack).glob("*.json"))
    for file in locks:
        owner = json.loads(file.read_text())
        if owner["hostname"] != socket.gethostname() or _is_engine(owner["pid"]):
            raise StartError(
                f"{stack}: an update by process {owner['pid']} on {owner['hostname']} is running. "
                f"Wait for it, or end it if it hangs, and try again."
            )
    if locks:
        _end_orphans(engine, report)
        engine.capture(["cancel", "--yes", "--stack", stack])
    return bool(locks)


def _end_orphans(engine: Engine, report: Callable[[str], None]) -> None:
    """Wait for the dead engine's plugins, which end by themselves once their last call is done."""
    deadline = time.monotonic() + _ORPHANS_SECONDS
    home = str(engine.state.pulumi_home)
    while orphans := _plugins_without_engine(home):
        if time.monotonic() > deadline:
            for pid in orphans:
                report(f"ending plugin process {pid}, which its dead engine left behind")
                os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.1)


def _plugins_without_engine(pulumi_home: str) -> list[int]:
    """Processes of this embedded cloud's plugins whose parent is not a pulumi engine any more."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            parent_name = Path(f"/proc/{parent}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile, or is another user's
        ours = f"PULUMI_HOME={pulumi_home}".encode() in variables
        plugin = any(word.startswith((b"devcloud.providers", b"devcloud.language_host")) for word in command)
        if ours and plugin and parent_name not in ("pulumi", "python", "python3") and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def _is_engine(pid: int) -> bool:
    """Whether a pulumi process has this id: ids are used again."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi" and _state(pid) != "Z"
    except OSError:
        return False


def _state(pid: int) -> str:
    """The kernel's letter for what the process does; Z for one that has ended."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
