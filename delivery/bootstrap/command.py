"""Everything that an environment needs before its first `pulumi up`, as steps in their order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from components.place import Place
from components.scope import Scope
from components.security.bootstrap_roles import freeze_policy_arn, role_arn
from components.security.boundary import boundary_arn
from components.security.secret_names import secrets_key_alias
from delivery.aws import Clients
from delivery.bootstrap import iam
from delivery.bootstrap.api_certificate import ApiCertificate
from delivery.bootstrap.boundary import boundary
from delivery.bootstrap.freeze_boundary import freeze_boundary
from delivery.bootstrap.guard import GITHUB
from delivery.bootstrap.keys import plan_key
from delivery.bootstrap.names import backend_url, secrets_provider, state_bucket
from delivery.bootstrap.roles import RoleSpec, allowed_regions, role_specs
from delivery.bootstrap.secrets import Secrets
from delivery.bootstrap.state_bucket import plan_state_bucket
from delivery.steps import Step
from regions.fleet import Fleet
from stacks.environment import Environment


def steps(
    environment: Environment, fleet: Fleet, clients: Clients, now: datetime, certificate: ApiCertificate | None = None
) -> Iterator[Step]:
    """Each step looks when its turn comes, so that it sees what the ones before it made.

    Args:
        fleet: of the regions that are on.
        now: when new certificates start, and the week from which deploy roles are open between freeze windows.
        certificate: the API's, where one was given.
    """
    for aws_region in fleet.aws_regions:
        yield _key(environment, aws_region, clients)
    bucket = f"state bucket {state_bucket(environment)}"
    yield Step(bucket, lambda: plan_state_bucket(clients("s3", fleet.home), environment, fleet.home))
    yield from _identities(environment, fleet, clients("iam", fleet.home), now)
    yield from Secrets(environment, fleet, clients, now, certificate).steps()


def next_commands(environment: Environment, fleet: Fleet) -> dict[str, object]:
    """What other programs need to know: backend, secrets provider, ARNs of the roles by name."""
    roles = {spec.name: role_arn(environment.account_id, spec.name) for spec in role_specs(environment, fleet)}
    return {
        "backend": backend_url(environment, fleet),
        "secrets_provider": secrets_provider(environment, fleet),
        "roles": roles,
    }


def _key(environment: Environment, aws_region: str, clients: Clients) -> Step:
    place = Place(environment.account_id, aws_region)
    what = f"key {secrets_key_alias(environment.name)} in {aws_region}"
    return Step(what, lambda: plan_key(clients("kms", aws_region), environment.name, place))


def freeze_step(environment: Environment, fleet: Fleet, scope: Scope, client: object, now: datetime) -> Step:
    """Renew the boundary of the role that deploys a stack; of an environment with freeze windows.

    Args:
        client: of IAM; by the role itself, too.
    """
    about = f"When the stack {scope.stack} may be deployed"
    arn = freeze_policy_arn(environment.account_id, scope)
    return _boundary(client, iam.BoundarySpec(arn, about, freeze_boundary(fleet, scope, now)))


def _identities(environment: Environment, fleet: Fleet, client: object, now: datetime) -> Iterator[Step]:
    account, about = environment.account_id, f"What no role of environment {environment.name} may exceed"
    bounds = boundary(environment, allowed_regions(fleet))
    yield _boundary(client, iam.BoundarySpec(boundary_arn(account, environment.name), about, bounds))
    for region in (None, *fleet.regions) if environment.freeze else ():
        yield freeze_step(environment, fleet, Scope(environment.name, region), client, now)
    yield Step(f"identity provider {GITHUB}", lambda: iam.plan_identity_provider(client, account))
    for spec in role_specs(environment, fleet):
        yield _role(client, spec)


def _boundary(client: object, spec: iam.BoundarySpec) -> Step:
    return Step(f"boundary {spec.name}", lambda: iam.plan_boundary(client, spec))


def _role(client: object, spec: RoleSpec) -> Step:
    return Step(f"role {spec.name}", lambda: iam.plan_role(client, spec))
