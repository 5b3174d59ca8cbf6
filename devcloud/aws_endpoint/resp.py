"""As much of Redis's protocol as it takes to send a command and read the answer."""

from __future__ import annotations

import socket
import ssl
from types import TracebackType
from typing import IO, Self

from devcloud.aws_endpoint.specs import Address

_SECONDS = 10
Answer = str | int | list["Answer"] | None


class RedisError(Exception):
    """What the server answers to a command that it refuses."""


class RedisClient:
    """One connection.

    Args:
        password: None: it is not told who connects.
        context: for TLS; None: plain text.
    Raises:
        OSError: nobody answers.
        RedisError: the server does not let this user in.
    """

    def __init__(
        self, address: Address, user: str, password: str | None, context: ssl.SSLContext | None = None
    ) -> None:
        self._socket = socket.create_connection((address.host, address.port), timeout=_SECONDS)
        try:
            if context is not None:
                self._socket = context.wrap_socket(self._socket)
            self._file: IO[bytes] = self._socket.makefile("rb")
            if password is not None:
                self.send("AUTH", user, password)
        except (OSError, RedisError):
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def send(self, *words: str) -> Answer:
        """The answer to a command.

        Raises:
            RedisError: it is refused.
            OSError: the connection ended.
        """
        encoded = [word.encode() for word in words]
        parts = [b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded]
        self._socket.sendall(b"*%d\r\n" % len(parts) + b"".join(parts))
        return self._answer()

    def _answer(self) -> Answer:
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, text = chr(line[0]), line[1:-2].decode()
        if kind == "-":
            raise RedisError(text)
        if kind == ":":
            return int(text)
        if kind == "$":
            return None if text == "-1" else self._file.read(int(text) + 2)[:-2].decode()
        if kind == "*":
            return [self._answer() for _ in range(int(text))]
        return text
