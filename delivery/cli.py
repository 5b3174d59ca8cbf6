"""`wedops`: what engineers and pipelines run around `pulumi up`.

A command imports what it needs when it runs, so that the others start at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import BAD_INPUT, FAILED, EnvironmentOption, JsonOption, RegionOption, aws_errors, fail
from delivery.cost.app import app as cost
from delivery.deploy.app import app as deploy
from delivery.freeze.app import app as freeze
from delivery.override.app import app as override
from delivery.policy_command import app as policy
from delivery.review.app import app as review
from delivery.season.app import app as season

if TYPE_CHECKING:
    from delivery.aws import Clients
    from delivery.bootstrap.api_certificate import ApiCertificate
    from delivery.steps import Outcome
    from regions.fleet import Fleet
    from stacks.environment import Environment

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, secrets among them
    help="What happens around `pulumi up`.",
)

app.add_typer(deploy)
app.add_typer(review)
app.add_typer(cost, name="cost")
app.add_typer(freeze, name="freeze")
app.add_typer(override, name="override")
app.add_typer(policy, name="policy")
app.add_typer(season, name="season")

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
CertificateOption = Annotated[
    Path | None, typer.Option(help="The API's certificate and its chain, the leaf first: PEM. With --api-key.")
]
KeyOption = Annotated[Path | None, typer.Option(help="The certificate's key: PEM. With --api-certificate.")]


@app.command()
def bootstrap(
    environment: EnvironmentOption,
    api_certificate: CertificateOption = None,
    api_key: KeyOption = None,
    json_output: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Make what an environment needs before its first `pulumi up`. Can be repeated; changes only what differs."""
    with aws_errors():
        from delivery.bootstrap.certificates import utc_now
        from delivery.bootstrap.command import next_commands, steps
        from delivery.steps import run

        settings, fleet = _settings(environment)
        certificate = _certificate(settings, fleet, api_certificate, api_key)
        clients = _clients(settings, fleet)
        planned = steps(settings, fleet, clients, utc_now(), certificate)
        outcomes = _show(run(planned, dry_run=dry_run), dry_run=dry_run, quiet=json_output)
        _finish(outcomes, next_commands(settings, fleet), dry_run=dry_run, json_output=json_output)


@app.command()
def connect(environment: EnvironmentOption, region: RegionOption, json_output: JsonOption = False) -> None:
    """After a region's `pulumi up`: give its databases, cache and cluster the credentials that no state may hold."""
    with aws_errors():
        from delivery.connect import Connection
        from delivery.region_cluster import cluster_of

        settings, fleet = _settings(environment)
        if region not in fleet.regions:
            fail(
                f"--region {region}: not a region of {environment}. Its regions: {', '.join(fleet.regions)}.", BAD_INPUT
            )
        clients, place = _clients(settings, fleet), fleet.region(region)
        connection = Connection(settings, fleet, place, clients, cluster_of(settings, place, clients))
        outcomes = _show(connection.outcomes(), dry_run=False, quiet=json_output)
        _finish(outcomes, {}, dry_run=False, json_output=json_output)


def _settings(name: str) -> tuple[Environment, Fleet]:
    """The environment, and the fleet of its regions."""
    from regions.load import load_fleet
    from stacks.environment import check_regions, load_environment

    environment, fleet = load_environment(name), load_fleet()
    check_regions(environment, fleet)
    return environment, fleet.restricted(environment.regions)


def _clients(environment: Environment, fleet: Fleet) -> Clients:
    from delivery.aws import check_account, own_clients

    clients = own_clients()
    check_account(clients, environment, fleet.home)
    return clients


def _certificate(
    environment: Environment, fleet: Fleet, certificate: Path | None, key: Path | None
) -> ApiCertificate | None:
    from delivery.bootstrap.api_certificate import ApiCertificate, CertificateError, api_names, check
    from delivery.bootstrap.certificates import utc_now

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise CertificateError("--api-certificate and --api-key belong together: give both, or none.")
    try:
        given = ApiCertificate(certificate.read_text(), key.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise CertificateError(f"--api-certificate, --api-key: cannot be read: {error}") from error
    check(given, api_names(environment, fleet), utc_now())
    return given


def _show(outcomes: Iterable[Outcome], *, dry_run: bool, quiet: bool) -> list[Outcome]:
    """Each step's line is printed as soon as it is done."""
    shown: list[Outcome] = []
    for outcome in outcomes:
        shown.append(outcome)
        if not quiet:
            typer.echo(_line(outcome, dry_run=dry_run))
    return shown


def _line(outcome: Outcome, *, dry_run: bool) -> str:
    from delivery.steps import State

    left = {State.MADE: "to make", State.CHANGED: "to change"} if dry_run else {}
    detail = f": {outcome.detail}" if outcome.detail else ""
    return f"{left.get(outcome.state, outcome.state):<10} {outcome.what}{detail}"


def _finish(outcomes: list[Outcome], facts: dict[str, object], *, dry_run: bool, json_output: bool) -> None:
    from delivery.steps import State

    missing = [each for each in outcomes if each.state is State.MISSING]
    changed = [each for each in outcomes if each.state in (State.MADE, State.CHANGED)]
    if json_output:
        shown = [asdict(outcome) for outcome in outcomes]
        typer.echo(json.dumps({"dry_run": dry_run, "steps": shown, **facts}, indent=2))
    elif dry_run:
        typer.echo(f"Nothing was changed: this was a dry run. {len(changed)} of {len(outcomes)} are left to do.")
    elif changed:
        typer.echo(f"{len(changed)} of {len(outcomes)} made or changed.")
    elif not missing:
        typer.echo("Nothing changed: everything was there.")
    if missing:
        fail(f"{len(missing)} missing, see above; then run the same command again.", FAILED)
