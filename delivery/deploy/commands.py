"""`wedops up`, `preview` and `destroy` as commands: their options, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from delivery.console import INTERRUPTED, JsonOption, errors, fail

if TYPE_CHECKING:
    from delivery.deploy.review import Result, Review
    from delivery.deploy.subject import Surroundings

StackOption = Annotated[str, typer.Option("--stack", "-s", help="<environment>, or <environment>-<region>.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Change the stack without asking: for pipelines.")]
LossOption = Annotated[
    list[str] | None,
    typer.Option("--accept-loss", metavar="URN", help="A resource that may be lost; may be given again."),
]


def preview(stack: StackOption, json_output: JsonOption = False) -> None:
    """Show what `wedops up` would change, lose and cost. Exit code 0, or 3 if checks or policies would stop it."""
    preview_in(_here(), stack, json_output=json_output)


def up(
    stack: StackOption, accept_loss: LossOption = None, yes: YesOption = False, json_output: JsonOption = False
) -> None:
    """Preview with the policies, check, ask, and update. Exit code 3 if it is refused, and 1 if it failed."""
    up_in(_here(), stack, accept_loss or [], yes=yes, json_output=json_output)


def destroy(stack: StackOption, yes: YesOption = False, json_output: JsonOption = False) -> None:
    """Delete everything in a stack that is not protected, after its name was typed: docs/runbooks/remove-region.md."""
    destroy_in(_here(), stack, yes=yes, json_output=json_output)


def preview_in(around: Surroundings, stack: str, *, json_output: bool) -> NoReturn:
    """`wedops preview` in given surroundings."""
    with errors():
        from delivery.deploy import up_flow
        from delivery.deploy.subject import subject_of

        subject = subject_of(stack, around)
        ended = _unless_stopped(lambda: up_flow.preview(subject, _shown(json_output=json_output)))
    _end(*ended, json_output=json_output)


def up_in(around: Surroundings, stack: str, accepted: list[str], *, yes: bool, json_output: bool) -> NoReturn:
    """`wedops up` in given surroundings."""
    with errors():
        from delivery.deploy import up_flow
        from delivery.deploy.asking import check_options
        from delivery.deploy.subject import subject_of

        subject = subject_of(stack, around)
        check_options(stack, accepted, asks=not yes)
        ended = _unless_stopped(lambda: up_flow.up(subject, accepted, _shown(json_output=json_output), asks=not yes))
    _end(*ended, json_output=json_output)


def destroy_in(around: Surroundings, stack: str, *, yes: bool, json_output: bool) -> NoReturn:
    """`wedops destroy` in given surroundings."""
    with errors():
        from delivery.deploy import destroy_flow
        from delivery.deploy.asking import check_options
        from delivery.deploy.subject import subject_of
        from stacks.audit import trail_in

        subject = subject_of(stack, around)
        check_options(stack, (), asks=not yes)
        trail = trail_in(subject.home, subject.environment.account_id)
        ended = _unless_stopped(
            lambda: destroy_flow.destroy(subject, trail, _shown(json_output=json_output), asks=not yes)
        )
    _end(*ended, json_output=json_output)


def _here() -> Surroundings:
    from delivery.deploy.subject import Surroundings

    return Surroundings()


def _unless_stopped(command: Callable[[], tuple[Review, Result]]) -> tuple[Review, Result]:
    from delivery.deploy.looking import StoppedError

    try:
        return command()
    except StoppedError:
        fail("Interrupted. Nothing was changed.", INTERRUPTED)


def _shown(*, json_output: bool) -> Callable[[Review], None]:
    """What prints a review before anybody is asked; a document is printed at the end instead."""

    def show(review: Review) -> None:
        from delivery.deploy.summary import lines

        for colour, text in lines(review):
            typer.secho(text, fg=colour if colour not in ("", "bold") else None, bold=colour == "bold")

    return (lambda _: None) if json_output else show


def _end(review: Review, result: Result, *, json_output: bool) -> NoReturn:
    import json

    from delivery.deploy.document import document
    from delivery.deploy.ending import ending
    from delivery.deploy.review import EXIT_CODES

    if json_output:
        typer.echo(json.dumps(document(review, result), indent=2))
    else:
        colour, text = ending(review, result)
        typer.secho(text, fg=colour, err=EXIT_CODES[result] != 0)
    raise typer.Exit(EXIT_CODES[result])
