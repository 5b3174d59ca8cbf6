"""One Redis server: its directory, its process and its role.

It listens in plain text on an address of its own; the endpoints in front of it speak TLS.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devcloud.aws_endpoint.cache_configuration import (
    ADMIN,
    USERS_FILE,
    host_port,
    redis_conf,
    settings_lines,
    users_acl,
)
from devcloud.aws_endpoint.cache_specs import CacheServerSpec
from devcloud.aws_endpoint.resp import Answer, RedisClient, RedisError
from devcloud.processes import Child, StartError, write_atomically

_START_SECONDS = 30
_LINK_SECONDS = 30
_STOP_SECONDS = 15


class RedisInstallation:
    """The server's executable.

    Raises:
        StartError: there is none.
    """

    def __init__(self, server: Path) -> None:
        if not server.is_file():
            raise StartError(f"there is no Redis server {server}: give the path of redis-server or valkey-server")
        self._server = server
        # One thread for all forks: the kernel sends the parent-death signal when the forking thread ends.
        self._launcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="redis-launcher")

    def launch(self, name: str, directory: Path, log: Path) -> Child:
        """Start a server in its directory; it dies with this process."""
        command = [self._server, directory / "redis.conf"]
        return self._launcher.submit(
            Child, name, command, log=log, env={"PATH": os.defpath, "LC_ALL": "C"}, cwd=directory
        ).result()

    def rejection(self, values: Mapping[str, str]) -> str | None:
        """Why Redis would not start with these settings, in its own words, or None."""
        # Without a port it ends by itself as soon as it has read them.
        answer = subprocess.run(
            [self._server, "-"],
            input=settings_lines({**values, "port": "0"}),
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            check=False,
        )
        _, fatal, reason = answer.stderr.partition("FATAL CONFIG FILE ERROR")
        return " ".join(line.removeprefix(">>> ") for line in reason.splitlines()[2:] if line) if fatal else None


class RedisServer:
    """A server in `root/<id>`. Not thread-safe: one caller at a time."""

    def __init__(self, server: str, root: Path, installation: RedisInstallation, secret: str) -> None:
        self.id = server
        self.directory = root / server
        self.log = root.parent / "logs" / f"{server}.log"
        self._installation = installation
        self._secret = secret
        self._process: Child | None = None
        self._applied: CacheServerSpec | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.exit_code() is None

    def follow(self, spec: CacheServerSpec) -> None:
        """Run as the spec says.

        Raises:
            StartError: it does not come up, or does not get its primary's data; with the end of its log.
            RedisError: it refuses what the spec says.
        """
        before = self._applied if self.runs else None
        if before == spec:
            return
        self._applied = None
        self._write_configuration(spec)
        if before is None or before.settings != spec.settings or before.address != spec.address:
            self.stop()
            self._start(spec)
        elif before.users != spec.users:
            self._command(spec, "ACL", "LOAD")
        if before is not None and before.upstream != spec.upstream:
            self._command(spec, "REPLICAOF", *(host_port(spec.upstream) if spec.upstream else ("NO", "ONE")))
        if spec.upstream is not None:
            self._wait(lambda: self._is_linked(spec), f"to get the data of its primary {spec.upstream.host}")
        self._applied = spec

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop(seconds=_STOP_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its data and its log."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def _start(self, spec: CacheServerSpec) -> None:
        self._process = self._installation.launch(f"Redis {self.id}", self.directory, self.log)
        self._process.wait_ready(lambda: self._answers(spec), seconds=_START_SECONDS)

    def _answers(self, spec: CacheServerSpec) -> bool:
        try:
            return self._command(spec, "PING") == "PONG"
        except (OSError, RedisError):  # not yet: the caller has the deadline and the log
            return False

    def _is_linked(self, spec: CacheServerSpec) -> bool:
        return "master_link_status:up" in str(self._command(spec, "INFO", "replication"))

    def _command(self, spec: CacheServerSpec, *words: str) -> Answer:
        with RedisClient(spec.address, ADMIN, self._secret) as client:
            return client.send(*words)

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _LINK_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise StartError(f"Redis {self.id} took over {_LINK_SECONDS} s {what}; log: {self.log}")
            time.sleep(0.02)

    def _write_configuration(self, spec: CacheServerSpec) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.directory / "redis.conf", redis_conf(spec, self._secret), mode=0o600)
        admin = hashlib.sha256(self._secret.encode()).hexdigest()
        write_atomically(self.directory / USERS_FILE, users_acl(spec.users, admin), mode=0o600)
