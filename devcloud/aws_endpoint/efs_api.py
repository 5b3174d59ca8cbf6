"""What moto's EFS lacks: changed file systems, and policies that go away."""

from __future__ import annotations

import json
from typing import Any

from moto.efs.exceptions import FileSystemNotFound
from moto.efs.responses import EFSResponse


def install() -> None:
    """Change moto's class. Once a process."""
    for method in (update_file_system, delete_file_system_policy):
        setattr(EFSResponse, method.__name__, method)


def update_file_system(self: EFSResponse) -> tuple[str, dict[str, str | int]]:
    files, request = _file_system(self), json.loads(self.body)
    files.throughput_mode = request.get("ThroughputMode", files.throughput_mode)
    files.provisioned_throughput_in_mibps = request.get("ProvisionedThroughputInMibps")
    return json.dumps(files.info_json()), {"status": 202, "Content-Type": "application/json"}


def delete_file_system_policy(self: EFSResponse) -> str:
    _file_system(self).file_system_policy = None
    return "{}"


def _file_system(self: EFSResponse) -> Any:
    identifier = self.path.split("/file-systems/")[1].split("/")[0]
    if identifier not in self.efs_backend.file_systems_by_id:
        raise FileSystemNotFound(identifier)
    return self.efs_backend.file_systems_by_id[identifier]
