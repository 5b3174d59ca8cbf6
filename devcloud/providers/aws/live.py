"""The live object: how the service describes a resource, and what that means in Pulumi's properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.providers.aws.api import Api, ServiceError, input_members
from devcloud.providers.aws.equality import same
from devcloud.providers.aws.expressions import evaluate
from devcloud.providers.aws.mapping import from_api, member_name, plain
from devcloud.providers.aws.table import COMPUTED, Input, Read, ResourceType, Same

Document = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """One resource of a type in a region."""

    entry: ResourceType
    identifier: str
    region: str


class Reader:
    """Describes resources, by the reads of their entries."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def live(self, target: Target) -> Document | None:
        """The live object with what the further reads add to it; None when there is none.

        Raises:
            ProviderError: a read failed for another reason than that there is no such object.
        """
        first, *further = target.entry.reads
        found = self.read(target, first, {}, target.entry.missing)
        if found is None:
            return None
        live: Document = {**found, "region": target.region}
        for read in further:
            live[read.into] = self.read(target, read, live, ())
        if target.entry.gone and evaluate(target.entry.gone, live):
            return None
        return live

    def read(self, target: Target, read: Read, live: Document, missing: tuple[str, ...]) -> Any:
        """What one read finds; None where the service says that there is none."""
        scope: Document = {"id": target.identifier, "live": live}
        if not read.each:
            return self._read_once(target, read, scope, missing)
        items: list[Any] = evaluate(read.each, scope) or []
        return [self._read_once(target, read, {**scope, "item": item}, missing) for item in items]

    def _read_once(self, target: Target, read: Read, scope: Document, missing: tuple[str, ...]) -> Any:
        region = evaluate(read.region, scope) if read.region else target.region
        try:
            answer = self._api.call(target.entry.service, region, read.operation, evaluated(read.send, scope))
        except ServiceError as error:
            if error.code in (*read.missing, *missing):
                return None
            raise
        answer.pop("ResponseMetadata", None)
        return answer if read.at == "@" else evaluate(read.at, {**answer, **scope})

    def properties(self, entry: ResourceType, live: Document) -> dict[str, Any]:
        """The inputs of the table as they are now; None for those of which the service says nothing."""
        return {name: self._property(entry, name, given, live) for name, given in entry.inputs.items()}

    def _property(self, entry: ResourceType, name: str, given: Input, live: Document) -> Any:
        if given.live is None or given.write_only:
            return None
        if given.live:
            return plain(evaluate(given.live, live))
        for call in (entry.create, entry.update):
            members = input_members(self._api.operation(entry.service, call.operation)) if call else {}
            if member := member_name(name, given.api, members):
                return from_api(live.get(member), members[member], given)
        return plain(live.get(given.api or name))


def evaluated(expressions: Mapping[str, str], scope: Mapping[str, Any]) -> dict[str, Any]:
    """Expressions' values by name, without those that are null."""
    values = {name: evaluate(expression, scope) for name, expression in expressions.items()}
    return {name: value for name, value in values.items() if value is not None}


def outputs(target: Target, live: Document, properties: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """All output properties: those of the service, and inputs in the program's spelling where it means the same."""
    entry = target.entry
    values = {name: value for name, value in properties.items() if value not in (None, "")}
    values |= {name: plain(value) for name, value in evaluated(entry.outputs, live).items()}
    for name, value in inputs.items():
        given = entry.inputs.get(name)
        if given and given.write_only:
            continue
        if given is None or properties.get(name) is None or same(given.same, value, properties[name]):
            values[name] = _completed(given, value, properties.get(name))
    if entry.regional:
        values["region"] = target.region
    values["id"] = target.identifier
    return values


def refreshed(entry: ResourceType, inputs: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The program's inputs with what has drifted in its live form, and without what is no longer there."""
    result = dict(inputs)
    for name, value in inputs.items():
        given = entry.inputs.get(name)
        if given is None or given.live is None or given.write_only:
            continue
        live = properties.get(name)
        if live is None and given.absent is not COMPUTED and value != given.absent:
            del result[name]
        elif live is not None and not same(given.same, value, live):
            result[name] = _as_told(value, live) if given.same is Same.BLOCK else live
    return result


def _completed(given: Input | None, wanted: Any, live: Any) -> Any:
    """A block as the program spells it, with the members that the service added."""
    if given and given.same is Same.BLOCK and isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return {**live, **wanted}
    return wanted


def _as_told(wanted: Any, live: Any) -> Any:
    """The members of a live block that the program has a say in."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return {name: live[name] for name in wanted if live.get(name) is not None}
    return live


def imported(target: Target, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that would make the live object: all that are not what they are when a program says nothing."""
    entry = target.entry
    inputs: dict[str, Any] = {}
    for name, given in entry.inputs.items():
        value = properties.get(name)
        if given.default is not None and value is None:
            inputs[name] = given.default
        elif value not in (None, "", [], {}, given.absent):
            inputs[name] = value
    if entry.regional:
        inputs["region"] = target.region
    return inputs
