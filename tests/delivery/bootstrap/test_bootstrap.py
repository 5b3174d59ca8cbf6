"""The whole of `wedops bootstrap`: what is there afterwards, again, after an interruption, and what is never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.security.secret_names import (
    ROLES,
    api_certificate,
    cache_user,
    database_role,
    mesh_authority,
    secrets_key_alias,
)
from delivery.aws import Clients
from delivery.bootstrap.command import next_commands, steps
from delivery.bootstrap.names import mesh_root, secrets_provider, state_bucket
from delivery.steps import Outcome, State, StepError, run
from regions.fleet import Fleet
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import NOW, Bootstrap


def states(outcomes: list[Outcome]) -> set[State]:
    return {outcome.state for outcome in outcomes}


def secret_names(clients: Clients, aws_region: str) -> set[str]:
    found = clients("secretsmanager", aws_region).get_paginator("list_secrets").paginate()
    return {secret["Name"] for page in found for secret in page["SecretList"]}


def values(clients: Clients, fleet: Fleet) -> dict[tuple[str, str], str]:
    """Every secret's value, by AWS region and name."""
    return {
        (aws_region, name): clients("secretsmanager", aws_region).get_secret_value(SecretId=name)["SecretString"]
        for aws_region in fleet.aws_regions
        for name in secret_names(clients, aws_region)
    }


def test_a_second_run_changes_nothing(bootstrap: Bootstrap, clients: Clients, fleet: Fleet) -> None:
    assert states(bootstrap()) == {State.MADE}
    first = values(clients, fleet)
    again = bootstrap()
    assert states(again) == {State.UNCHANGED}
    assert {outcome.detail for outcome in again} == {""}
    assert values(clients, fleet) == first


def test_a_dry_run_changes_nothing_and_says_what_would(bootstrap: Bootstrap, clients: Clients, fleet: Fleet) -> None:
    planned = bootstrap(dry_run=True)
    assert values(clients, fleet) == {}
    assert clients("s3", "us-east-1").list_buckets()["Buckets"] == []
    assert planned == bootstrap()


def test_every_secret_that_a_region_reads_is_in_its_aws_region(
    bootstrap: Bootstrap, clients: Clients, fleet: Fleet, local: Environment
) -> None:
    bootstrap()
    for region in fleet.regions.values():
        expected = {
            *(database_role(local.name, region.replication.group, role) for role in ROLES),
            cache_user(local.name, region.name),
            mesh_authority(local.name, region.name),
            api_certificate(local.name),
        }
        assert expected <= secret_names(clients, region.aws_region)


def test_residents_credentials_stay_in_their_jurisdiction(bootstrap: Bootstrap, clients: Clients, fleet: Fleet) -> None:
    bootstrap()
    residents = [region for region in fleet.regions.values() if region.residency]
    assert [region.name for region in residents] == ["eu-central-1"]
    where = {
        aws_region
        for aws_region in fleet.aws_regions
        if any("/resident-eu/" in name for name in secret_names(clients, aws_region))
    }
    assert where == {"eu-central-1"}


def test_secrets_are_encrypted_with_the_environments_key_of_their_own_region(
    bootstrap: Bootstrap, clients: Clients, fleet: Fleet, local: Environment
) -> None:
    bootstrap()
    alias = secrets_key_alias(local.name)
    for aws_region in fleet.aws_regions:
        key = clients("kms", aws_region).describe_key(KeyId=alias)["KeyMetadata"]
        assert (key["Enabled"], key.get("MultiRegion", False)) == (True, False)
        assert clients("kms", aws_region).get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True
        for name in secret_names(clients, aws_region):
            assert clients("secretsmanager", aws_region).describe_secret(SecretId=name)["KmsKeyId"] == alias, name


def test_the_meshs_root_is_at_home_alone(bootstrap: Bootstrap, clients: Clients, fleet: Fleet) -> None:
    bootstrap()
    root = mesh_root("local")
    assert [each for each in fleet.aws_regions if root in secret_names(clients, each)] == [fleet.home]


