"""Cluster endpoints: TCP listeners that pass connections on to the server that has the role now."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from threading import Thread
from typing import Any, cast

from devcloud.aws_endpoint.specs import Address, EndpointSpec

_CHUNK = 65536
_CONNECT_SECONDS = 5


class EndpointProxies:
    """All endpoints of one kind of server, served by one thread.

    Args:
        context: for the endpoints that speak TLS themselves.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="endpoints", daemon=True)
        self._thread.start()
        self._listeners: dict[Address, _Listener] = {}

    def serve(self, endpoints: Iterable[EndpointSpec]) -> dict[str, str]:
        """Serve these endpoints and no others; connections that exist stay where they are.

        Returns:
            what could not be opened, because another process has the address: a sentence by the cluster's server.
        """
        wanted = {endpoint.address: endpoint for endpoint in endpoints}
        failures: dict[str, str] = {}
        for address in self._listeners.keys() - wanted.keys():
            self._run(self._listeners.pop(address).close())
        for address, endpoint in wanted.items():
            if address in self._listeners:
                self._listeners[address].targets = endpoint.targets
                continue
            listener = _Listener(endpoint.targets)
            try:
                self._run(listener.open(address, self._context if endpoint.tls else None))
            except OSError as error:
                failures[endpoint.server] = (
                    f"endpoint {address.host}:{address.port} cannot be opened: {error.strerror}. "
                    f"`ss -ltnp 'sport = :{address.port}'` names who listens there; stop it and try again."
                )
                continue
            self._listeners[address] = listener
        return failures

    def close(self) -> None:
        self.serve([])
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        future: Future[None] = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.result(timeout=30)


class _Listener:
    def __init__(self, targets: tuple[Address, ...]) -> None:
        self.targets = targets
        self._turn = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, address: Address, context: ssl.SSLContext | None) -> None:
        self._server = await asyncio.start_server(self._serve, address.host, address.port, ssl=context)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast(asyncio.Task[None], asyncio.current_task())  # start_server runs it as one
        self._connections.add(task)
        try:
            await self._pass_on(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = await self._connect()
        if server is None:
            return  # the client sees the connection closed, as with a database that is down
        server_reader, server_writer = server
        try:
            directions = [
                asyncio.ensure_future(_copy(reader, server_writer)),
                asyncio.ensure_future(_copy(server_reader, writer)),
            ]
            try:
                await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for direction in directions:
                    direction.cancel()
        finally:
            server_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next target that accepts one."""
        for _ in self.targets:
            self._turn += 1
            target = self.targets[self._turn % len(self.targets)]
            with contextlib.suppress(OSError, TimeoutError):  # then the next one
                return await asyncio.wait_for(
                    asyncio.open_connection(target.host, target.port), timeout=_CONNECT_SECONDS
                )
        return None


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):  # one side hung up: so do we
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
