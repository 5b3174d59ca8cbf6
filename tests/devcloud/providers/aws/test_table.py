"""The table against what it speaks of: the official SDK's classes on one side, botocore's models on the other.

And against its tests: every type is lived through at the endpoint by one of the files of `LIVES`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import jmespath
import pulumi_aws
import pytest

from devcloud.providers.aws.api import input_members
from devcloud.providers.aws.mapping import member_name
from devcloud.providers.aws.table import Call, Read, ResourceType
from devcloud.providers.aws.types import FUNCTIONS, TYPES

from . import (
    test_alarms,
    test_cluster_types,
    test_elasticache,
    test_lifecycle,
    test_network,
    test_services,
    test_storage,
)

SESSION = botocore.session.Session()
LIVES = (test_alarms, test_cluster_types, test_elasticache, test_lifecycle, test_network, test_services, test_storage)
ENTRIES = pytest.mark.parametrize("entry", TYPES.values(), ids=TYPES)


def sdk_properties(pulumi_type: str, suffix: str) -> set[str]:
    """Wire names of the properties of `<Class><suffix>` in the official SDK."""
    module, name = re.fullmatch(r"aws:(\w+)/\w+:(\w+)", pulumi_type).groups()  # pyright: ignore[reportOptionalMemberAccess]
    # By attribute: the SDK's modules are lazy, and importing a submodule by its name leaves its package half made.
    sdk = getattr(getattr(pulumi_aws, module), name)
    if suffix:
        # Where a nested block has the name already (s3.BucketLoggingArgs), the resource's has another.
        own = inspect.getmodule(sdk)
        sdk = getattr(own, f"{name}Init{suffix}", None) or getattr(own, name + suffix)
    getters = (
        getattr(member.fget, "_pulumi_name", None)
        for _, member in inspect.getmembers(sdk)
        if isinstance(member, property)
    )
    return {name for name in getters if name}


def calls_of(entry: ResourceType) -> Iterator[Call | Read]:
    yield entry.create
    yield from entry.reads
    yield from (call for call in (entry.update, entry.delete) if call)
    for call in (*entry.then, *entry.before_delete):
        yield call
        yield from call.reads


def operation(service: str, name: str) -> Any:
    return SESSION.get_service_model(service).operation_model(name)


def expressions_of(entry: ResourceType) -> Iterator[str]:
    yield entry.id
    yield from entry.outputs.values()
    yield from (given.live for given in entry.inputs.values() if given.live)
    for call in calls_of(entry):
        yield from call.send.values()
        if isinstance(call, Call):
            yield from (text for text in (call.when, call.each) if text)
        else:
            yield call.at


def test_every_type_is_lived_through_in_one_place() -> None:
    lived = [name for module in LIVES for name in {case.pulumi_type for case in module.CASES}]
    # What is a part of something else has no life of its own; test_network_rules.py has the one of them.
    assert sorted(lived) == sorted(name for name, entry in TYPES.items() if entry.delete)


@ENTRIES
def test_every_input_and_output_is_one_of_the_official_provider(entry: ResourceType) -> None:
    inputs, outputs = sdk_properties(entry.pulumi_type, "Args"), sdk_properties(entry.pulumi_type, "")
    assert set(entry.all_inputs()) <= inputs
    assert set(entry.outputs) <= outputs
    assert ("region" in inputs) == entry.regional


@ENTRIES
def test_every_output_of_the_official_provider_is_reported(entry: ResourceType) -> None:
    computed = sdk_properties(entry.pulumi_type, "") - sdk_properties(entry.pulumi_type, "Args")
    assert computed <= set(entry.outputs)


@ENTRIES
def test_every_call_and_parameter_is_in_the_service_model(entry: ResourceType) -> None:
    for call in calls_of(entry):
        unknown = set(call.send) - set(input_members(operation(entry.service, call.operation)))
        assert not unknown, (call.operation, unknown)


@ENTRIES
def test_every_required_parameter_of_further_calls_is_sent(entry: ResourceType) -> None:
    for call in calls_of(entry):
        if call is entry.create or call is entry.update:
            continue
        shape = operation(entry.service, call.operation).input_shape
        assert set(shape.required_members) <= set(call.send), call.operation


@ENTRIES
def test_every_input_reaches_the_service(entry: ResourceType) -> None:
    text = " ".join(expressions_of(entry))
    operations = [operation(entry.service, call.operation) for call in (entry.create, entry.update) if call]
    others = {name for call in entry.then for name in call.on} | ({entry.name.prefix_input} if entry.name else set())
    for name, given in entry.inputs.items():
        sent = any(member_name(name, given.api, input_members(model)) for model in operations)
        assert sent or re.search(rf"\binput\.{name}\b", text) or name in others, name


@ENTRIES
def test_every_changeable_input_has_a_call_that_changes_it(entry: ResourceType) -> None:
    members = input_members(operation(entry.service, entry.update.operation)) if entry.update else {}
    sent = " ".join(entry.update.send.values()) if entry.update else ""
    triggers = {name for call in entry.then for name in call.on}
    assert triggers <= set(entry.inputs)
    for name, given in entry.inputs.items():
        changes = name in triggers or member_name(name, given.api, members) or re.search(rf"\binput\.{name}\b", sent)
        # What the service never tells says how to go about something else; what is replaced needs no change.
        assert changes or given.replace or given.live is None or given.kind is None, name


@ENTRIES
def test_every_expression_is_jmespath(entry: ResourceType) -> None:
    for expression in expressions_of(entry):
        jmespath.compile(expression)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_is_in_the_service_model(function: Any) -> None:
    assert set(function.send) <= set(input_members(operation(function.service, function.operation)))
    for expression in (*function.send.values(), *function.returns.values()):
        jmespath.compile(expression)
