"""`wedops policy check`: every rule, for every stack, with no cloud, no engine and no credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import REFUSED, JsonOption, errors, fail

if TYPE_CHECKING:
    from policies.pack import Violation
    from policies.subject import Subject
    from stacks.environment import Environment
    from stacks.recording import Registered

app = typer.Typer(no_args_is_help=True, help="What must not be.")

SomeEnvironments = Annotated[
    list[str] | None, typer.Option("--environment", "-e", help="Of these alone; all of them unless given.")
]


@dataclass(frozen=True, slots=True)
class Checked:
    """A stack, how many resources it has, and what is wrong with it."""

    stack: str
    resources: int
    violations: tuple[Violation, ...]

    @property
    def refused(self) -> bool:
        """Whether it must not be deployed."""
        return any(each.level == "mandatory" for each in self.violations)


@app.callback()
def group() -> None:
    """What must not be."""  # without a callback, typer would make the only command the group itself


@app.command()
def check(environment: SomeEnvironments = None, json_output: JsonOption = False) -> None:
    """Ask every rule about what every stack's program registers; exit code 3 if one must not be deployed.

    No cloud, no engine, no credentials. The same rules run in `pulumi preview --policy-pack policies`.
    """
    with errors():
        from stacks.environment import environment_names, load_environment

        environments = [load_environment(name) for name in environment or environment_names()]
        checked: list[Checked] = []
        for each in _all_checked(environments, datetime.now(UTC)):
            checked.append(each)
            if not json_output:
                _show(each)
    if json_output:
        typer.echo(json.dumps([_document(each) for each in checked], indent=2))
    refused = [each.stack for each in checked if each.refused]
    if refused:
        fail(f"{len(refused)} of {len(checked)} stacks must not be deployed: {', '.join(refused)}.", REFUSED)
    if not json_output:
        typer.echo(f"{len(checked)} stacks may be deployed.")


def subjects_of(registered: Sequence[Registered]) -> list[Subject]:
    """Return what a program has registered as rules see it."""
    from policies.subject import Subject
    from policies.wire import read_inputs
    from stacks.offline import aws_regions

    places = aws_regions(registered)
    subjects: list[Subject] = []
    for each in registered:
        props, secrets = read_inputs(each.inputs)
        provider = each.type.partition(":")[0] if each.custom else ""
        subjects.append(
            Subject(each.type, each.name, each.urn, props, each.protect, places[each.urn], provider, secrets)
        )
    return subjects


def checked(stack: str, registered: Sequence[Registered], at: datetime) -> Checked:
    """Ask every rule about the resources of a stack."""
    from policies.context import context_of
    from policies.pack import Pack
    from policies.rules import RULES

    subjects = subjects_of(registered)
    violations = Pack(RULES).everything(subjects, context_of(stack, at, dry_run=True))
    return Checked(stack, len(subjects), tuple(violations))


def _all_checked(environments: Sequence[Environment], at: datetime) -> Iterator[Checked]:
    import pulumi

    from delivery.steps import InputError
    from stacks.offline import run_stacks

    for environment in environments:
        try:
            runs = run_stacks(environment.name, environment.regions)
        except pulumi.RunError as error:  # how a program says that its files are wrong
            raise InputError(str(error)) from error
        for stack, run in runs.items():
            yield checked(stack, run.registered, at)


def _show(checked: Checked) -> None:
    typer.echo(f"{checked.stack}: {checked.resources} resources, {len(checked.violations)} findings")
    for each in checked.violations:
        color = "red" if each.level == "mandatory" else "yellow"
        what = each.urn.rpartition("::")[2]
        typer.secho(f"  {each.level} {each.rule.id}{what and f' ({what})'}: {each.sentence}", fg=color)


def _document(checked: Checked) -> dict[str, object]:
    findings = [
        {"rule": each.rule.id, "level": each.level, "urn": each.urn or None, "sentence": each.sentence}
        for each in checked.violations
    ]
    return {"stack": checked.stack, "resources": checked.resources, "refused": checked.refused, "findings": findings}
