"""Check: whether inputs can be sent at all, by the table and by botocore's models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from devcloud.providers.aws.api import Api, input_members
from devcloud.providers.aws.live import evaluated
from devcloud.providers.aws.mapping import Failures, member_name, to_api
from devcloud.providers.aws.names import suggestion
from devcloud.providers.aws.table import Call, Input, ResourceType
from devcloud.providers.properties import UNKNOWN, Path, contains_unknown, path_text

_KINDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a map",
}


class Checker:
    """Validates inputs and turns them into the parameters of create and update calls."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def failures(self, entry: ResourceType, inputs: Mapping[str, Any]) -> Failures:
        """(property, reason) for everything that is wrong with complete inputs; unknowns are taken as right."""
        found: Failures = []
        senders: dict[str, str] = {}
        known = entry.all_inputs()
        for name, value in inputs.items():
            if name not in known:
                found.append(
                    (name, f"{entry.pulumi_type} has no such input in this plugin's table{suggestion(name, known)}")
                )
            else:
                self._check_input(entry, name, value, found, senders)
        if not found and not contains_unknown(dict(inputs)):
            found.extend(self._whole_call_failures(entry, inputs))
        return found

    def parameters(self, entry: ResourceType, call: Call, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the inputs that the call takes, in the API's form.

        Inputs that the table handles by an expression (`Call.send`) are not among them.
        """
        members = input_members(self._api.operation(entry.service, call.operation))
        ignored: Failures = []  # reported by Check
        result: dict[str, Any] = {}
        for name, value in inputs.items():
            member = member_name(name, entry.inputs[name].api, members) if name in entry.inputs else None
            if member is not None and member not in call.send and value is not None:
                result[member] = to_api(value, members[member], (name,), entry.inputs[name], ignored)
        return result

    def _check_input(
        self, entry: ResourceType, name: str, value: Any, found: Failures, senders: dict[str, str]
    ) -> None:
        given = entry.all_inputs()[name]
        member, shape = self._target(entry, name, given)
        if value is None or value is UNKNOWN:
            return
        if shape is not None:
            to_api(value, shape, (name,), given, found)
        elif given.kind is not None:
            _check_kind(name, value, given, found)
        other = senders.setdefault(member, name)
        if other != name:
            found.append((name, f"conflicts with {other}: both are the {member} of {entry.create.operation}"))

    def _target(self, entry: ResourceType, name: str, given: Input) -> tuple[str, Shape | None]:
        """The parameter that the input is sent as, and its shape; the input's own name without one."""
        for call in (entry.create, entry.update):
            if call is None:
                continue
            members = input_members(self._api.operation(entry.service, call.operation))
            member = member_name(name, given.api, members)
            if member is not None and member not in call.send:
                return member, members[member]
        return name, None

    def _whole_call_failures(self, entry: ResourceType, inputs: Mapping[str, Any]) -> Failures:
        scope = {"input": inputs, "old": {}, "live": {"region": inputs.get("region")}}
        parameters = self.parameters(entry, entry.create, inputs) | evaluated(entry.create.send, scope)
        shape = self._api.operation(entry.service, entry.create.operation).input_shape
        if shape is None:
            return []
        report = ParamValidator().validate(parameters, shape)
        return [("", line) for line in report.generate_report().splitlines()]


def _check_kind(name: str, value: Any, given: Input, found: Failures) -> None:
    kind = given.kind or object
    if not _is(value, kind):
        found.append((name, f"must be {_KINDS[kind]}, not {value!r}"))
    elif isinstance(value, list) and given.block:
        for i, item in enumerate(value):
            _check_block((name, i), item, given, found)
    elif given.block:
        _check_block((name,), value, given, found)


def _check_block(path: Path, value: Any, given: Input, found: Failures) -> None:
    if value is UNKNOWN:
        return
    if not isinstance(value, Mapping):
        found.append((path_text(path), f"must be a block, not {value!r}"))
        return
    for member, item in value.items():
        here = path_text((*path, member))
        kind = given.block.get(member)
        if kind is None:
            found.append((here, f"there is no such property{suggestion(member, given.block)}"))
        elif item is not None and item is not UNKNOWN and not _is(item, kind):
            found.append((here, f"must be {_KINDS[kind]}, not {item!r}"))


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool) and kind in (int, float):
        return False
    return isinstance(value, int | float if kind is float else kind)
