"""What every plugin executable of the engine does: print a port, serve gRPC on it, end when the engine has gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

# The engine's own limit (sdk/go/common/util/rpcutil): large manifests do not fit into gRPC's 4 MB.
_CHANNEL_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024), ("grpc.so_reuseport", 0)]
_WORKERS = 32
_ORPHAN_CHECK_SECONDS = 0.5


def serve(register: Callable[[grpc.Server], None]) -> None:
    """Serve what `register` adds to the server until a signal, or until the engine that started this process is gone.

    A killed engine takes nobody with it; without this check its plugins would stay, and a later `up` would race them.
    """
    # The engine keeps its plugins out of the terminal's process group and ends them by SIGINT once all calls are done.
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    engine = os.getppid()
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=_CHANNEL_OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == engine and not stopped.wait(_ORPHAN_CHECK_SECONDS):
        pass
    server.stop(grace=None)
