"""What all commands share: options, exit codes, and how an expected failure is told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130
REFUSED = 3  # the command did what it was asked, and the answer is no

EnvironmentOption = Annotated[str, typer.Option("--environment", "-e", help="As in Pulumi.<environment>.yaml.")]
RegionOption = Annotated[str, typer.Option("--region", "-r", help="Name of a file in regions/.")]
AtOption = Annotated[
    str | None, typer.Option("--at", help="The instant, with its offset: 2026-11-28T18:30:00Z. Now unless given.")
]
FromOption = Annotated[str, typer.Option("--from", help="First day (by UTC), or an instant with its offset.")]
ToOption = Annotated[str, typer.Option("--to", help="The end, which is not in it; as --from.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]


@contextmanager
def errors() -> Generator[None]:
    """Every expected failure ends in a sentence and an exit code, never in a traceback."""
    from delivery.steps import StepError

    try:
        yield
    except _bad_input() as error:
        fail(str(error), BAD_INPUT)
    except StepError as error:
        fail(str(error), FAILED)
    except KeyboardInterrupt:
        fail("Interrupted.", INTERRUPTED)


def _bad_input() -> tuple[type[Exception], ...]:
    """What says that the input is wrong. Looked up when something is raised: a command that succeeds imports none."""
    from delivery.steps import InputError
    from regions.problems import FleetError
    from stacks.environment import SettingsError

    return FleetError, SettingsError, InputError


@contextmanager
def aws_errors() -> Generator[None]:
    """The same for what AWS answers, for commands that change things there, step by step."""
    from botocore.exceptions import BotoCoreError, ClientError

    with errors():
        try:
            yield
        except ClientError as error:
            fail(f"AWS refused. {error}. What is done stays; run the same command again.", FAILED)
        except BotoCoreError as error:
            fail(f"AWS cannot be asked: {error}", FAILED)
        except KeyboardInterrupt:
            fail("Interrupted. The same command goes on where this stopped.", INTERRUPTED)


def fail(message: str, code: int) -> NoReturn:
    """Print the message in red to standard error and end the command with this exit code."""
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(code)
