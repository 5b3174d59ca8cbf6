"""`pulumi up` killed with SIGKILL at five moments: the next `make up` takes in what exists and makes nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

REGION_STACK = "local-us-east-1"
_MOMENT_SECONDS = 120

MOMENTS = [
    ("local", "aws:kms/key:Key::key"),
    (REGION_STACK, "aws:ec2/vpc:Vpc::network"),
    (REGION_STACK, "aws:rds/cluster:Cluster::database"),
    (REGION_STACK, "aws:rds/clusterInstance:ClusterInstance::database-0"),
    (REGION_STACK, "aws:rds/clusterInstance:ClusterInstance::database-1"),
]
"""Killed as soon as the state says that the creation of this resource has begun. Each waits for the one before it;
others, the Deployment among them, are in flight beside them.
"""


@pytest.fixture(scope="module")
def cut_off(make_embedded: Any) -> Generator[Embedded]:
    """An embedded cloud whose `pulumi up` was killed at every moment, one `make up` after the other."""
    cloud: Embedded = make_embedded()
    for stack, resource in MOMENTS:
        _kill_during(cloud, stack, resource)
    yield cloud
    cloud.run("destroy")


def test_the_next_up_finishes_what_was_begun(cut_off: Embedded) -> None:
    up = cut_off.run("up")
    assert up.code == 0, up.output
    again = cut_off.run("up")
    assert again.code == 0, again.output
    for stack in ("local", REGION_STACK):
        assert f"{stack}: no changes" in again.output


def test_nothing_exists_twice(cut_off: Embedded) -> None:
    assert cut_off.run("up").code == 0
    kms, ec2, rds = (cut_off.aws(service) for service in ("kms", "ec2", "rds"))
    aliased = [key for key in kms.list_aliases()["Aliases"] if key["AliasName"].startswith("alias/wedsync")]
    customer_keys = [
        key["KeyId"]
        for key in kms.list_keys()["Keys"]
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    ]
    assert len(customer_keys) == len(aliased) == 3  # both stacks', and the secrets'
    own_vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert len(own_vpcs) == 1
    assert len(ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [own_vpcs[0]["VpcId"]]}])["Subnets"]) == 9
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 3
    assert len(ec2.describe_transit_gateways()["TransitGateways"]) == 1
    assert len(cut_off.aws("eks").list_clusters()["clusters"]) == 1
    assert len(rds.describe_db_clusters()["DBClusters"]) == 1
    assert len(rds.describe_db_instances()["DBInstances"]) == 2
    assert len(cut_off.aws("route53").list_hosted_zones()["HostedZones"]) == 1


def test_there_is_no_drift_afterwards(cut_off: Embedded) -> None:
    assert cut_off.run("up").code == 0
    for stack in ("local", REGION_STACK):
        preview = cut_off.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", stack)
        assert preview.code == 0, preview.output


def _kill_during(cloud: Embedded, stack: str, resource: str) -> None:
    """Run `up` and kill its pulumi process as soon as the creation of `resource` is in flight."""
    log = cloud.state.root.with_suffix(".log")
    with log.open("w") as output, subprocess.Popen(cloud.command("up"), stdout=output, stderr=output) as up:
        try:
            os.kill(_engine_at(cloud, stack, resource, up, log), signal.SIGKILL)
            up.wait(60)
        finally:
            up.kill()
    assert up.returncode == 1, log.read_text()
    assert "failed (exit code -9)" in log.read_text()


def _engine_at(cloud: Embedded, stack: str, resource: str, up: subprocess.Popen[bytes], log: Path) -> int:
    """The process id of the `pulumi up` that has just begun to create `resource`."""
    deadline = time.monotonic() + _MOMENT_SECONDS
    while True:
        # In this order: what an earlier kill left in flight is cleared before the next `pulumi up` starts.
        engine = _engine(up.pid, stack)
        if engine is not None and any(urn.endswith(resource) for urn in _in_flight(cloud, stack)):
            return engine
        assert up.poll() is None, f"`up` ended before it began {resource}:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"{resource} was not begun in {_MOMENT_SECONDS} s:\n{log.read_text()}"
        time.sleep(0.005)


def _in_flight(cloud: Embedded, stack: str) -> set[str]:
    """The URNs that the state says are being created."""
    checkpoint = cloud.state.backend / ".pulumi" / "stacks" / "wedsync" / f"{stack}.json"
    try:
        latest = json.loads(checkpoint.read_text())["checkpoint"].get("latest") or {}
    except (OSError, ValueError):  # not there yet, or being written
        return set()
    return {each["resource"]["urn"] for each in latest.get("pending_operations", []) if each["type"] == "creating"}


def _engine(parent: int, stack: str) -> int | None:
    """The process id of the `pulumi up` of `stack` that `parent` runs, None while it runs none."""
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        except OSError:  # it has ended
            continue
        if "up" in words and stack in words:
            return int(pid)
    return None
