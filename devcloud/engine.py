"""The Pulumi CLI against the embedded cloud: its environment, its plugins, and the commands that `make` runs."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from devcloud.environment import ISOLATION, isolated
from devcloud.processes import write_atomically
from devcloud.state import CHECKOUT, State

# The local state protects nothing that outlives `make destroy`, so its passphrase is no secret: it is what the salt in
# Pulumi.local.yaml belongs to.
PASSPHRASE = "local"  # noqa: S105

PLUGINS = {
    ("language", "python"): ("pulumi", "devcloud.language_host"),
    ("resource", "aws"): ("pulumi-aws", "devcloud.providers.aws"),
    ("resource", "kubernetes"): ("pulumi-kubernetes", "devcloud.providers.kubernetes"),
}
"""(kind, name) of each plugin: the package whose version it reports, and the module that serves it."""


class EngineError(Exception):
    """A pulumi command failed; the message holds what it printed, where that was not shown already."""


@dataclass(frozen=True)
class Engine:
    """Runs pulumi commands for the stacks of one embedded cloud."""

    pulumi: Path
    state: State
    aws_endpoint: str
    project: Path = CHECKOUT

    def environment(self) -> dict[str, str]:
        """The environment variables of a pulumi process that talks to the embedded cloud and to nothing else."""
        return isolated() | self.variables()

    def variables(self) -> dict[str, str]:
        """What `environment` adds, for `make env`."""
        return {
            "PATH": f"{self.pulumi.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PULUMI_HOME": str(self.state.pulumi_home),
            # Without metadata: the sidecar files that it would be in are not written atomically, and one that a kill
            # cut short ends every later command with "EOF".
            "PULUMI_BACKEND_URL": f"file://{self.state.backend}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # what makes --event-log an option; the Automation API does the same
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": str(self.state.kubeconfig),
            "AWS_ENDPOINT_URL": self.aws_endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
            **ISOLATION,
        }

    def prepare(self, *, with_language_host: bool) -> None:
        """Make the backend and put the local plugins where the engine finds them.

        `with_language_host`: ours too, for a CLI that came without the official one.
        """
        self.state.backend.mkdir(parents=True, exist_ok=True)
        for (kind, name), (package, module) in PLUGINS.items():
            if kind == "language" and not with_language_host:
                continue
            executable = f"pulumi-{kind}-{name}"
            directory = self.state.pulumi_home / "plugins" / f"{kind}-{name}-v{metadata.version(package)}"
            directory.mkdir(parents=True, exist_ok=True)
            script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n'
            write_atomically(directory / executable, script, mode=0o755)

    def stacks(self) -> list[str]:
        """Names of the stacks that exist, sorted."""
        listed = json.loads(self.capture(["stack", "ls", "--json"]))
        return sorted(item["name"].rsplit("/", 1)[-1] for item in listed)

    def init(self, *stacks: str) -> None:
        """Create those of `stacks` that do not exist."""
        existing = self.stacks()
        for stack in stacks:
            if stack not in existing:
                self.capture(["stack", "init", stack])

    def up(self, stack: str, log: Path | None = None) -> dict[str, int]:
        """Run `pulumi up --refresh`; returns the number of resources by operation.

        Args:
            log: where its progress goes; None shows it.
        Raises:
            EngineError: it failed.
        """
        arguments = ["up", "--yes", "--skip-preview", "--refresh", "--suppress-outputs", "--stack", stack]
        events = self._events(stack)
        events.unlink(missing_ok=True)
        self.show([*arguments, "--event-log", str(events)], log)
        for line in reversed(events.read_text().splitlines()):
            summary = json.loads(line).get("summaryEvent")
            if summary is not None:
                return dict(summary["resourceChanges"])
        raise EngineError(f"`pulumi {shlex.join(arguments)}` ended without a summary; events: {events}")

    def operations_done(self, stack: str) -> int:
        """How many resources the running update of `stack` has finished with."""
        try:
            return self._events(stack).read_text().count('"resOutputsEvent"')
        except FileNotFoundError:
            return 0

    def destroy(self, stack: str) -> None:
        """Run `pulumi destroy` and remove the stack."""
        self.show(["destroy", "--yes", "--skip-preview", "--stack", stack])
        self.capture(["stack", "rm", "--yes", stack])

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs; secret ones as "[secret]"."""
        return json.loads(self.capture(["stack", "output", "--json", "--stack", stack]))

    def lock_files(self, stack: str) -> list[Path]:
        """The backend's locks of `stack`: one for a running update, or for one that was killed."""
        project = yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"]
        return sorted((self.state.backend / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json"))

    def export(self, stack: str) -> dict[str, Any]:
        """The stack's deployment, as `pulumi stack export` prints it."""
        return json.loads(self.capture(["stack", "export", "--stack", stack]))

    def import_state(self, stack: str, document: dict[str, Any]) -> None:
        """Replace the stack's deployment by one that `export` gave and somebody changed.

        Raises:
            EngineError: it was refused; nothing changed.
        """
        self.capture(["stack", "import", "--stack", stack], text=json.dumps(document))

    def show(self, arguments: Sequence[str], log: Path | None = None) -> None:
        """Run pulumi with its output going to ours, or to the end of `log`.

        Ctrl-C reaches pulumi as well: the first asks it to finish what is in flight, a second to stop at once. Either
        way this waits for it, so that no engine goes on unseen.

        Raises:
            EngineError: it failed.
            KeyboardInterrupt: it was interrupted, and has ended.
        """
        interrupted: KeyboardInterrupt | None = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
        with (
            nullcontext() if log is None else log.open("ab") as output,
            subprocess.Popen(
                self._command(arguments), env=self.environment(), stdout=output, stderr=output and subprocess.STDOUT
            ) as process,
        ):
            while process.returncode is None:
                try:
                    process.wait()
                except KeyboardInterrupt as interrupt:
                    interrupted = interrupt
        if interrupted is not None:
            raise interrupted
        if process.returncode != 0:
            raise EngineError(
                f"`pulumi {shlex.join(arguments)}` failed (exit code {process.returncode}), see above"
                if log is None
                else f"`pulumi {shlex.join(arguments)}` failed (exit code {process.returncode}):"
            )

    def capture(self, arguments: Sequence[str], text: str = "") -> str:
        """Run pulumi with `text` as its input and return what it prints to standard output.

        Raises:
            EngineError: it failed; with what it printed.
        """
        result = subprocess.run(
            self._command(arguments), env=self.environment(), check=False, capture_output=True, input=text, text=True
        )
        if result.returncode != 0:
            raise EngineError(f"`pulumi {shlex.join(arguments)}` failed:\n{result.stdout}{result.stderr}".rstrip())
        return result.stdout

    def _events(self, stack: str) -> Path:
        return self.state.root / "pulumi" / f"events-{stack}.jsonl"

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [str(self.pulumi), "--cwd", str(self.project), *arguments]
