"""Which PostgreSQL runs, and as whom.

PostgreSQL refuses to run as root. Root therefore hands it to `postgres` or `nobody` with setpriv, keeping one
capability: the state directory may lie below directories that only root may enter.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devcloud.processes import Child, StartError

# Immediate shutdown: the processes are gone within milliseconds, and recovery replays what was committed.
_DEATH_SIGNAL = signal.SIGQUIT
_FAST_SHUTDOWN = signal.SIGINT


class Installation:
    """The PostgreSQL programs in one directory.

    Raises:
        StartError: a program is missing, or root has no way to become another user.
    """

    def __init__(self, binaries: Path) -> None:
        for program in ("postgres", "initdb", "pg_basebackup"):
            if not (binaries / program).is_file():
                raise StartError(f"{binaries} has no {program}: give the bin directory of a full PostgreSQL server")
        self._binaries = binaries
        self.owner = _unprivileged_user() if os.geteuid() == 0 else None
        # One thread for all forks: the kernel sends the parent-death signal when the forking thread ends.
        self._launcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="launcher")
        self.version = self._ask("--version").split()[2]
        self.parameters = frozenset(line.split("\t", 1)[0] for line in self._ask("--describe-config").splitlines())

    @property
    def libraries(self) -> frozenset[str]:
        """Names of the modules that shared_preload_libraries may name, wherever this build keeps them."""
        root = self._binaries.resolve().parent
        return frozenset(file.stem for folder in ("lib", "lib64") for file in (root / folder).rglob("*.so"))

    def launch(self, name: str, program: str, *arguments: str | Path, log: Path, env: Mapping[str, str]) -> Child:
        """Start a program of the installation as the unprivileged user; it dies with this process."""
        command = [*self._as_owner(), self._binaries / program, *arguments]
        return self._launcher.submit(
            Child,
            name,
            command,
            log=log,
            env={**_harmless_environment(), **env},
            cwd=Path("/"),
            death_signal=_DEATH_SIGNAL,
            stop_signal=_FAST_SHUTDOWN,
        ).result()

    def rejection(self, values: Mapping[str, str], scratch: Path) -> str | None:
        """Why PostgreSQL would not start with these settings, in its own words, or None.

        Args:
            scratch: a directory for an empty configuration file.
        """
        scratch.mkdir(parents=True, exist_ok=True)
        (scratch / "postgresql.conf").write_text("")
        settings = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
        answer = subprocess.run(
            [self._binaries / "postgres", "-C", "port", "-D", scratch, *settings],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        if answer.returncode == 0:
            return None
        lines = [line.partition("FATAL:")[2] or line.partition("HINT:")[2] for line in answer.stderr.splitlines()]
        return " ".join(line.strip() for line in lines if line) or answer.stderr.strip()

    def give_to_owner(self, path: Path) -> None:
        """Let the server's user own a file that we made."""
        if self.owner is not None:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def close(self) -> None:
        self._launcher.shutdown()

    def _as_owner(self) -> list[str]:
        if self.owner is None:
            return []
        return [
            "setpriv",
            f"--reuid={self.owner.pw_uid}",
            f"--regid={self.owner.pw_gid}",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            # Changing the user cleared the one that Child asked for.
            f"--pdeathsig={_DEATH_SIGNAL.name.removeprefix('SIG')}",
            "--",
        ]

    def _ask(self, option: str) -> str:
        answer = subprocess.run(
            [self._binaries / "postgres", option], capture_output=True, text=True, timeout=20, check=False
        )
        if answer.returncode != 0:
            raise StartError(f"{self._binaries / 'postgres'} {option} failed: {answer.stderr.strip()}")
        return answer.stdout


def _harmless_environment() -> dict[str, str]:
    """Without the PG* and locale variables of whoever started us."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged_user() -> pwd.struct_passwd:
    if shutil.which("setpriv") is None:
        raise StartError(
            "PostgreSQL refuses to run as root, and setpriv, which would change the user, is not on PATH. "
            "Install util-linux or run as an ordinary user."
        )
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as.")
