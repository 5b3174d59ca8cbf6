"""One PostgreSQL server: its data directory, its process and its role.

What is on disk is the truth: a data directory appears under its name only when it is complete, and `standby.signal` in
it says that it follows another server.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import LiteralString

import psycopg

from devcloud.aws_endpoint.configuration import ADMIN, PASSWORD_FILE
from devcloud.aws_endpoint.installation import Installation
from devcloud.aws_endpoint.specs import Address
from devcloud.aws_endpoint.tls import Certificate
from devcloud.processes import Child, StartError, tail

_START_SECONDS = 60
_STOP_SECONDS = 30
_BUILDING = ".building"
_PASSWORD = ".password"  # noqa: S105 - a suffix


class PostgresServer:
    """A server in `root/<id>`. Not thread-safe: one caller at a time."""

    def __init__(
        self,
        server: str,
        address: Address,
        root: Path,
        *,
        installation: Installation,
        secret: str,
        certificate: Certificate,
    ) -> None:
        self.id = server
        self.address = address
        self.directory = root / server
        self.log = root.parent / "logs" / f"{server}.log"
        self._installation = installation
        self._secret = secret
        self._certificate = certificate
        self._process: Child | None = None

    @property
    def exists(self) -> bool:
        return self.directory.exists()

    @property
    def is_standby(self) -> bool:
        return (self.directory / "standby.signal").exists()

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.exit_code() is None

    def initialise(self) -> None:
        """Make an empty database cluster whose superuser is rdsadmin."""
        building = self._cleared_building_directory()
        password_file = self._password_file
        self._write(password_file, self._secret)
        try:
            self._run(
                "initdb", "-D", building, f"--username={ADMIN}", f"--pwfile={password_file}", "--wal-segsize=4",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
            )  # fmt: skip
        finally:
            password_file.unlink()
        self._complete(building)

    def clone(self, upstream: Address) -> None:
        """Copy a running primary, as a standby of it."""
        building = self._cleared_building_directory()
        password_file = self._password_file
        self._write(password_file, self._password_line())
        try:
            self._run(
                "pg_basebackup", "-D", building, "-h", upstream.host, "-p", str(upstream.port), "-U", ADMIN, "-w",
                "--checkpoint=fast", "--wal-method=stream",
                env={"PGPASSFILE": str(password_file), "PGSSLMODE": "require"},
            )  # fmt: skip
        finally:
            password_file.unlink()
        self._write(building / "standby.signal", "")
        self._complete(building)

    def start(self, conf: str, hba: str) -> None:
        """Start with this configuration; returns when it answers queries.

        Raises:
            StartError: it does not come up; with the end of its log.
        """
        self._write_configuration(conf, hba)
        self._end_leftover()
        self._process = self._installation.launch(
            f"PostgreSQL {self.id}", "postgres", "-D", self.directory, log=self.log, env={}
        )
        self._process.wait_ready(self._answers, seconds=_START_SECONDS)

    def reconfigure(self, conf: str, hba: str) -> None:
        """Give a running server another configuration; restarts it when a changed setting needs that."""
        before = self.query("SELECT pg_conf_load_time()")
        self._write_configuration(conf, hba)
        self.query("SELECT pg_reload_conf()")
        self._wait(lambda: self.query("SELECT pg_conf_load_time()") != before, "to reload its configuration")
        if self.query("SELECT count(*) FROM pg_settings WHERE pending_restart") != 0:
            self.stop()
            self.start(conf, hba)

    def promote(self) -> None:
        """Make a running standby a primary."""
        if self.query("SELECT pg_promote(true, 30)") is not True:
            raise StartError(f"PostgreSQL {self.id} was not promoted within 30 s; log: {self.log}\n{tail(self.log)}")
        self._wait(lambda: self.query("SELECT pg_is_in_recovery()") is False, "to leave recovery")

    def streams_within(self, seconds: float) -> bool:
        """Whether a standby receives and replays its upstream's changes before the deadline."""
        streaming: LiteralString = (
            "SELECT count(*) > 0 AND pg_get_wal_replay_pause_state() = 'not paused' "
            "FROM pg_stat_wal_receiver WHERE status = 'streaming'"
        )
        deadline = time.monotonic() + seconds
        while self.runs and time.monotonic() < deadline:
            if self.query(streaming) is True:
                return True
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Fast shutdown: sends what standbys lack, writes a checkpoint, ends."""
        if self._process is not None:
            self._process.stop(seconds=_STOP_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its data and its log."""
        self.stop()
        self._end_leftover()
        for directory in (self.directory, self._building):
            if directory.exists():
                shutil.rmtree(directory)
        self._password_file.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's session, in autocommit; what it sends is in no log, it may hold password verifiers."""
        return psycopg.connect(
            host=self.address.host,
            port=self.address.port,
            user=ADMIN,
            password=self._secret,
            dbname=database,
            sslmode="require",
            connect_timeout=5,
            options="-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic",
            autocommit=True,
        )

    def query(self, statement: LiteralString) -> object:
        """The first column of the first row."""
        with self.connect() as connection:
            row = connection.execute(statement).fetchone()
        return None if row is None else row[0]

    def _answers(self) -> bool:
        try:
            return self.query("SELECT 1") == 1
        except psycopg.OperationalError:  # not yet: the caller has the deadline and the log
            return False

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL {self.id} took over {_START_SECONDS} s {what}; log: {self.log}")
            time.sleep(0.02)

    def _run(self, program: str, *arguments: str | Path, env: dict[str, str] | None = None) -> None:
        child = self._installation.launch(f"{program} {self.id}", program, *arguments, log=self.log, env=env or {})
        deadline = time.monotonic() + 120
        while child.exit_code() is None:
            if time.monotonic() > deadline:
                child.stop(seconds=5)
            time.sleep(0.02)
        if child.exit_code() != 0:
            raise StartError(f"{child.name} ended with {child.exit_code()}; log: {self.log}\n{tail(self.log)}")

    @property
    def _building(self) -> Path:
        return self.directory.with_name(self.id + _BUILDING)

    @property
    def _password_file(self) -> Path:
        return self.directory.with_name(self.id + _PASSWORD)

    def _cleared_building_directory(self) -> Path:
        if self._building.exists():
            shutil.rmtree(self._building)
        return self._building

    def _complete(self, building: Path) -> None:
        self._write(building / PASSWORD_FILE, self._password_line())
        self._write(building / "server.crt", self._certificate.certificate)
        self._write(building / "server.key", self._certificate.key)
        building.rename(self.directory)

    def _password_line(self) -> str:
        return f"*:*:*:{ADMIN}:{self._secret}\n"

    def _write_configuration(self, conf: str, hba: str) -> None:
        self._write(self.directory / "postgresql.conf", conf)
        self._write(self.directory / "pg_hba.conf", hba)

    def _write(self, file: Path, text: str) -> None:
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
        self._installation.give_to_owner(file)

    def _end_leftover(self) -> None:
        """End a server of an endpoint that was killed a moment ago, whose processes are still on their way out."""
        pid = _postmaster_of(self.directory)
        deadline = time.monotonic() + 20
        while pid is not None:
            if time.monotonic() > deadline:
                raise StartError(f"process {pid} still uses {self.directory}: end it and try again")
            os.kill(pid, signal.SIGQUIT)
            time.sleep(0.1)
            pid = _postmaster_of(self.directory)
        # PostgreSQL looks at the number alone, which may be a zombie's or another process's by now.
        (self.directory / "postmaster.pid").unlink(missing_ok=True)


def server_of(entry: Path) -> str:
    """The id of the server that an entry of the directory of all servers belongs to."""
    return entry.name.removesuffix(_BUILDING).removesuffix(_PASSWORD)


def _postmaster_of(directory: Path) -> int | None:
    """The live process that works in a data directory, by its lock file."""
    lock = directory / "postmaster.pid"
    if not lock.exists():
        return None
    pid = lock.read_text().split("\n", 1)[0].strip()
    try:
        in_directory = Path(f"/proc/{int(pid)}/cwd").resolve() == directory.resolve()
    except (ValueError, OSError):
        return None
    return int(pid) if in_directory else None
