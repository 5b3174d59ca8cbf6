"""What the state bucket is made with besides its settings: the layout of the states."""

from __future__ import annotations

from delivery.aws import Clients
from delivery.bootstrap.names import state_bucket
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import Bootstrap

LAYOUT = ".pulumi/meta.yaml"
"""Where the engine looks for the layout of its states
(https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/diy/meta.go)."""


def layout(clients: Clients, environment: Environment) -> str:
    """What the engine finds; without the policy, by which moto refuses every connection."""
    s3, bucket = clients("s3", "us-east-1"), {"Bucket": state_bucket(environment)}
    s3.delete_bucket_policy(**bucket)
    return s3.get_object(**bucket, Key=LAYOUT)["Body"].read().decode()


def test_the_first_login_finds_the_layout_that_no_stacks_role_may_write(
    bootstrap: Bootstrap, clients: Clients, local: Environment
) -> None:
    bootstrap()
    assert layout(clients, local) == "version: 1\n"


def test_a_layout_that_states_lie_by_stays(bootstrap: Bootstrap, clients: Clients, local: Environment) -> None:
    s3, bucket = clients("s3", "us-east-1"), state_bucket(local)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=LAYOUT, Body="version: 2\n")
    bootstrap()
    assert layout(clients, local) == "version: 2\n"
