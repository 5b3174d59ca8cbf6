"""`python -m devcloud`: what the Makefile's targets run."""

from __future__ import annotations

import errno
import json
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from devcloud import bring_up, overview
from devcloud.cloud import Cloud
from devcloud.engine import Engine, EngineError
from devcloud.environment import foreign
from devcloud.locks import LockedError, hold
from devcloud.processes import StartError
from devcloud.providers.plugin import ProviderError
from devcloud.state import DEFAULT, State
from devcloud.toolchain import ToolchainError
from regions.problems import FleetError
from stacks.environment import SettingsError

BAD_INPUT, FAILED, NOT_RUNNING = 2, 1, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, secrets among them
    help="The embedded cloud: everything real, on this machine.",
)
console = Console(stderr=True, highlight=False, soft_wrap=True)

StateOption = Annotated[Path, typer.Option("--state", help="Directory that holds everything of this embedded cloud.")]
RegionsOption = Annotated[str, typer.Option("--regions", help="'all', or names of regions/*.yaml separated by commas.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]


@app.command()
def up(state: StateOption = DEFAULT, regions: RegionsOption = "") -> None:
    """Start the embedded cloud, bring up the stacks, and show what runs."""
    with _errors():
        plan = bring_up.plan(regions)  # before anything is touched
        with _alone(State(state)):
            engine = bring_up.bring_up(State(state), plan, _report)
            _show(engine, json_output=False)


@app.command()
def down(state: StateOption = DEFAULT) -> None:
    """Stop the embedded cloud. Its state stays; `up` continues from it."""
    with _errors(), _alone(State(state)):
        stopped = Cloud(State(state), _report).stop()
        _report("stopped; `make up` continues where it was" if stopped else "it was not running")


@app.command()
def destroy(state: StateOption = DEFAULT) -> None:
    """Stop the embedded cloud and remove every trace of it."""
    with _errors():
        bring_up.remove(State(state), _report)


@app.command()
def status(state: StateOption = DEFAULT, json_output: JsonOption = False) -> None:
    """Show what runs; exit code 3 when the embedded cloud does not."""
    with _errors():
        _show(_engine(State(state)), json_output=json_output)


@app.command()
def preview(state: StateOption = DEFAULT) -> None:
    """Show what `up` would change, against the live objects."""
    with _errors():
        engine = _engine(State(state))
        for stack in engine.stacks():
            engine.show(["preview", "--diff", "--refresh", "--stack", stack])


@app.command()
def env(state: StateOption = DEFAULT) -> None:
    """Print the shell commands that point pulumi, kubectl and aws at the embedded cloud: eval "$(make -s env)"."""
    with _errors():
        engine = _engine(State(state))
        for name in foreign():
            typer.echo(f"unset {name}")
        for name, value in engine.variables().items():
            typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def toolchain() -> None:
    """Find or build every tool, and say where each is."""
    with _errors():
        typer.echo(json.dumps(bring_up.tools(), indent=2))


def _engine(state: State) -> Engine:
    """The engine of a running embedded cloud."""
    running = Cloud(state, _report).running()
    if running is None:
        why = f" It stopped: {state.failure.read_text().strip()}" if state.failure.exists() else ""
        console.print(f"The embedded cloud is not running.{why} Start it: make up", markup=False)
        raise typer.Exit(NOT_RUNNING)
    return bring_up.engine(state, running)


def _show(engine: Engine, *, json_output: bool) -> None:
    rows = overview.observe(engine)
    if json_output:
        typer.echo(json.dumps([row._asdict() for row in rows], indent=2))
    else:
        overview.show(rows)


def _report(line: str) -> None:
    console.print(line, markup=False)


@contextmanager
def _alone(state: State) -> Generator[None]:
    """Only one command at a time may change an embedded cloud, and none what is somebody else's."""
    bring_up.check_ours(state)
    try:
        with hold(state.command_lock):
            yield
    except LockedError as error:
        raise StartError(
            f"another make up, down or destroy works on {state.root} (process {error.pid}): wait for it"
        ) from error


@contextmanager
def _errors() -> Generator[None]:
    """Every expected failure ends in a sentence and an exit code, never in a traceback."""
    try:
        yield
    except (FleetError, SettingsError) as error:
        _fail(str(error), BAD_INPUT)
    except (StartError, EngineError, ToolchainError, ProviderError, BotoCoreError, ClientError) as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        _fail("Interrupted. `make up` continues where this stopped.", 130)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _fail(
            f"The disk is full ({error.filename or 'while writing'}). Free some space and run the same command again.",
            1,
        )


def _fail(message: str, code: int) -> None:
    console.print(message, style="red", markup=False)
    raise typer.Exit(code)


if __name__ == "__main__":
    sys.exit(app())
