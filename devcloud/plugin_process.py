"""What every plugin executable of the engine does: print a port, serve gRPC on it, end when the engine has gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import grpc

# The engine's own limit (sdk/go/common/util/rpcutil): large manifests do not fit into gRPC's 4 MB.
_CHANNEL_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024), ("grpc.so_reuseport", 0)]
_WORKERS = 32
_ORPHAN_CHECK_SECONDS = 0.5
_LAST_CALLS_SECONDS = 20


def serve(register: Callable[[grpc.Server], None]) -> None:
    """Serve what `register` adds to the server until a signal, or until the engine that started this process is gone.

    A killed engine takes nobody with it; without this check its plugins would stay, and a later `up` would race them.
    """
    # The engine keeps its plugins out of the terminal's process group and ends them by SIGINT once all calls are done.
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    engine = os.getppid()
    calls = _Calls(_WORKERS)
    server = grpc.server(calls, options=_CHANNEL_OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == engine and not stopped.wait(_ORPHAN_CHECK_SECONDS):
        pass
    server.stop(grace=None)
    calls.finish(_LAST_CALLS_SECONDS)
    # An await that goes on for minutes has nobody left to tell its result to.
    os._exit(0)


class _Calls(ThreadPoolExecutor):
    """The server's threads, and which calls they are at."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self._unfinished: set[Future[Any]] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `fn` on one of the threads."""
        call = super().submit(fn, *args, **kwargs)
        self._unfinished.add(call)
        call.add_done_callback(self._unfinished.discard)
        return call

    def finish(self, seconds: float) -> None:
        """Let the calls in flight finish: a create that is cut off between two requests leaves half an object."""
        wait(list(self._unfinished), timeout=seconds)
