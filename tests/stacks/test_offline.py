"""Programs run without a cloud: which, in which order, and where their resources would be."""

from __future__ import annotations

import pulumi
import pytest

from stacks.offline import aws_regions, run_stack, run_stacks
from stacks.recording import Registered
from tests.stacks.conftest import Registers

PROVIDER = "pulumi:providers:aws"


def _registered(urn: str, type_token: str, provider: str = "", **inputs: object) -> Registered:
    return Registered(urn, type_token, "name", True, inputs, provider, False, [], [])


def test_the_global_stack_runs_first_and_regions_read_what_it_exports(graph: Registers) -> None:
    runs = run_stacks("local", ["us-west-1"])
    assert list(runs) == ["local", "local-us-west-1"]
    for stack, run in runs.items():
        # Programs register in no certain order.
        assert {each.urn: each.inputs for each in run.registered} == {
            each.urn: each.inputs for each in graph(stack).resources
        }
    records = {
        each.name: each.inputs
        for each in runs["local-us-west-1"].registered
        if each.type == "aws:route53/record:Record"
    }
    assert records
    assert {each["zoneId"] for each in records.values()} == {runs["local"].exports["zone_id"]}


def test_a_stack_that_does_not_exist_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match="'us-north-9' is not a region of environment local"):
        run_stack("local-us-north-9", {})


def test_a_resource_is_where_its_provider_is() -> None:
    home, other = "urn:pulumi:prod::wedsync::pulumi:providers:aws::aws", "urn:x::pulumi:providers:aws::elsewhere"
    where = aws_regions(
        [
            _registered(home, PROVIDER, region="us-east-1"),
            _registered(other, PROVIDER, region="eu-central-1"),
            _registered("a", "aws:kms/key:Key", f"{home}::id-1"),
            _registered("b", "aws:kms/key:Key", f"{other}::id-2"),
            _registered("c", "kubernetes:core/v1:Namespace", "urn:x::pulumi:providers:kubernetes::cluster::id-3"),
            _registered("d", "wedsync:security:EncryptionKey"),
        ]
    )
    assert (where["a"], where["b"], where["c"], where["d"]) == ("us-east-1", "eu-central-1", None, None)
