"""`wedops override apply`: give an override to the lock in a region's cluster."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import typer

from delivery.console import EnvironmentOption, JsonOption, RegionOption, aws_errors
from delivery.override.common import FileArgument, candidate_of, override_errors

if TYPE_CHECKING:
    from delivery.kubeconfig import ApiServer
    from guard.override import Approved, Candidate

_MANAGER = "wedops"


def apply(
    file: FileArgument, environment: EnvironmentOption, region: RegionOption, json_output: JsonOption = False
) -> None:
    """Give an override to a region's cluster: exit code 0 if it is there, 3 if it is refused, 2 on bad input."""
    with override_errors(), aws_errors():
        from delivery.aws import check_account, own_clients
        from delivery.inputs import region_of
        from delivery.region_cluster import cluster_of
        from regions.load import load_fleet
        from stacks.environment import load_environment

        settings = load_environment(environment)
        fleet = load_fleet().restricted(settings.regions)
        place, candidate = region_of(fleet, region), candidate_of(file)
        approved = _approved(candidate, environment, region)
        clients = own_clients()
        check_account(clients, settings, fleet.home)
        _give(cluster_of(settings, place, clients), fleet.workloads.namespace.name, candidate)
    if json_output:
        found = {"file": candidate.name, "stack": f"{environment}-{region}", "approvers": list(approved.approvers)}
        typer.echo(json.dumps(found, indent=2))
        return
    typer.secho(f"{approved.sentence}.", fg="green")
    typer.echo("The season scaler verifies it again and opens the cluster within a minute: kubectl get freezewindows.")


def _approved(candidate: Candidate, environment: str, region: str) -> Approved:
    """The override, if it counts here and now for the region's stack.

    Raises:
        RefusedError: it does not.
    """
    from guard import override, repository
    from guard.signers import read_signers
    from guard.target import Target

    project, now = repository.PROJECT, datetime.now(UTC)
    signers, tree = read_signers(repository.committed_signers(project)), repository.deployed_tree(project)
    approved = override.verify(candidate, signers, tree, now)
    if objection := approved.objection(Target(environment, region), now):
        raise override.RefusedError((objection,))
    return approved


def _give(server: ApiServer, namespace: str, candidate: Candidate) -> None:
    """Apply the ConfigMap with these files and no others.

    Raises:
        StepError: the API server refuses, or cannot be reached.
    """
    import httpx

    from delivery.steps import StepError
    from guard.in_cluster import OVERRIDE

    files = {PurePosixPath(candidate.name).name: candidate.raw, **candidate.signatures}
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": OVERRIDE, "namespace": namespace},
        "binaryData": {name: base64.b64encode(raw).decode() for name, raw in files.items()},
    }
    try:
        with server.client() as api:
            answer = api.patch(
                f"/api/v1/namespaces/{namespace}/configmaps/{OVERRIDE}",
                params={"fieldManager": _MANAGER, "force": "true"},
                headers={"Content-Type": "application/apply-patch+yaml"},
                json=body,
            )
            answer.raise_for_status()
    except httpx.HTTPError as error:
        raise StepError(f"The API server {server.server} does not do as asked: {error}") from error
