"""Find: the object that a create has made whose end nobody saw, because the engine was killed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devcloud.providers.aws.api import Api, ServiceError
from devcloud.providers.aws.equality import same
from devcloud.providers.aws.expressions import evaluate
from devcloud.providers.aws.live import Document, Reader, Target, evaluated
from devcloud.providers.aws.table import Find, Name, ResourceType
from devcloud.providers.plugin import ProviderError


class Finder:
    """Finds live objects by the inputs they were created with."""

    def __init__(self, api: Api, reader: Reader) -> None:
        self._api, self._reader = api, reader

    def find(self, entry: ResourceType, region: str, inputs: Mapping[str, Any]) -> str | None:
        """The id of the object that a create with these inputs has made; None when there is none.

        Raises:
            ProviderError: the service refused, several objects could be it, or the inputs do not tell it from others.
        """
        if entry.find is not None:
            return self._searched(entry, entry.find, region, inputs)
        if "response" not in entry.id:
            identifier: str = evaluate(entry.id, {"input": inputs})
            return identifier if self._present(Target(entry, identifier, region)) else None
        assert entry.name is not None  # noqa: S101 - a test of the table sees to it
        return self._named(entry, entry.name, region, inputs)

    def _named(self, entry: ResourceType, name: Name, region: str, inputs: Mapping[str, Any]) -> str | None:
        live = self._present(Target(entry, inputs[name.input], region))
        # The id is the name in the service's own spelling: RDS keeps names in lower case.
        return None if live is None else self._reader.properties(entry, live)[name.input]

    def _searched(self, entry: ResourceType, find: Find, region: str, inputs: Mapping[str, Any]) -> str | None:
        for name in find.by:
            if not inputs.get(name):
                raise ProviderError(
                    f"whether it was created cannot be told: it is known by its {', '.join(find.by)}, and it has no"
                    f" {name}. If you find it in {region}, import it or delete it, and take it out of the state's"
                    " pending operations"
                )
        found = [
            identifier
            for identifier in self._candidates(entry, find, region, inputs)
            if (live := self._present(Target(entry, identifier, region)))
            and _is_meant(entry, find, inputs, self._reader.properties(entry, live))
        ]
        if len(found) > 1:
            raise ProviderError(
                f"{len(found)} objects in {region} are what was being created, the same in"
                f" {', '.join((*find.by, *find.alike))}: {', '.join(sorted(found))}. Delete those that nothing uses,"
                " and try again"
            )
        return found[0] if found else None

    def _candidates(self, entry: ResourceType, find: Find, region: str, inputs: Mapping[str, Any]) -> list[str]:
        parameters = evaluated(find.send, {"input": inputs})
        try:
            answer = self._api.call(entry.service, region, find.operation, parameters)
        except ServiceError as error:
            if error.code in entry.missing:
                return []
            raise
        return evaluate(find.ids, answer) or []

    def _present(self, target: Target) -> Document | None:
        """The live object, unless it is being deleted."""
        live, wait = self._reader.live(target), target.entry.wait
        leaves = live is not None and wait is not None and evaluate(wait.state, live) in wait.leaving
        return None if leaves else live


def _is_meant(entry: ResourceType, find: Find, inputs: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    """Whether a live object's properties are those that the inputs ask for.

    One that differs in what cannot be changed is another object: the one that was being replaced, with the same tags.
    """
    # Zero and nothing are one: all traffic has no ports, and a program may say 0.
    compared = [*find.by, *(name for name in find.alike if inputs.get(name) or properties.get(name))]
    for name, given in entry.inputs.items():
        if given.replace and inputs.get(name) is not None and properties.get(name) is not None:
            compared.append(name)
    return all(same(entry.inputs[name].same, inputs.get(name), properties.get(name)) for name in compared)
