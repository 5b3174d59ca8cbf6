"""What each region renders, as files to be read: one region whole, the others by what differs from it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from stacks.environment import load_environment

from .conftest import Registers
from .rendering import differences, identity, rendered

BASE = "prod-us-east-1"
STACKS = [
    f"{environment}-{region}" for environment in ("prod", "local") for region in load_environment(environment).regions
]


class _YamlFile(SingleFileSnapshotExtension):
    """A file for each test, so that a region's rendering is one file to review."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


class _Readable(yaml.CSafeDumper):
    """Texts of several lines as they are read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - nothing is written as a reference to elsewhere
        return True


def _block(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _block)


@pytest.mark.parametrize("stack", STACKS)
def test_the_objects_stay(stack: str, graph: Registers, snapshot: SnapshotAssertion) -> None:
    """A change here is a change of that region's cluster."""
    objects, base = rendered(graph(stack).resources), rendered(graph(BASE).resources)
    documents = objects if stack == BASE else [differences(objects, base)]
    assert _text(documents) == snapshot.use_extension(_YamlFile)


def test_every_object_says_what_it_is_and_has_a_name_of_its_own(graph: Registers) -> None:
    """A name that Pulumi makes up would differ from deployment to deployment."""
    for stack in STACKS:
        objects = rendered(graph(stack).resources)
        assert len({identity(each) for each in objects}) == len(objects) > 50
        assert all(each["apiVersion"] for each in objects)


def test_what_differs_is_told_and_nothing_else() -> None:
    common = {"kind": "ConfigMap", "metadata": {"name": "common"}, "data": {"same": "1"}}
    ours = {"kind": "Service", "metadata": {"name": "api", "namespace": "apps"}, "spec": {"ports": [1, 2], "type": "A"}}
    theirs = {**ours, "spec": {"ports": [1, 3], "selector": {"a": "b"}}}
    gone = {"kind": "Service", "metadata": {"name": "gone"}}

    found = differences([ours, common], [gone, common, theirs])

    assert found["added"] == []
    assert found["removed"] == ["Service gone"]
    assert found["changed"] == {
        "Service apps/api": {"spec.ports[1]": 2, "spec.selector": None, "spec.type": "A"},
    }


def _text(documents: list[Any]) -> str:
    return yaml.dump_all(documents, Dumper=_Readable, sort_keys=True, width=120, explicit_start=True)
