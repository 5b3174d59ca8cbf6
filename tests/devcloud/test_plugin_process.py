"""Plugin executables: a port on standard output, a quiet end on SIGINT, and none that outlives its engine."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import grpc
import pytest

_PLUGIN = """
import time
from pathlib import Path
import grpc
from devcloud import plugin_process

def slowly(request, context):
    Path("began").touch()
    time.sleep(1)
    Path("finished").touch()
    return request

def register(server):
    methods = {
        "Echo": grpc.unary_unary_rpc_method_handler(lambda request, context: request),
        "Slow": grpc.unary_unary_rpc_method_handler(slowly),
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.Plugin", methods)])

plugin_process.serve(register)
"""
_ENGINE = """
import subprocess, sys, time
plugin = subprocess.Popen([sys.executable, "plugin.py"], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline(), flush=True)
time.sleep(300)
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "plugin.py").write_text(_PLUGIN)
    return tmp_path


@pytest.fixture
def plugin(directory: Path) -> Generator[subprocess.Popen[str]]:
    """A plugin whose engine is the test."""
    command = [sys.executable, "plugin.py"]
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _echo(channel: grpc.Channel, message: bytes) -> bytes:
    return channel.unary_unary("/test.Plugin/Echo")(message, timeout=10)


def _port(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_on_the_port_it_prints_and_ends_quietly(
    number: signal.Signals, plugin: subprocess.Popen[str]
) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{_port(plugin)}") as channel:
        assert _echo(channel, b"hello") == b"hello"
    plugin.send_signal(number)
    output, errors = plugin.communicate(timeout=10)
    assert (plugin.returncode, output, errors) == (0, "", "")


def test_messages_larger_than_grpcs_own_limit_pass(plugin: subprocess.Popen[str]) -> None:
    manifest = b"x" * 8 * 1024 * 1024
    options = [("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{_port(plugin)}", options=options) as channel:
        assert _echo(channel, manifest) == manifest


def test_it_ends_when_its_engine_was_killed(directory: Path, await_end: Callable[[int], None]) -> None:
    pid, _ = _kill_engine_after(directory, lambda _: None)
    await_end(pid)


def test_a_call_in_flight_is_finished_after_the_engine_was_killed(
    directory: Path, await_end: Callable[[int], None]
) -> None:
    """Cut off between two requests, a create would leave half an object."""

    def begin(port: int) -> None:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.unary_unary("/test.Plugin/Slow").future(b"")
            deadline = time.monotonic() + 10
            while not (directory / "began").exists():
                assert time.monotonic() < deadline, f"the call did not begin: {call}"
                time.sleep(0.02)

    pid, _ = _kill_engine_after(directory, begin)
    await_end(pid)
    assert (directory / "finished").exists()


def _kill_engine_after(directory: Path, action: Callable[[int], None]) -> tuple[int, int]:
    """The process id and the port of a plugin whose parent was killed after `action`, which is given the port."""
    with subprocess.Popen([sys.executable, "-c", _ENGINE], cwd=directory, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        try:
            pid, port = (int(word) for word in engine.stdout.readline().split())
            action(port)
        finally:
            engine.kill()
    return pid, port
