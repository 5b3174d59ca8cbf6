"""The numbers that the metrics API reports, and that tests and people set."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from devcloud.processes import write_atomically

# Far below any autoscaler's target: a workload that nobody loads stays at its minimum.
IDLE_PERCENT = 10.0


class Setting(BaseModel):
    """How busy the pods of a namespace are that carry all labels of `selector`.

    Attributes:
        selector: labels; empty for every pod of the namespace.
        cpu_percent: use in percent of each container's request.
        memory_percent: the same for memory.
        custom: value per pod of each custom metric; one that is not named is 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    namespace: str = Field(min_length=1)
    selector: dict[str, str] = Field(default_factory=dict)
    cpu_percent: float = Field(default=IDLE_PERCENT, ge=0)
    memory_percent: float = Field(default=IDLE_PERCENT, ge=0)
    custom: dict[str, float] = Field(default_factory=dict)

    def covers(self, namespace: str, labels: Mapping[str, str]) -> bool:
        return self.namespace == namespace and self.selector.items() <= labels.items()


_SETTINGS = TypeAdapter(list[Setting])


class MetricValues:
    """The settings in force, kept in a JSON file across restarts. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._settings = _SETTINGS.validate_json(file.read_bytes()) if file.exists() else []

    def put(self, setting: Setting) -> None:
        """Replace the setting of the same namespace and selector."""
        with self._lock:
            others = [
                other
                for other in self._settings
                if (other.namespace, other.selector) != (setting.namespace, setting.selector)
            ]
            settings = [*others, setting]
            write_atomically(self._file, _SETTINGS.dump_json(settings, indent=2).decode() + "\n")
            self._settings = settings

    def of_pod(self, namespace: str, labels: Mapping[str, str]) -> Setting:
        """The setting that names most of the pod's labels, the latest of equals; idle where there is none."""
        with self._lock:
            covering = [setting for setting in self._settings if setting.covers(namespace, labels)]
        ranked = sorted(covering, key=lambda setting: len(setting.selector))
        return ranked[-1] if ranked else Setting(namespace=namespace)
