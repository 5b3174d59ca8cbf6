"""`pulumi-language-python`: runs programs and policy packs for the engine.

It answers what the engine asks of a language runtime (proto/pulumi/language.proto) as far as running needs it. Code
generation and packaging are refused by gRPC's own "unimplemented".
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Lock, Thread
from typing import Any, BinaryIO, cast

from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from devcloud import plugin_process
from devcloud.language_host import REPORTED


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """The servicer. One instance serves one engine."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._running: set[Popen[bytes]] = set()
        self._lock = Lock()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 - gRPC's names and signature
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        # The plugin cache has them all; naming none keeps the engine from looking for downloads.
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return language_pb2.GetRequiredPluginsResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        message = b"The dependencies are installed from requirements.lock by `make`; nothing to do.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=message)

    def About(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return language_pb2.AboutResponse(executable=sys.executable, version=platform.python_version())

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        found = {item.name: item.version for item in metadata.distributions()}
        dependencies = [language_pb2.DependencyInfo(name=name, version=found[name]) for name in sorted(found)]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings = {
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "root_directory": request.info.root_directory,
            "monitor": request.monitor_address,
            "engine": self._engine,
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
            "program": str(Path(request.info.program_directory) / request.info.entry_point),
            "args": list(request.args),
        }
        # On standard input, not in the arguments or the environment: configuration may hold secrets.
        command = [sys.executable, "-u", "-m", "devcloud.language_host.program"]
        process = self._start(context, command, stdin=PIPE, cwd=request.pwd)
        process.communicate(json.dumps(settings).encode())
        self._forget(process)
        if process.returncode == 0:
            return language_pb2.RunResponse()
        if process.returncode == REPORTED:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with exit code {process.returncode}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        environment = dict(item.split("=", 1) for item in request.env)
        directory = Path(request.info.program_directory) / request.info.entry_point
        process = self._start(
            context,
            [sys.executable, "-u", str(directory), *request.args],
            stdout=PIPE,
            stderr=PIPE,
            cwd=request.pwd,
            env=environment or None,
        )
        yield from _stream(process)
        self._forget(process)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        with self._lock:
            for process in self._running:
                process.terminate()
        return empty_pb2.Empty()

    def _start(self, context: Any, command: list[str], **options: Any) -> Popen[bytes]:
        with self._lock:
            process = cast("Popen[bytes]", Popen(command, **options))
            self._running.add(process)
        # It ends with the call that started it: a killed engine breaks the call off and asks nobody to stop.
        if not context.add_callback(process.kill):
            process.kill()
        return process

    def _forget(self, process: Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(process)


def _stream(process: Popen[bytes]) -> Iterator[Any]:
    """Both output streams of a policy pack or plugin as they come, until both end."""
    queue: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    def pump(name: str, pipe: BinaryIO) -> None:
        for chunk in iter(lambda: pipe.read1(65536), b""):  # pyright: ignore[reportAttributeAccessIssue]
            queue.put((name, chunk))
        queue.put((name, b""))

    pipes = {"stdout": process.stdout, "stderr": process.stderr}
    for name, pipe in pipes.items():
        Thread(target=pump, args=(name, pipe), daemon=True).start()
    while pipes:
        name, chunk = queue.get()
        if chunk:
            yield language_pb2.RunPluginResponse(**cast("Any", {name: chunk}))
        else:
            del pipes[name]


def main() -> None:
    """Serve the engine whose address is the last argument (flags before it are options we do not have)."""
    host = LanguageHost(sys.argv[-1] if len(sys.argv) > 1 else "")
    plugin_process.serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server))


main()
