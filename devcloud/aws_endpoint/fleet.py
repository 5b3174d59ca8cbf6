"""Brings the PostgreSQL servers and endpoints that run to what the API objects say.

The same step serves a new cluster, a failover, a delete and a restart after a kill: compare, then change what differs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import cast

import psycopg

from devcloud.aws_endpoint import accounts
from devcloud.aws_endpoint.configuration import pg_hba_conf, postgresql_conf
from devcloud.aws_endpoint.installation import Installation
from devcloud.aws_endpoint.postgres import PostgresServer, server_of
from devcloud.aws_endpoint.proxy import EndpointProxies
from devcloud.aws_endpoint.specs import Address, Credentials, Desired, ServerSpec
from devcloud.aws_endpoint.tls import self_signed
from devcloud.processes import StartError, write_atomically

# A standby that does not stream after this long cannot follow any more (lost WAL, other timeline): it is copied anew.
_STREAM_SECONDS = 20
_NOWHERE = Address("127.0.0.1", 0)  # of an orphan that is only removed


class Fleet:
    """All servers below `root`; every method may be called from any thread."""

    def __init__(self, root: Path, installation: Installation) -> None:
        self._root = root / "postgres"
        self._installation = installation
        self._secret = _admin_secret(root)
        self._certificate = self_signed()
        self._servers: dict[str, PostgresServer] = {}
        self._applied: dict[str, ServerSpec] = {}
        self._credentials: dict[str, Credentials | None] = {}
        self._failures: dict[str, str] = {}
        # Servers that failed the last time: how far they came is not known, so nothing about them is taken as done.
        self._unsure: set[str] = set()
        self._proxies = EndpointProxies()
        self._lock = Lock()
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        installation.give_to_owner(self._root)

    def is_ready(self, server: str) -> bool:
        return server in self._applied and server not in self._failures

    def failure(self, server: str) -> str | None:
        """Why the server does not run, or None."""
        return self._failures.get(server)

    def reconcile(self, desired: Desired) -> dict[str, str]:
        """Start, copy, promote, reconfigure and remove until the servers are as desired.

        A server that fails does not keep the others from their state; it is tried again the next time.

        Returns:
            what failed: a sentence by server.
        """
        with self._lock:
            self._unsure = set(self._failures)
            self._failures = {}
            wanted = {spec.id: spec for spec in desired.servers}
            self._remove_all_but(wanted)
            primaries = [spec for spec in desired.servers if spec.upstream is None]
            standbys = [spec for spec in desired.servers if spec.upstream is not None]
            # Before anything is promoted: a former primary sends its last changes while it shuts down.
            self._each(self._demote, standbys)
            self._each(self._ensure_primary, primaries)
            self._each(lambda spec: self._ensure_standby(spec, wanted), standbys)
            for server, sentence in self._proxies.serve(desired.endpoints).items():
                self._failures.setdefault(server, sentence)
            return dict(self._failures)

    def dead(self) -> list[str]:
        """Servers whose process ended by itself."""
        with self._lock:
            return [name for name in self._applied if not self._servers[name].runs]

    def stop(self) -> None:
        """Stop everything in order: standbys first would lose nothing, but primaries would wait for them."""
        with self._lock:
            self._proxies.close()
            standbys = [spec for spec in self._applied.values() if spec.upstream is not None]
            primaries = [spec for spec in self._applied.values() if spec.upstream is None]
            for group in (standbys, primaries):
                self._each(lambda spec: self._servers[spec.id].stop(), group)
            self._applied.clear()

    def _each(self, step: Callable[[ServerSpec], None], specs: Iterable[ServerSpec]) -> None:
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda spec: self._attempt(spec.id, partial(step, spec)), list(specs)))

    def _attempt(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except (StartError, psycopg.Error, OSError) as error:
            self._failures[name] = f"PostgreSQL {name}: {error}"

    def _remove_all_but(self, wanted: dict[str, ServerSpec]) -> None:
        on_disk = {server_of(entry) for entry in self._root.iterdir()}
        for name in (on_disk | self._servers.keys()) - wanted.keys():
            self._attempt(name, partial(self._remove, name))

    def _remove(self, name: str) -> None:
        self._forget(name)
        (self._servers.get(name) or self._new_server(name, _NOWHERE)).remove()
        self._servers.pop(name, None)

    def _demote(self, spec: ServerSpec) -> None:
        server = self._server(spec)
        if server.exists and not server.is_standby:
            self._forget(spec.id)
            server.remove()

    def _ensure_primary(self, spec: ServerSpec) -> None:
        server = self._server(spec)
        if not server.exists:
            server.initialise()
        self._configure(server, spec, None)
        if server.is_standby:
            server.promote()
        known = None if spec.id in self._unsure else self._credentials.get(spec.id)
        if spec.credentials is not None and known != spec.credentials:
            with server.connect() as connection:
                accounts.ensure(connection, spec.credentials)
            if spec.credentials.database is not None:
                with server.connect(spec.credentials.database) as connection:
                    accounts.ensure_extensions(connection)
        self._credentials[spec.id] = spec.credentials
        self._applied[spec.id] = spec

    def _ensure_standby(self, spec: ServerSpec, wanted: dict[str, ServerSpec]) -> None:
        server = self._server(spec)
        upstream = wanted[cast(str, spec.upstream)]  # a standby by definition
        if upstream.id in self._failures:
            raise StartError(f"its upstream {upstream.id} does not run")
        if server.runs and self._is_applied(spec):
            return
        if server.exists:
            try:
                self._configure(server, spec, upstream)
                streams = server.streams_within(_STREAM_SECONDS)
            except (StartError, psycopg.Error):
                streams = False
            if streams:
                self._applied[spec.id] = spec
                return
            self._forget(spec.id)
            server.remove()
        server.clone(upstream.address)
        self._configure(server, spec, upstream)
        if not server.streams_within(_STREAM_SECONDS):
            raise StartError(f"it does not stream from {upstream.id} after {_STREAM_SECONDS} s; log: {server.log}")
        self._applied[spec.id] = spec

    def _configure(self, server: PostgresServer, spec: ServerSpec, upstream: ServerSpec | None) -> None:
        conf = postgresql_conf(spec.id, spec.address, dict(spec.settings), upstream and upstream.address)
        hba = pg_hba_conf(force_tls=spec.force_tls)
        if not server.runs:
            server.start(conf, hba)
        elif not self._is_applied(spec):
            server.reconfigure(conf, hba)

    def _is_applied(self, spec: ServerSpec) -> bool:
        return spec.id not in self._unsure and self._applied.get(spec.id) == spec

    def _forget(self, name: str) -> None:
        self._applied.pop(name, None)
        self._credentials.pop(name, None)

    def _server(self, spec: ServerSpec) -> PostgresServer:
        if spec.id not in self._servers:
            self._servers[spec.id] = self._new_server(spec.id, spec.address)
        return self._servers[spec.id]

    def _new_server(self, name: str, address: Address) -> PostgresServer:
        return PostgresServer(
            name,
            address,
            self._root,
            installation=self._installation,
            secret=self._secret,
            certificate=self._certificate,
        )


def _admin_secret(root: Path) -> str:
    """The password of the servers' superuser: made once, readable by us alone."""
    file = root / "rdsadmin.password"
    if not file.exists():
        root.mkdir(parents=True, exist_ok=True)
        write_atomically(file, secrets.token_urlsafe(24), mode=0o600)
    return file.read_text()
