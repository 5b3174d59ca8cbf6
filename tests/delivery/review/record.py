"""Records the event streams that the comments of the tests are made from: real previews of real edits.

    python -m tests.delivery.review.record [name]...

It brings up an embedded cloud of its own (minutes), edits a copy of the checkout, previews, and writes what previews
are read from into streams/. Run it when the engine's events, or what the platform registers, have changed a lot.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.scratch_cloud import REGION_STACK, ScratchCloud, scratch_cloud
from delivery.deploy.events import Event, EventLog
from devcloud.engine import Engine
from devcloud.state import CHECKOUT
from tests.delivery.review.recorded import STREAMS

_LEFT_OUT = ("tests", "bench", "docs", ".*", "__pycache__", "*.egg-info")
_SECONDS = 600
Edits = Mapping[str, tuple[tuple[str, str], ...]]
"""File of the checkout → what is replaced in it by what; each is there exactly once."""

# Name of the stream → the stack, and the edit that is previewed.
SCENARIOS: Mapping[str, tuple[str, Edits]] = {
    "resize": (
        REGION_STACK,
        {
            "regions/us-east-1.yaml": (
                ("  replicas: 2 ", "  replicas: 3 "),
                ("readers: 1", "readers: 2"),
                ("pool_size: 100", "pool_size: 120"),
            )
        },
    ),
    "losses": (
        REGION_STACK,
        {
            "components/cache/regional_cache.py": (
                ("replication_group_id=self._title", 'replication_group_id=f"{self._title}-next"'),
            ),
            "components/database/regional_database.py": (
                (
                    "cluster_identifier=self._title,\n            global_",
                    'cluster_identifier="next",\n            global_',
                ),
            ),
            "components/database/export_bucket.py": (
                ("made = aws.s3.Bucket(\n            self._name,", 'made = aws.s3.Bucket(\n            "renamed",'),
            ),
        },
    ),
    "domain": ("local", {"Pulumi.local.yaml": (("domain: wedsync.test", "domain: other.test"),)}),
    "expensive": (
        REGION_STACK,
        {"regions/us-east-1.yaml": (("readers: 1", "readers: 9"),)},
    ),
    "broken": (
        REGION_STACK,
        {"stacks/region_stack.py": (("from __future__", "raise ValueError('<b>|`broken`|')\nfrom __future__"),)},
    ),
    "occupied": ("local-us-west-1", {}),
    "same": (REGION_STACK, {}),
}

_THOUSANDS = """
import os
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

after = os.environ["THOUSANDS"] == "after"
cloud = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1"))
cluster = pulumi.ResourceOptions(
    provider=k8s.Provider("kubernetes", kubeconfig=os.environ["KUBECONFIG"], context="wedsync-us-east-1")
)
for number in range(20):  # replaced: their names differ
    aws.dynamodb.Table(
        f"table-{number}",
        name=f"bookings-{number}-{after}",
        hash_key="key",
        attributes=[{"name": "key", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        opts=cloud,
    )
for number in range(30 if after else 60):  # some are deleted
    aws.cloudwatch.LogGroup(f"group-{number}", name=f"/wedsync/{number}", retention_in_days=30, opts=cloud)
for number in range(1920 if after else 300):  # these are updated, the others are new
    value = f"{'after' if after else 'before'} {number} " * 8
    k8s.core.v1.ConfigMap(
        f"settings-{number}",
        metadata={"name": f"settings-{number}", "namespace": "default"},
        data={key: value for key in ("booking", "vendor", "payment", "timeline")},
        opts=cluster,
    )
"""


def main(names: list[str]) -> None:
    """Record these streams, or all."""
    wanted = names or [*SCENARIOS, "thousands"]
    with scratch_cloud() as cloud, tempfile.TemporaryDirectory(prefix="wedsync-record-") as directory:
        for name in wanted:
            root = Path(directory) / name
            events = _thousands(cloud, root) if name == "thousands" else _edited(cloud, root, *SCENARIOS[name])
            _write(name, events, [root, cloud.engine().state.root, CHECKOUT, Path(sys.base_prefix)])


def _edited(cloud: ScratchCloud, root: Path, stack: str, edits: Edits) -> list[Event]:
    shutil.copytree(CHECKOUT, root, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (root / ".venv").symlink_to(CHECKOUT / ".venv")
    for name, changes in edits.items():
        text = (root / name).read_text()
        for before, after in changes:
            assert text.count(before) == 1, f"{before!r} is not once in {name}"
            text = text.replace(before, after)
        (root / name).write_text(text)
    engine = replace(cloud.engine(), project=root)
    cloud.give_contexts(["us-west-1"])
    engine.init(stack)
    # The copy's modules, not the checkout's.
    return _preview(engine, root, {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"}, stack, "--policy-pack", "policies")


def _thousands(cloud: ScratchCloud, root: Path) -> list[Event]:
    root.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (root / "Pulumi.yaml").write_text(json.dumps({"name": "thousands", "runtime": runtime}))
    (root / "__main__.py").write_text(_THOUSANDS)
    engine = replace(cloud.engine(), project=root)
    engine.init("thousands")
    os.environ["THOUSANDS"] = "before"
    try:
        engine.up("thousands", root / "up.log")
    finally:
        del os.environ["THOUSANDS"]
    return _preview(engine, root, {"THOUSANDS": "after"}, "thousands")


def _preview(engine: Engine, root: Path, variables: Mapping[str, str], stack: str, *options: str) -> list[Event]:
    log = root / "events.jsonl"
    command = [str(engine.pulumi), "preview", "--refresh", *options, "--stack", stack]
    subprocess.run(
        [*command, "--non-interactive", "--color", "never", "--event-log", str(log)],
        cwd=root,
        env={**engine.environment(), **variables},
        stdout=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=False,
    )
    return EventLog(log).new()


def _write(name: str, events: list[Event], ours: list[Path]) -> None:
    lines = [json.dumps(event, sort_keys=True) for event in _trimmed(events)]
    text = "\n".join(lines)
    for directory in ours:  # nothing of this machine
        text = text.replace(str(directory), "/here")
    with (STREAMS / f"{name}.jsonl.gz").open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(text.encode())
    print(f"{name}: {len(lines)} events", file=sys.stderr)


def _trimmed(events: list[Event]) -> Iterator[dict[str, Any]]:
    """What previews are read from."""
    new = {each["urn"] for each in _steps(events) if each["op"] != "refresh" and not each.get("old")}
    for event in events:
        for kind in ("diagnosticEvent", "policyEvent"):
            if kind in event:
                yield {kind: event[kind]}
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            metadata = event.get(kind, {}).get("metadata")
            # Of what a refresh reads, only what is not found matters.
            is_read = metadata and metadata["op"] == "refresh" and metadata["urn"] not in new
            if metadata and not is_read and (kind == "resourcePreEvent" or metadata["type"] == _STACK):
                states = {side: _state(metadata.get(side), kind) for side in ("old", "new")}
                yield {kind: {"metadata": {key: metadata[key] for key in _KEPT if metadata.get(key)} | states}}


def _steps(events: list[Event]) -> Iterator[Mapping[str, Any]]:
    return (event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event)


_STACK = "pulumi:pulumi:Stack"
_KEPT = ("op", "urn", "type", "provider", "diffs", "detailedDiff", "keys")


def _state(state: Mapping[str, Any] | None, kind: str) -> dict[str, Any] | None:
    kept = ("outputs",) if kind == "resOutputsEvent" else ("inputs", "protect")
    return None if state is None else {key: state[key] for key in kept if key in state}


if __name__ == "__main__":
    main(sys.argv[1:])
