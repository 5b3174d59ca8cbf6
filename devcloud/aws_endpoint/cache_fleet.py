"""Brings the Redis servers and endpoints that run to what ElastiCache's objects say."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock

from devcloud.aws_endpoint.cache_specs import CacheDesired, CacheServerSpec
from devcloud.aws_endpoint.proxy import EndpointProxies
from devcloud.aws_endpoint.redis import RedisInstallation, RedisServer
from devcloud.aws_endpoint.resp import RedisError
from devcloud.aws_endpoint.tls import server_context
from devcloud.processes import StartError, write_atomically


class CacheFleet:
    """All servers below `root`; every method may be called from any thread."""

    def __init__(self, root: Path, installation: RedisInstallation) -> None:
        self._root = root / "redis"
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._installation = installation
        self._secret = _admin_secret(root)
        self._servers: dict[str, RedisServer] = {}
        self._failures: dict[str, str] = {}
        self._proxies = EndpointProxies(server_context(self._root))
        self._lock = Lock()

    def is_ready(self, server: str) -> bool:
        return server in self._servers and server not in self._failures

    def failure(self, server: str) -> str | None:
        """Why the server does not run as it should, or None."""
        return self._failures.get(server)

    def reconcile(self, desired: CacheDesired) -> dict[str, str]:
        """Start, promote, reconfigure and remove until the servers are as desired.

        A server that fails does not keep the others from their state; it is tried again the next time.

        Returns:
            what failed: a sentence by server.
        """
        with self._lock:
            self._failures = {}
            self._remove_all_but({spec.id for spec in desired.servers})
            self._each(self._follow, [spec for spec in desired.servers if spec.upstream is None])
            self._each(self._follow, [spec for spec in desired.servers if spec.upstream is not None])
            for server, sentence in self._proxies.serve(desired.endpoints).items():
                self._failures.setdefault(server, sentence)
            return dict(self._failures)

    def dead(self) -> list[str]:
        """Servers whose process ended by itself."""
        with self._lock:
            return [name for name, server in self._servers.items() if name not in self._failures and not server.runs]

    def stop(self) -> None:
        with self._lock:
            self._proxies.close()
            # All at once: a primary that ends waits a moment for replicas that lag.
            with ThreadPoolExecutor(max_workers=len(self._servers) or 1) as pool:
                list(pool.map(RedisServer.stop, self._servers.values()))
            self._servers.clear()

    def _each(self, step: Callable[[CacheServerSpec], None], specs: Iterable[CacheServerSpec]) -> None:
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda spec: self._attempt(spec.id, partial(step, spec)), list(specs)))

    def _attempt(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except (StartError, RedisError, OSError) as error:
            self._failures[name] = f"Redis {name}: {error}"

    def _follow(self, spec: CacheServerSpec) -> None:
        self._server(spec.id).follow(spec)

    def _remove_all_but(self, wanted: set[str]) -> None:
        on_disk = {entry.name for entry in self._root.iterdir() if entry.is_dir()}
        for name in (on_disk | self._servers.keys()) - wanted:
            self._server(name).remove()
            del self._servers[name]

    def _server(self, name: str) -> RedisServer:
        if name not in self._servers:
            self._servers[name] = RedisServer(name, self._root, self._installation, self._secret)
        return self._servers[name]


def _admin_secret(root: Path) -> str:
    """The password with which we, and replicas, log in: made once, readable by us alone."""
    file = root / "redis.password"
    if not file.exists():
        write_atomically(file, secrets.token_urlsafe(24), mode=0o600)
    return file.read_text()
