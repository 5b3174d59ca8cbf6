"""Write-only values: kept in this process between Check and the call that sends them, and nowhere else.

What Check returns is what the engine stores as inputs, so a constant marker stands there instead of the value. The
official provider's bridge stores the value encrypted (https://github.com/pulumi/pulumi-terraform-bridge/issues/3201).
"""

from __future__ import annotations

import threading
from collections.abc import Container, Mapping
from typing import Any, Final

from devcloud.providers.aws.table import ResourceType
from devcloud.providers.plugin import ProviderError, Resource
from devcloud.providers.properties import UNKNOWN

MARKER: Final = "(write-only)"


class WriteOnlyValues:
    """The values seen by Check in this process, by URN and property."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def hide(self, entry: ResourceType, resource: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with the marker where a write-only value is; the value is remembered."""
        result = dict(inputs)
        for name, given in entry.inputs.items():
            if given.write_only and inputs.get(name) is not None:
                result[name] = MARKER
                if inputs[name] is not UNKNOWN and inputs[name] != MARKER:
                    with self._lock:
                        self._values[resource.urn, name] = inputs[name]
        return result

    def reveal(
        self, entry: ResourceType, resource: Resource, inputs: Mapping[str, Any], changed: Container[str]
    ) -> dict[str, Any]:
        """The inputs with the remembered values in place of markers, where `changed` inputs call for sending them.

        Raises:
            ProviderError: a value is to be sent that this process has not seen.
        """
        result = dict(inputs)
        for name, given in entry.inputs.items():
            if result.get(name) is None or not given.write_only:
                continue
            del result[name]
            if name in changed or given.write_only in changed:
                result[name] = self._seen(resource, name)
        return result

    def _seen(self, resource: Resource, name: str) -> Any:
        with self._lock:
            value = self._values.get((resource.urn, name))
        if value is None:
            raise ProviderError(
                f"{name} is to be sent, but its value is stored nowhere and the program did not give it in this update."
                " Give it a value, and take it out of ignore_changes for this update"
            )
        return value
