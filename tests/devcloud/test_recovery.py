"""What becomes of operations that a dead engine had in flight."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.recovery import settled

VPC, KEY = "aws:ec2/vpc:Vpc", "aws:kms/key:Key"


def _urn(kind: str, name: str) -> str:
    return f"urn:pulumi:local::wedsync::{kind}::{name}"


def _resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": _urn(kind, name), "type": kind, "custom": True, "inputs": {"given": name}, **more}


def _deployment(resources: list[dict[str, Any]], *operations: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    pending = [{"type": kind, "resource": resource} for kind, resource in operations]
    return {"manifest": {"version": "v3"}, "resources": resources, "pending_operations": pending}


def test_a_create_that_happened_becomes_a_resource_after_all_others() -> None:
    vpc = _resource(VPC, "network", id="vpc-1")
    key = _resource(KEY, "key", parent="urn of its component", protect=True)
    result = settled(_deployment([vpc], ("creating", key)), {key["urn"]: "key-1"})
    assert result["resources"] == [vpc, {**key, "id": "key-1"}]
    assert result["pending_operations"] == []
    assert result["manifest"] == {"version": "v3"}


def test_a_create_that_did_not_happen_is_forgotten() -> None:
    result = settled(_deployment([], ("creating", _resource(KEY, "key"))), {})
    assert (result["resources"], result["pending_operations"]) == ([], [])


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading"])
def test_other_operations_leave_the_resource_to_the_refresh(kind: str) -> None:
    vpc = _resource(VPC, "network", id="vpc-1")
    result = settled(_deployment([vpc], (kind, vpc)), {vpc["urn"]: "vpc-2"})
    assert (result["resources"], result["pending_operations"]) == ([vpc], [])


def test_the_object_that_a_create_was_to_replace_is_kept_to_be_deleted() -> None:
    old = _resource(VPC, "network", id="vpc-1")
    result = settled(_deployment([old], ("creating", _resource(VPC, "network"))), {old["urn"]: "vpc-2"})
    assert result["resources"] == [{**old, "delete": True}, {**_resource(VPC, "network"), "id": "vpc-2"}]


def test_the_old_object_is_not_taken_for_its_replacement() -> None:
    old = _resource(VPC, "network", id="vpc-1")
    result = settled(_deployment([old], ("creating", _resource(VPC, "network"))), {old["urn"]: "vpc-1"})
    assert result["resources"] == [old]


def test_the_deployment_given_is_left_as_it_is() -> None:
    old = _resource(VPC, "network", id="vpc-1")
    given = _deployment([old], ("creating", _resource(VPC, "network")))
    settled(given, {old["urn"]: "vpc-2"})
    assert given == _deployment([_resource(VPC, "network", id="vpc-1")], ("creating", _resource(VPC, "network")))
