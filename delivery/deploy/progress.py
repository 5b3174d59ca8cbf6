"""Says on standard error what is being done, and on a terminal how far the engine is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import typer

from delivery.deploy.events import Event

Watch = Callable[[Event], None]


@contextmanager
def phase(what: str, total: int | None = None) -> Generator[Watch]:
    """While this lasts, `what` is done; yields what is told of each of the engine's events.

    Args:
        what: in a few words.
        total: number of resources, where it is known.
    """
    typer.echo(what, err=True)
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # as long to load as all the rest, and pipelines do not need it

    done, of = 0, "" if total is None else f" of {total}"
    with Console(stderr=True).status(what) as status:

        def watch(event: Event) -> None:
            nonlocal done
            if "resOutputsEvent" in event and event["resOutputsEvent"]["metadata"]["op"] != "refresh":
                done += 1
                status.update(f"{what}: {done}{of} resources")

        yield watch


def interrupted(pid: int) -> None:
    """Say what happens after Ctrl-C, and how to end it at once."""
    typer.secho(
        f"Interrupted: pulumi (process {pid}) finishes what is in flight and begins nothing new. Wait for it: ended at"
        f" once (kill -KILL {pid}), it would leave a lock and operations that nobody knows the end of.",
        fg="yellow",
        err=True,
    )
