"""Loopback addresses for database endpoints.

AWS gives every endpoint of a cluster a host name of its own and the same port. 127.0.0.0/8 is all loopback on Linux, so
here an endpoint gets an address of its own: nothing has to be resolved, and two embedded clouds do not meet.
"""

from __future__ import annotations

import ipaddress
import json
import random
from collections.abc import Collection
from pathlib import Path

from devcloud.processes import Ports, StartError, can_bind, write_atomically

_BLOCK = 4096  # addresses of one embedded cloud
_FIRST = int(ipaddress.IPv4Address("127.1.0.0"))
_LAST = int(ipaddress.IPv4Address("127.255.0.0"))


class LoopbackNetwork:
    """This cloud's block of addresses and its default database port, chosen once and kept in `directory`."""

    def __init__(self, directory: Path) -> None:
        file = directory / "network.json"
        if not file.exists():
            start = random.randrange(_FIRST, _LAST, _BLOCK)  # noqa: S311 - spreads the clouds, guards nothing
            directory.mkdir(parents=True, exist_ok=True)
            write_atomically(file, json.dumps({"first_address": str(ipaddress.IPv4Address(start))}) + "\n")
        self._start = int(ipaddress.IPv4Address(json.loads(file.read_text())["first_address"]))
        self.default_port = Ports(directory / "ports.json").get("database")

    def free_address(self, port: int, taken: Collection[str]) -> str:
        """The first address that is not in `taken` and where `port` can be bound.

        Raises:
            StartError: something on this machine listens on `port` of every address.
        """
        for offset in range(1, _BLOCK):
            address = ipaddress.IPv4Address(self._start + offset)
            if address.packed[3] in (0, 255) or str(address) in taken:
                continue
            if can_bind(port, str(address)):
                return str(address)
            if can_bind(0, str(address)) and not can_bind(port):
                break  # a listener on 0.0.0.0 takes the port everywhere
        raise StartError(
            f"port {port} is taken by another process on every loopback address. Stop it "
            f"(`ss -ltnp 'sport = :{port}'` names it) or ask for another Port."
        )
