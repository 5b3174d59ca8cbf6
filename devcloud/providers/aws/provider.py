"""The local `aws` provider: the engine's operations over the resource table."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from devcloud.providers.aws import differ, live
from devcloud.providers.aws.api import Api
from devcloud.providers.aws.check import Checker
from devcloud.providers.aws.finder import Finder
from devcloud.providers.aws.lifecycle import Lifecycle
from devcloud.providers.aws.live import Reader, Target
from devcloud.providers.aws.names import automatic_name, suggestion
from devcloud.providers.aws.overlay import live_where_ignored
from devcloud.providers.aws.settings import Settings, parse
from devcloud.providers.aws.table import Function, ResourceType
from devcloud.providers.aws.types import FUNCTIONS, TYPES
from devcloud.providers.aws.writeonly import WriteOnlyValues
from devcloud.providers.plugin import Checked, Difference, PartialFailureError, ProviderError, Resource, State
from devcloud.providers.properties import UNKNOWN, Path


class AwsProvider:
    """Implements `devcloud.providers.plugin.Provider` for the types of the table."""

    def __init__(self, new_api: Callable[[Settings], Api] = Api) -> None:
        self.version = version("pulumi-aws")
        self._new_api = new_api
        self._settings: Settings | None = None
        self._write_only = WriteOnlyValues()

    def configure(self, settings: dict[str, Any]) -> None:
        self._settings = parse(settings)
        self._api = self._new_api(self._settings)
        self._reader = Reader(self._api)
        self._checker = Checker(self._api)
        self._lifecycle = Lifecycle(self._api, self._reader, self._checker)
        self._finder = Finder(self._api, self._reader)

    def check(self, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes) -> Checked:
        entry = _entry(resource)
        inputs = self._with_defaults(entry, resource, olds, news, seed)
        failures = self._checker.failures(entry, inputs)
        return Checked(self._write_only.hide(entry, resource, inputs), failures)

    def diff(
        self,
        resource: Resource,
        old: State,
        news: dict[str, Any],
        ignore_changes: Sequence[str],  # noqa: ARG002 - the engine has put the old values there before Check
    ) -> Difference:
        return differ.difference(_entry(resource), resource.name, old, news)

    def create(self, resource: Resource, inputs: dict[str, Any], *, timeout: float, preview: bool) -> State:
        entry = _entry(resource)
        if preview:
            return State("", _previewed(entry, {}, inputs), inputs)
        deadline = time.monotonic() + (timeout or entry.timeout)
        target: Target | None = None
        sent: dict[str, Any] = {}
        try:
            sent = self._write_only.reveal(entry, resource, inputs, inputs)
            target = self._lifecycle.create(entry, self._region(inputs), sent)
            document = self._lifecycle.finish_create(target, sent, deadline)
        except ProviderError as error:
            if target is None:
                raise _about(resource, "create", error) from error
            raise self._incomplete(resource, target, inputs, "create", error) from error
        return self._state(target, document, inputs)

    def read(self, resource: Resource, old: State) -> State | None:
        entry = _entry(resource)
        target = Target(entry, old.identifier, self._region(old.inputs or old.outputs))
        try:
            document = self._reader.live(target)
        except ProviderError as error:
            raise _about(resource, "read", error) from error
        if document is None:
            return None
        properties = self._reader.properties(entry, document)
        inputs = live.refreshed(entry, old.inputs, properties) if old.inputs else live.imported(target, properties)
        return State(target.identifier, live.outputs(target, document, properties, inputs), inputs)

    def update(
        self,
        resource: Resource,
        old: State,
        news: dict[str, Any],
        *,
        ignore_changes: Sequence[str],
        timeout: float,
        preview: bool,
    ) -> State:
        entry = _entry(resource)
        if preview:
            return State(old.identifier, _previewed(entry, old.outputs, news), news)
        target = Target(entry, old.identifier, self._region(news))
        deadline = time.monotonic() + (timeout or entry.timeout)
        changed = differ.changed_inputs(entry, old, news)
        try:
            wanted = self._wanted(target, resource, news, changed, ignore_changes)
            document = self._lifecycle.update(target, old.inputs, wanted, changed, deadline)
        except ProviderError as error:
            raise _about(resource, "update", error) from error
        return self._state(target, document, news)

    def delete(self, resource: Resource, old: State, *, timeout: float) -> None:
        entry = _entry(resource)
        inputs = {**old.outputs, **old.inputs}
        target = Target(entry, old.identifier, self._region(inputs))
        try:
            self._lifecycle.delete(target, inputs, time.monotonic() + (timeout or entry.timeout))
        except ProviderError as error:
            raise _about(resource, "delete", error) from error

    def find(self, resource: Resource, inputs: dict[str, Any]) -> str | None:
        """The id of the live object that a create with these checked inputs has made; None when there is none.

        For a create whose end nobody saw. An object that is being deleted counts as none.

        Raises:
            ProviderError: several objects could be it, or the inputs do not tell it from others.
        """
        try:
            return self._finder.find(_entry(resource), self._region(inputs), inputs)
        except ProviderError as error:
            raise _about(resource, "find", error) from error

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        function = FUNCTIONS.get(token)
        if function is None:
            raise ProviderError(f"the local aws plugin has no function {token}{suggestion(token, FUNCTIONS)}")
        return self._invoke(function, arguments)

    def secret_outputs(self, resource: Resource, outputs: dict[str, Any]) -> set[Path]:
        inputs = _entry(resource).inputs
        return {(name,) for name in outputs if name in inputs and (inputs[name].secret or inputs[name].write_only)}

    def _invoke(self, function: Function, arguments: dict[str, Any]) -> dict[str, Any]:
        region = self._region(arguments)
        for name in arguments:
            if name not in (*function.arguments, "region"):
                hint = suggestion(name, function.arguments)
                raise ProviderError(f"{function.invoke}: the local aws plugin does not take {name!r}{hint}")
        scope = {**arguments, "region": region}
        answer = self._api.call(function.service, region, function.operation, live.evaluated(function.send, scope))
        return live.evaluated(function.returns, {**answer, **scope})

    def _with_defaults(
        self, entry: ResourceType, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes
    ) -> dict[str, Any]:
        inputs = {name: value for name, value in news.items() if value is not None}
        for name, given in entry.inputs.items():
            if given.default is not None:
                inputs.setdefault(name, given.default)
        if entry.regional:
            inputs.setdefault("region", self._configured.region)
        if "tags" in entry.inputs and self._configured.default_tags:
            tags = inputs.get("tags", {})
            inputs["tags"] = {**self._configured.default_tags, **tags} if isinstance(tags, Mapping) else tags
        if entry.name is not None and entry.name.input not in inputs:
            prefix = inputs.get(entry.name.prefix_input)
            name = olds.get(entry.name.input) or automatic_name(entry.name, resource.name, seed, prefix)
            inputs[entry.name.input] = UNKNOWN if prefix is UNKNOWN else name
        return inputs

    def _wanted(
        self,
        target: Target,
        resource: Resource,
        news: dict[str, Any],
        changed: set[str],
        ignore_changes: Sequence[str],
    ) -> dict[str, Any]:
        """What to send: the real write-only values, and live values where the program ignores changes."""
        wanted = self._write_only.reveal(target.entry, resource, news, changed)
        if not ignore_changes or (document := self._reader.live(target)) is None:
            return wanted
        return live_where_ignored(wanted, self._reader.properties(target.entry, document), ignore_changes)

    def _state(self, target: Target, document: live.Document, inputs: dict[str, Any]) -> State:
        properties = self._reader.properties(target.entry, document)
        return State(target.identifier, live.outputs(target, document, properties, inputs), inputs)

    def _incomplete(
        self, resource: Resource, target: Target, inputs: dict[str, Any], doing: str, error: ProviderError
    ) -> PartialFailureError:
        """The failure of an object that exists: with the outputs it has, so that state can keep it."""
        try:
            document = self._reader.live(target)
        except ProviderError:  # the first error is the one to tell
            document = None
        known = self._state(target, document, inputs).outputs if document else _echoed(target.entry, inputs)
        return PartialFailureError(target.identifier, known, inputs, [str(_about(resource, doing, error))])

    def _region(self, properties: Mapping[str, Any]) -> str:
        return properties.get("region") or self._configured.region

    @property
    def _configured(self) -> Settings:
        if self._settings is None:
            raise ProviderError("the local aws plugin is asked for something before it was configured")
        return self._settings


def _entry(resource: Resource) -> ResourceType:
    entry = TYPES.get(resource.type)
    if entry is None:
        raise ProviderError(
            f"{resource.type} is not in the local aws plugin's table{suggestion(resource.type, TYPES)}"
            " Add an entry in devcloud/providers/aws/types/"
        )
    return entry


def _previewed(entry: ResourceType, old: Mapping[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs as far as they are known before the call: the rest stays as it is, or is unknown of a new object."""
    if old:
        return {**old, **_echoed(entry, inputs)}
    computed = [*entry.outputs, *(name for name, given in entry.inputs.items() if given.live is not None)]
    return dict.fromkeys(computed, UNKNOWN) | _echoed(entry, inputs)


def _echoed(entry: ResourceType, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in inputs.items() if not (name in entry.inputs and entry.inputs[name].write_only)
    }


def _about(resource: Resource, doing: str, error: ProviderError) -> ProviderError:
    return ProviderError(f"{doing} {resource.type} {resource.name!r}: {error}")
