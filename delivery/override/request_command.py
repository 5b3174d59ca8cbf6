"""`wedops override request`: write the document that two approvers then sign."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import EnvironmentOption, JsonOption
from delivery.override.common import facts, override_errors

if TYPE_CHECKING:
    from guard.document import Override

RegionsOption = Annotated[
    list[str] | None, typer.Option("--region", "-r", help="A region whose stack is opened; may be given again.")
]
StacksOption = Annotated[
    list[str] | None,
    typer.Option("--stack", "-s", help="A stack that is opened, such as the global one; may be given again."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why it cannot wait.")]
TicketOption = Annotated[str, typer.Option("--ticket", help="The incident's ticket.")]
HoursOption = Annotated[float, typer.Option("--hours", help="How long it counts, from now on: at most 4.")]


def request(
    environment: EnvironmentOption,
    reason: ReasonOption,
    ticket: TicketOption,
    hours: HoursOption,
    region: RegionsOption = None,
    stack: StacksOption = None,
    json_output: JsonOption = False,
) -> None:
    """Ask for an override: write its document, for exactly what is checked out, into overrides/."""
    with override_errors():
        from guard import repository
        from guard.document import instant_text, override_of, written

        now = datetime.now(UTC).replace(microsecond=0)
        fields: dict[str, object] = {
            "reason": reason,
            "ticket": ticket,
            "requested_by": repository.author(repository.PROJECT),
            "environment": environment,
            "stacks": _stacks(environment, region or [], stack or []),
            "not_before": instant_text(now),
            "expires": instant_text(now + _length(hours)),
            "tree": repository.deployed_tree(repository.PROJECT),
        }
        override = override_of(fields, "override")
        path = _write(repository.PROJECT, override, written(override))
    if json_output:
        typer.echo(json.dumps({"file": str(path), **facts(override)}, indent=2))
    else:
        _show(path, override)


def _stacks(environment: str, regions: list[str], stacks: list[str]) -> list[str]:
    """The stacks to open, each once; all that do not exist are told."""
    from delivery.steps import InputError
    from guard.target import Target
    from regions.model.base import suggestion
    from stacks.environment import load_environment

    on = load_environment(environment).regions
    known = tuple(Target(environment, region).stack for region in (None, *on))
    wrong = [f"--region {name}: no region of {environment}{suggestion(name, on)}" for name in regions if name not in on]
    wrong += [
        f"--stack {name}: no stack of {environment}{suggestion(name, known)}" for name in stacks if name not in known
    ]
    if not regions and not stacks:
        wrong.append("Give what to open: --region, or --stack for a stack by its name.")
    if wrong:
        raise InputError("\n".join(wrong))
    return list(dict.fromkeys([*(Target(environment, region).stack for region in regions), *stacks]))


def _length(hours: float) -> timedelta:
    from delivery.steps import InputError
    from guard.document import LONGEST

    most = LONGEST / timedelta(hours=1)
    if not 0 < hours <= most:
        raise InputError(f"--hours {hours:g}: an override counts for more than 0 and at most {most:g} hours.")
    return timedelta(hours=hours)


def _write(project: Path, override: Override, document: bytes) -> Path:
    """Write the document to a file of its own, named by when and why."""
    from delivery.steps import InputError
    from guard.tree import OVERRIDES

    ticket = "".join(letter if letter.isalnum() else "-" for letter in override.ticket.lower())
    path = project / OVERRIDES / f"{override.not_before:%Y-%m-%dt%H%M%Sz}-{ticket}.yaml"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(document)
    except FileExistsError:
        raise InputError(
            f"{path} is there already: it was requested in this second. Ask again if you need two."
        ) from None
    return path


def _show(path: Path, override: Override) -> None:
    from guard.override import APPROVERS
    from guard.words import at_utc, listed

    typer.secho(f"Wrote {path}", fg="green")
    typer.echo(f"It opens {listed(override.stacks)} until {at_utc(override.expires)} for the tree {override.tree}.")
    typer.echo(
        f"Next: commit it; {APPROVERS} approvers, other than {override.requested_by}, check out that commit, run"
    )
    typer.echo(f"  wedops override sign overrides/{path.name} --key <their SSH key>")
    typer.echo("and commit their signatures. Commits that change overrides/ alone change nothing of the tree.")
