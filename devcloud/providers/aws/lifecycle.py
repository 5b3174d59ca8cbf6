"""Create, update and delete, by the calls of a table entry."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from devcloud.providers.aws.api import Api, ServiceError, input_members
from devcloud.providers.aws.check import Checker
from devcloud.providers.aws.expressions import evaluate
from devcloud.providers.aws.live import Document, Reader, Target, evaluated
from devcloud.providers.aws.mapping import member_name
from devcloud.providers.aws.table import COMPUTED, Call, ResourceType
from devcloud.providers.plugin import ProviderError

_FIRST_POLL = 0.05
_LONGEST_POLL = 2.0


class Lifecycle:
    """Carries out the calls of an entry and waits for what they start."""

    def __init__(self, api: Api, reader: Reader, checker: Checker) -> None:
        self._api, self._reader, self._checker = api, reader, checker

    def create(self, entry: ResourceType, region: str, inputs: Mapping[str, Any]) -> Target:
        """The new resource, before it is ready: `finish_create` does the rest.

        Raises:
            ProviderError: the service refused; nothing was created.
        """
        scope: Document = {"input": inputs, "old": {}, "live": {"region": region}}
        parameters = self._checker.parameters(entry, entry.create, inputs) | evaluated(entry.create.send, scope)
        where = evaluate(entry.create.region, scope) if entry.create.region else region
        response = self._api.call(entry.service, where, entry.create.operation, parameters)
        return Target(entry, evaluate(entry.id, {**scope, "response": response}), region)

    def finish_create(self, target: Target, inputs: Mapping[str, Any], deadline: float) -> Document:
        """Wait until it is ready, do what the create call could not, and return the live object."""
        live = self._ready(target, deadline)
        names = {name for name, value in inputs.items() if value is not None}
        sent = self._taken_by(target.entry, target.entry.create)
        later = self._taken_by(target.entry, target.entry.update) - sent - _instructions(target.entry)
        scope: Document = {"input": inputs, "old": {}, "live": live, "id": target.identifier}
        again = False
        if names & later:
            self._send_update(target, {name: inputs[name] for name in names & later}, scope)
            again = True
        fired = self._then(target, names, scope)
        return self._ready(target, deadline) if again or fired else live

    def update(
        self, target: Target, old: Mapping[str, Any], inputs: Mapping[str, Any], changed: set[str], deadline: float
    ) -> Document:
        """Bring the changed inputs to the live object and return it.

        Raises:
            ProviderError: the service refused, or has no operation that could change one of them.
        """
        entry = target.entry
        live = self._ready(target, deadline)
        scope: Document = {"input": inputs, "old": old, "live": live, "id": target.identifier}
        by_update = changed & self._taken_by(entry, entry.update) - _write_only(entry) - _instructions(entry)
        self._refuse_unchangeable(target, changed - by_update, scope)
        if by_update:
            again = self._taken_by(entry, entry.update) if entry.update and entry.update.whole else set[str]()
            sent = by_update | {name for name in again - _write_only(entry) if inputs.get(name) is not None}
            self._send_update(target, {name: _value_or_absent(entry, name, inputs) for name in sent}, scope)
        self._then(target, changed, scope)
        return self._ready(target, deadline)

    def delete(self, target: Target, inputs: Mapping[str, Any], deadline: float) -> None:
        """Delete it and wait until it is gone; done already if it is gone before, or if it stays by its nature."""
        entry = target.entry
        live = self._reader.live(target)
        if live is None or entry.delete is None:
            return
        scope: Document = {"input": inputs, "old": {}, "live": live, "id": target.identifier}
        for call in entry.before_delete:
            self._carry_out(target, call, scope)
        self._send(target, entry.delete, scope, missing=entry.missing)
        for _ in _polls(deadline):
            if self._reader.live(target) is None:
                return
        raise ProviderError(f"{_label(target)}: not gone after the time it was given")

    def _ready(self, target: Target, deadline: float) -> Document:
        """The live object, as soon as its state is one in which it can be used."""
        wait = target.entry.wait
        state: Any = None
        for _ in _polls(deadline):
            live = self._reader.live(target)
            if live is None:
                raise ProviderError(f"{_label(target)}: the service says it does not exist")
            if wait is None:
                return live
            state = evaluate(wait.state, live)
            if state in wait.ready:
                return live
            if state in wait.failed:
                raise ProviderError(f"{_label(target)} failed: it is {state!r}")
        raise ProviderError(f"{_label(target)} is still {state!r} after the time it was given")

    def _then(self, target: Target, changed: set[str], scope: Document) -> bool:
        """Carry out the further calls that the changed inputs make necessary; whether there was one."""
        calls = [call for call in target.entry.then if changed.intersection(call.on)]
        carried_out = [self._carry_out(target, call, scope) for call in calls]
        return any(carried_out)

    def _carry_out(self, target: Target, call: Call, scope: Document) -> bool:
        for read in call.reads:
            scope = {**scope, "live": {**scope["live"], read.into: self._reader.read(target, read, scope["live"], ())}}
        if call.when and not evaluate(call.when, scope):
            return False
        items = list(_items(call, scope))
        for item in items:
            self._send(target, call, {**scope, "item": item})
        return bool(items)

    def _send(
        self,
        target: Target,
        call: Call,
        scope: Document,
        inputs: Mapping[str, Any] | None = None,
        missing: tuple[str, ...] = (),
    ) -> None:
        parameters = self._checker.parameters(target.entry, call, inputs or {}) | evaluated(call.send, scope)
        region = evaluate(call.region, scope) if call.region else target.region
        try:
            self._api.call(target.entry.service, region, call.operation, parameters)
        except ServiceError as error:
            if error.code not in missing:
                raise

    def _send_update(self, target: Target, values: Mapping[str, Any], scope: Document) -> None:
        call = target.entry.update
        assert call is not None  # noqa: S101 - the caller found these inputs among its parameters
        self._send(target, call, scope, values)

    def _taken_by(self, entry: ResourceType, call: Call | None) -> set[str]:
        """The inputs that a call takes, by parameter or in an expression."""
        if call is None:
            return set()
        members = input_members(self._api.operation(entry.service, call.operation))
        expressions = " ".join(call.send.values())
        return {
            name
            for name, given in entry.inputs.items()
            if member_name(name, given.api, members) or re.search(rf"\binput\.{name}\b", expressions)
        }

    def _refuse_unchangeable(self, target: Target, names: set[str], scope: Document) -> None:
        entry = target.entry
        handled = {
            name for call in entry.then if not call.when or evaluate(call.when, scope) for name in call.on
        } | _instructions(entry)
        for name in sorted(names - handled):
            raise ProviderError(
                f"{_label(target)}: {name} cannot be changed to {scope['input'].get(name)!r} on an"
                " existing object, the service has no operation for it. Replace the resource or restore the old value"
            )


def _label(target: Target) -> str:
    return f"{target.entry.pulumi_type} {target.identifier}"


def _value_or_absent(entry: ResourceType, name: str, inputs: Mapping[str, Any]) -> Any:
    value = inputs.get(name)
    absent = entry.inputs[name].absent
    return absent if value is None and absent is not COMPUTED else value


def _write_only(entry: ResourceType) -> set[str]:
    return {name for name, given in entry.inputs.items() if given.write_only}


def _instructions(entry: ResourceType) -> set[str]:
    """Inputs that say how to do other things (deletion options): changing them alone calls for nothing."""
    return {name for name, given in entry.inputs.items() if given.live is None and not given.replace and given.kind}


def _items(call: Call, scope: Document) -> Iterator[Any]:
    if not call.each:
        yield None
        return
    items: list[Any] = evaluate(call.each, scope) or []
    if not call.batch:
        yield from items
        return
    for start in range(0, len(items), call.batch):
        yield items[start : start + call.batch]


def _polls(deadline: float) -> Iterator[None]:
    """Once now, then at growing intervals until the deadline (of time.monotonic)."""
    pause = _FIRST_POLL
    yield
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_POLL)
        yield
