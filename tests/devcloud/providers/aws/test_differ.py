"""Diff: what is a change, what replaces, and in which order."""

from __future__ import annotations

from typing import Any

from devcloud.providers.aws.differ import difference
from devcloud.providers.aws.types import TYPES
from devcloud.providers.changes import Change, Kind
from devcloud.providers.plugin import Difference, State

CLUSTER = TYPES["aws:rds/cluster:Cluster"]
INPUTS = {
    "clusterIdentifier": "db",
    "engine": "aurora-postgresql",
    "engineVersion": "15.10",
    "deletionProtection": True,
    "preferredBackupWindow": "01:00-02:00",
    "masterPasswordWo": "(write-only)",
    "masterPasswordWoVersion": 1,
    "vpcSecurityGroupIds": ["sg-1", "sg-2"],
}
OLD = State("db", {**INPUTS, "availabilityZones": ["a", "b"], "port": 5432}, INPUTS)


def diff(**changes: Any) -> Difference:
    news = {name: value for name, value in {**INPUTS, **changes}.items() if value is not None}
    return difference(CLUSTER, "database", OLD, news)


def test_equal_inputs_are_no_change() -> None:
    assert diff() == Difference([])


def test_an_input_that_can_be_changed_is_an_update() -> None:
    assert diff(engineVersion="16.4").changes == [Change(("engineVersion",), Kind.UPDATE)]


def test_a_force_new_input_replaces_and_an_explicit_name_is_deleted_first() -> None:
    assert diff(engine="aurora-mysql") == Difference([Change(("engine",), Kind.UPDATE, replace=True)], True)
    assert not diff(clusterIdentifier="other").delete_before_replace


def test_a_made_up_name_is_created_beside_the_old_one() -> None:
    inputs = {**INPUTS, "clusterIdentifier": "database-0a1b2c3"}
    news = {**inputs, "engine": "aurora-mysql"}
    assert not difference(CLUSTER, "database", State("x", inputs, inputs), news).delete_before_replace


def test_leaving_the_global_cluster_is_an_update() -> None:
    old = State("db", {}, {**INPUTS, "globalClusterIdentifier": "world"})
    assert difference(CLUSTER, "database", old, INPUTS).changes == [Change(("globalClusterIdentifier",), Kind.DELETE)]


def test_leaving_a_computed_input_to_the_service_is_no_change() -> None:
    assert diff(preferredBackupWindow=None) == Difference([])


def test_removing_an_input_with_a_meaning_is_a_change_unless_it_says_the_same() -> None:
    assert diff(deletionProtection=None).changes == [Change(("deletionProtection",), Kind.DELETE)]
    assert diff(copyTagsToSnapshot=False) == Difference([])


def test_saying_what_already_is_so_is_no_change() -> None:
    assert diff(availabilityZones=["b", "a"], port=5432) == Difference([])
    assert diff(port=5433).changes == [Change(("port",), Kind.ADD)]


def test_order_of_a_set_is_no_change() -> None:
    assert diff(vpcSecurityGroupIds=["sg-2", "sg-1"]) == Difference([])


def test_only_the_version_sends_a_write_only_value_again() -> None:
    assert diff(masterPasswordWo="something else") == Difference([])
    assert diff(masterPasswordWoVersion=2).changes == [Change(("masterPasswordWoVersion",), Kind.UPDATE)]