def test_another_region_gets_what_it_needs_and_nothing_else_changes(
    bootstrap: Bootstrap, clients: Clients, fleet: Fleet, local: Environment
) -> None:
    fewer = ("us-east-1", "eu-central-1", "us-west-1")
    bootstrap(local.model_copy(update={"regions": fewer}), fleet.restricted(fewer))
    before = values(clients, fleet)
    outcomes = {outcome.what: outcome for outcome in bootstrap()}
    assert outcomes["key alias/wedsync-local-secrets in ap-southeast-1"].state is State.MADE
    assert outcomes["role wedsync-local-asia-pacific-1-deploy"].state is State.MADE
    assert outcomes["secret wedsync/local/mesh/authority/asia-pacific-1 in ap-southeast-1"].state is State.MADE
    copied = outcomes["secret wedsync/local/database/worldwide/app in us-east-1"]
    assert (copied.state, copied.detail) == (State.CHANGED, "copies in further regions")
    # Regions in which roles may act: the boundary and the preview's look-ups are the environment's.
    assert outcomes["boundary wedsync-local-boundary"].state is State.CHANGED
    assert outcomes["role wedsync-local-us-west-1-deploy"].state is State.UNCHANGED
    after = values(clients, fleet)
    assert {place: after[place] for place in before} == before
    shared = database_role("local", "worldwide", "app")
    assert after["ap-southeast-1", shared] == after["us-east-1", shared]


class DiedError(Exception):
    """The process died here."""


def dying(clients: Clients, after: int) -> Clients:
    """Clients that die with a call that changes something, the one after `after` of them."""
    left = [after]

    class Dying:
        def __init__(self, real: Any) -> None:
            self._real = real

        def __getattr__(self, name: str) -> Any:
            real = getattr(self._real, name)
            if name.startswith(("get_", "describe_", "list_", "head_", "exceptions")):
                return real

            def call(**arguments: Any) -> Any:
                if left[0] == 0:
                    raise DiedError
                left[0] -= 1
                return real(**arguments)

            return call

    return lambda service, aws_region: Dying(clients(service, aws_region))


def test_cut_off_after_any_call_it_goes_on(
    bootstrap: Bootstrap, clients: Clients, fleet: Fleet, local: Environment
) -> None:
    alone = ("us-east-1",)
    one, on = local.model_copy(update={"regions": alone}), fleet.restricted(alone)
    calls = 0
    while True:
        try:
            list(run(steps(one, on, dying(clients, 1), NOW), dry_run=False))
        except DiedError:
            calls += 1
            assert calls < 100
            continue
        break
    assert calls > 15
    assert states(bootstrap(one, on)) == {State.UNCHANGED}
    kms = clients("kms", "us-east-1")
    assert len(kms.list_keys()["Keys"]) == 1, "a key that had no alias yet was found again"


