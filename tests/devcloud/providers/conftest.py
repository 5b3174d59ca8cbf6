"""A provider over a dictionary instead of a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from devcloud.providers.changes import compare
from devcloud.providers.plugin import (
    Checked,
    Difference,
    PartialFailureError,
    ProviderError,
    Resource,
    State,
)
from devcloud.providers.properties import Path


class MemoryProvider:
    """Objects by id. What it is to fail with is in the inputs: {"fail": message} or {"stuck": reasons}."""

    version = "1.2.3"

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[Any, ...]] = []

    def configure(self, settings: dict[str, Any]) -> None:
        self._fail(settings)
        self.settings = settings

    def check(self, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes) -> Checked:
        self.calls.append(("check", resource, olds, seed))
        failures = [(name, "is not known") for name in news if name.startswith("unknown")]
        return Checked({"name": f"{resource.name}-{seed.decode()}", **news}, failures)

    def diff(self, resource: Resource, old: State, news: dict[str, Any], ignore_changes: Sequence[str]) -> Difference:
        self.calls.append(("diff", resource, old, list(ignore_changes)))
        return Difference([change for change in compare(old.inputs, news) if change.path[0] not in ignore_changes])

    def create(self, resource: Resource, inputs: dict[str, Any], *, timeout: float, preview: bool) -> State:
        self.calls.append(("create", resource, timeout, preview))
        return self._put("object-1", inputs)

    def read(self, resource: Resource, old: State) -> State | None:
        self.calls.append(("read", resource, old))
        live = self.objects.get(old.identifier)
        return None if live is None else State(old.identifier, live, {**old.inputs, **live})

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
        self.calls.append(("update", resource, old, list(ignore_changes), timeout, preview))
        return self._put(old.identifier, news)

    def delete(self, resource: Resource, old: State, *, timeout: float) -> None:
        self.calls.append(("delete", resource, old, timeout))
        self._fail(old.inputs)
        del self.objects[old.identifier]

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self._fail(arguments)
        return {"token": token, **arguments}

    def secret_outputs(self, resource: Resource, outputs: dict[str, Any]) -> set[Path]:  # noqa: ARG002
        return {("data",)} if "data" in outputs else set()

    def _put(self, identifier: str, inputs: dict[str, Any]) -> State:
        self._fail(inputs)
        outputs = {**inputs, "arn": f"arn:{identifier}"}
        if "stuck" in inputs:
            raise PartialFailureError(identifier, outputs, inputs, inputs["stuck"])
        self.objects[identifier] = outputs
        return State(identifier, outputs, inputs)

    def _fail(self, values: dict[str, Any]) -> None:
        if "fail" in values:
            raise ProviderError(values["fail"])


@pytest.fixture
def memory_provider() -> MemoryProvider:
    return MemoryProvider()
