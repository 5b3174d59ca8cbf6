"""Writes the flat program: everything that a stack registers, without components and without a region model.

It is made from what the real program does, whenever it is needed, so it is never behind.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import pulumi

from bench.capture import Call, Computed, Program, Reference, Secret
from bench.flat_state import FLAT_PROJECT, flat_urns
from devcloud.state import CHECKOUT

MODULE = "flat.py"
_DRAWN = 'pulumi.Output.secret("drawn when the cluster is born")'
_HEADER = """import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s


def register():
"""
# A module of its own, because Python keeps the bytecode of modules only: the real program's are kept, too.
_MAIN = "import flat\n\nflat.register()\n"
_ALIASES = {"pulumi_aws": "aws", "pulumi_kubernetes": "k8s", "pulumi": "pulumi"}
# The generated classes fill these in.
_IMPLIED = ("api_version", "kind")


def write_flat_project(program: Program, directory: Path) -> Path:
    """Write the project of the flat program that does what `program` did into a new directory, which is returned."""
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(
        f"name: {FLAT_PROJECT}\nruntime:\n  name: python\n  options:\n    virtualenv: {CHECKOUT / '.venv'}\n"
    )
    (directory / MODULE).write_text(_HEADER + "".join(f"    {line}\n" for line in _Writer(program).lines()))
    (directory / "__main__.py").write_text(_MAIN)
    return directory


class _Writer:
    """Writes constructor calls as Python, with variables for the resources that others refer to."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._used: set[int] = set()
        self._names: dict[int, str] = {}
        self._titles = {
            urn: flat.rsplit("::", 1)[-1] for urn, flat in flat_urns([c.urn for c in program.calls]).items()
        }
        for call in program.calls:
            self._names[id(call.resource)] = self._variable(call)

    def lines(self) -> list[str]:
        """The constructor calls in order, and the stack's outputs."""
        exports = [f"pulumi.export({name!r}, {self._expression(to)})" for name, to in self._program.exports.items()]
        constructors = [(self._names[id(call.resource)], self._constructor(call)) for call in self._program.calls]
        used = {self._names[each] for each in self._used}
        return [*(f"{name} = {made}" if name in used else made for name, made in constructors), *exports]

    def _constructor(self, call: Call) -> str:
        words = [repr(self._titles[call.urn]), *self._inputs(call)]
        options = self._options(call)
        if options:
            words.append(f"opts=pulumi.ResourceOptions({', '.join(options)})")
        return f"{_dotted(type(call.resource))}({', '.join(words)})"

    def _inputs(self, call: Call) -> list[str]:
        if isinstance(call.resource, pulumi.StackReference):
            return [f"stack_name={call.options.id!r}"]
        custom = type(call.resource).__name__ == "CustomResource"
        inputs = {name: value for name, value in call.inputs.items() if custom or name not in _IMPLIED}
        if isinstance(call.resource, pulumi.ProviderResource):
            # Providers take everything but text as JSON; their classes make that of it.
            inputs = {name: _from_json(value) for name, value in inputs.items()}
        return [f"{name}={self._expression(value)}" for name, value in inputs.items()]

    def _options(self, call: Call) -> list[str]:
        words: list[str] = []
        if not isinstance(call.resource, pulumi.ProviderResource | pulumi.StackReference):
            words.append(f"provider={self._name(self._provider(call))}")
        if call.needs:
            words.append(f"depends_on=[{', '.join(map(self._name, call.needs))}]")
        if call.options.ignore_changes:
            words.append(f"ignore_changes={call.options.ignore_changes!r}")
        return words

    def _provider(self, call: Call) -> pulumi.Resource:
        package = type(call.resource).__module__.split(".")[0]
        return next(
            each.resource
            for each in self._program.calls
            if isinstance(each.resource, pulumi.ProviderResource) and type(each.resource).__module__.startswith(package)
        )

    def _expression(self, value: Any) -> str:
        if isinstance(value, Secret):
            return _DRAWN
        if isinstance(value, Reference):
            return self._reference(value)
        if isinstance(value, Computed):
            # It waits for them, as the real one does, and depends on them.
            outputs = ", ".join(f"{self._name(each)}.urn" for each in value.resources)
            return f"pulumi.Output.all({outputs}).apply(lambda _: {value.value!r})"
        if isinstance(value, Enum):
            return f"{_dotted(type(value))}.{value.name}"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self._expression(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self._expression(item) for item in value) + "]"
        return repr(value)

    def _reference(self, reference: Reference) -> str:
        name = self._name(reference.resource)
        if isinstance(reference.resource, pulumi.StackReference):
            _, output, *keys = reference.path
            return f"{name}.require_output({output!r})" + "".join(f"[{key!r}]" for key in keys)
        first, *rest = reference.path
        return f"{name}.{first}" + "".join(f"[{key!r}]" for key in rest)

    def _name(self, resource: pulumi.Resource) -> str:
        self._used.add(id(resource))
        return self._names[id(resource)]

    def _variable(self, call: Call) -> str:
        wish = (
            f"{self._titles[call.urn]}_{type(call.resource).__module__.split('.')[-2]}_{type(call.resource).__name__}"
        )
        name = re.sub(r"\W", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wish)).lower()
        if keyword.iskeyword(name) or name in self._names.values():
            raise ValueError(f"two resources would be variable {name}: give one of them another name")
        return name


def _from_json(value: Any) -> Any:
    """A provider's input as its class takes it."""
    try:
        return json.loads(value)
    except (TypeError, ValueError):  # nested already, or text
        return value


def _dotted(kind: type) -> str:
    """How a program writes a class, e.g. "aws.rds.Cluster": by the package that re-exports it."""
    package, *modules = kind.__module__.split(".")
    inner: Sequence[str] = [] if package == "pulumi" else modules[:-1]
    return ".".join([_ALIASES[package], *inner, kind.__name__])