def policy(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def drift(clients: Clients, environment: Environment) -> dict[str, tuple[str, Callable[[], object]]]:
    """By step: the word in its outcome, and what somebody does to it."""
    s3, iam, kms = clients("s3", "us-east-1"), clients("iam", "us-east-1"), clients("kms", "us-east-1")
    bucket, role = {"Bucket": state_bucket(environment)}, {"RoleName": "wedsync-local-us-east-1-deploy"}
    key = kms.describe_key(KeyId=secrets_key_alias(environment.name))["KeyMetadata"]["KeyId"]
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    everybody = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    suspended = {"Status": "Suspended"}
    bucket_step, role_step = f"state bucket {bucket['Bucket']}", f"role {role['RoleName']}"
    return {
        "versioning": (bucket_step, lambda: s3.put_bucket_versioning(**bucket, VersioningConfiguration=suspended)),
        "encryption": (bucket_step, lambda: s3.delete_bucket_encryption(**bucket)),
        "public access": (bucket_step, lambda: s3.delete_public_access_block(**bucket)),
        "policy": (bucket_step, lambda: s3.delete_bucket_policy(**bucket)),
        "old versions": (bucket_step, lambda: s3.delete_bucket_lifecycle(**bucket)),
        "what it may do": (role_step, lambda: iam.delete_role_policy(**role, PolicyName="allowed")),
        "who may take it": (
            role_step,
            lambda: iam.update_assume_role_policy(**role, PolicyDocument=everybody),
        ),
        "session": (role_step, lambda: iam.update_role(**role, MaxSessionDuration=43200)),
        "rotation": (
            "key alias/wedsync-local-secrets in us-east-1",
            lambda: kms.disable_key_rotation(KeyId=key),
        ),
    }


@pytest.mark.parametrize(
    "what",
    [
        "versioning",
        "encryption",
        "public access",
        "policy",
        "old versions",
        "what it may do",
        "who may take it",
        "session",
        "rotation",
    ],
)
def test_what_somebody_changed_is_put_right(
    what: str, bootstrap: Bootstrap, clients: Clients, local: Environment
) -> None:
    bootstrap()
    step, change = drift(clients, local)[what]
    change()
    changed = [outcome for outcome in bootstrap() if outcome.state is not State.UNCHANGED]
    assert changed == [Outcome(step, State.CHANGED, what)]
    assert states(bootstrap()) == {State.UNCHANGED}


def test_the_boundary_changes_in_place_and_makes_room_for_its_next_version(
    bootstrap: Bootstrap, clients: Clients
) -> None:
    bootstrap()
    iam, arn = clients("iam", "us-east-1"), "arn:aws:iam::123456789012:policy/wedsync-local-boundary"
    for number in range(4):
        document = json.dumps(policy(f"dynamodb:Get{number}"))
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    changed = [outcome for outcome in bootstrap() if outcome.state is not State.UNCHANGED]
    assert changed == [Outcome("boundary wedsync-local-boundary", State.CHANGED, "oldest version removed, text")]
    assert states(bootstrap()) == {State.UNCHANGED}


def test_without_a_certificate_everything_else_is_made(bootstrap: Bootstrap, environment: Environment) -> None:
    *others, last = bootstrap(environment)
    assert states(others) == {State.MADE}
    assert last.state is State.MISSING
    assert "us-east-1.api.wedsync.example" in last.detail
    assert "--api-certificate" in last.detail


def test_a_key_that_waits_for_its_deletion_stops_it(bootstrap: Bootstrap, clients: Clients) -> None:
    bootstrap()
    kms = clients("kms", "us-east-1")
    key = kms.describe_key(KeyId="alias/wedsync-local-secrets")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    with pytest.raises(StepError, match=r"wedsync-local-secrets is PendingDeletion.*cancel-key-deletion"):
        bootstrap()


def test_a_secret_that_waits_for_its_deletion_stops_it(bootstrap: Bootstrap, clients: Clients) -> None:
    bootstrap()
    clients("secretsmanager", "us-east-1").delete_secret(SecretId=mesh_root("local"))
    with pytest.raises(StepError, match=r"mesh-root is scheduled for deletion.*restore-secret"):
        bootstrap()


def test_somebody_elses_bucket_of_that_name_stops_it(
    bootstrap: Bootstrap, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = clients("s3", "us-east-1")
    forbidden = ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")

    def head(**_: object) -> None:
        raise forbidden

    monkeypatch.setattr(s3, "head_bucket", head)
    with pytest.raises(ClientError, match="Forbidden"):
        bootstrap()


def test_what_comes_next_is_named(local: Environment, fleet: Fleet) -> None:
    facts = next_commands(local, fleet)
    assert facts["backend"] == "s3://wedsync-local-state-123456789012?region=us-east-1"
    assert facts["secrets_provider"] == secrets_provider(local, fleet)
    roles = facts["roles"]
    assert isinstance(roles, dict)
    assert roles["wedsync-local-eu-central-1-deploy"].endswith(":role/bootstrap/wedsync-local-eu-central-1-deploy")
