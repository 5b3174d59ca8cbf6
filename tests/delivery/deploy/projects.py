"""Checkouts for the real engine: the fleet's files, a program that a test can change, and a small policy pack."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from regions.load import PACKAGE_DIRECTORY

CHECKOUT = PACKAGE_DIRECTORY.parent
ENTRY = Path(__file__).with_name("entry.py")
OPEN, CLOSED = "2026-11-25T12:00:00+00:00", "2026-11-28T15:00:00+00:00"  # a Wednesday and a Saturday

# What the engine runs is this checkout's program, changed as change.json says: type of resource -> inputs.
_WHOLE = """
import json
from pathlib import Path

import pulumi

from stacks.program import register

project = Path(__file__).resolve().parent.parent
changes = json.loads((project / "change.json").read_text())


def changed(made):
    if made.type_ in changes:
        return pulumi.ResourceTransformationResult({**made.props, **changes[made.type_]}, made.opts)


pulumi.runtime.register_stack_transformation(changed)
register(pulumi.get_stack(), project)
"""

# A table, settings, keys, and a Deployment whose pods may have nowhere to run, so that it is waited for.
_SMALL = """
import json
import os
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

change = json.loads((Path(__file__).resolve().parent.parent / "change.json").read_text())
in_aws = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1"))
cluster = k8s.Provider(
    "kubernetes", kubeconfig=os.environ["KUBECONFIG"], context="wedsync-us-east-1", enable_config_map_mutable=True
)


def in_cluster(*after):
    return pulumi.ResourceOptions(provider=cluster, depends_on=list(after))


def settings(name, data, *after):
    metadata = {"name": f"wedops-{name}", "namespace": "default"}
    k8s.core.v1.ConfigMap(name, metadata=metadata, data=data, opts=in_cluster(*after))


def deployment(name):
    labels = {"app": name}
    containers = [{"name": "waits", "image": "example.org/waits:1"}]
    pods = {"node_selector": change["node_selector"], "containers": containers}
    return k8s.apps.v1.Deployment(
        name,
        metadata={"name": name, "namespace": "default"},
        spec={"selector": {"match_labels": labels}, "template": {"metadata": {"labels": labels}, "spec": pods}},
        opts=in_cluster(),
    )


aws.dynamodb.Table(
    "table",
    name=change["table"],
    hash_key="key",
    attributes=[{"name": "key", "type": "S"}],
    billing_mode="PAY_PER_REQUEST",
    tags={"password": pulumi.Output.secret(change["secret"])},
    opts=in_aws,
)
settings("settings", change["data"])
for number in range(change["keys"]):
    aws.kms.Key(f"key-{number}", opts=in_aws)
if change["deployment"]:
    settings("after", {}, deployment(change["deployment"]))
pulumi.export("table", change["table"])
"""

SMALL: Mapping[str, Any] = {
    "table": "wedops-table",
    "secret": "hunter2-canary",
    "data": {"key": "value"},
    "keys": 0,
    "deployment": "",
    "node_selector": {},
}
"""What change.json says for the program of `small_project`."""

_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def check(args, report):
    if args.resource_type == "kubernetes:core/v1:ConfigMap" and "forbidden" in (args.props.get("data") or {}):
        report("the ConfigMap has a key `forbidden`")


PolicyPack("small", [ResourceValidationPolicy("forbid-keys", "No forbidden keys.", check, EnforcementLevel.MANDATORY)])
"""


@dataclass(frozen=True)
class Project:
    """The checkout at `path`."""

    path: Path

    def change(self, **changes: Any) -> None:
        """Say what the program does next."""
        (self.path / "change.json").write_text(json.dumps(changes))

    def settings(self, **settings: Any) -> None:
        """Change the local environment's settings."""
        file = self.path / "Pulumi.local.yaml"
        document = yaml.safe_load(file.read_text())
        document["config"]["wedsync:environment"].update(settings)
        file.write_text(yaml.safe_dump(document))

    def wedops(self, *words: str, at: str = OPEN) -> list[str]:
        """The command line of `wedops` for this checkout."""
        return [sys.executable, str(ENTRY), str(self.path), at, *words]

    def run(self, environment: Mapping[str, str], *words: str, at: str = OPEN) -> subprocess.CompletedProcess[str]:
        """Run `wedops` to its end."""
        return subprocess.run(
            self.wedops(*words, at=at), env=environment, capture_output=True, text=True, timeout=240, check=False
        )


def whole_project(path: Path) -> Project:
    """A checkout with the platform's program."""
    return _project(path, _WHOLE)


def small_project(path: Path) -> Project:
    """A checkout with a program of a few resources: `SMALL` with changes."""
    return _project(path, _SMALL)


def _project(path: Path, program: str) -> Project:
    shutil.copytree(PACKAGE_DIRECTORY, path / "regions")
    for settings in CHECKOUT.glob("Pulumi.local*.yaml"):
        shutil.copy(settings, path)
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    _write(path / "Pulumi.yaml", yaml.safe_dump({"name": "wedsync", "main": "program/", "runtime": runtime}))
    _write(path / "program" / "__main__.py", program)
    _write(path / "policies" / "PulumiPolicy.yaml", yaml.safe_dump({"version": "1.0.0", "runtime": runtime}))
    _write(path / "policies" / "__main__.py", _PACK)
    return Project(path)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
