"""AWS clients of whoever runs a command: their credentials, as boto3 finds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3

from delivery.steps import InputError
from stacks.environment import Environment

Clients = Callable[[str, str], Any]
"""(service, AWS region) → its boto3 client."""


class WrongAccountError(InputError):
    """The credentials are of another account than the environment's; nothing was changed."""


def own_clients() -> Clients:
    """Clients of the process' own credentials, each made once."""
    session: Any = boto3.Session()

    @cache
    def client(service: str, aws_region: str) -> Any:
        return session.client(service, region_name=aws_region)

    return client


def check_account(clients: Clients, environment: Environment, aws_region: str) -> None:
    """Ask whose credentials these are.

    Raises:
        WrongAccountError: not the environment's.
    """
    account = clients("sts", aws_region).get_caller_identity()["Account"]
    if account != environment.account_id:
        raise WrongAccountError(
            f"These credentials are of account {account}, but {environment.name} lives in {environment.account_id} "
            f"(account_id in Pulumi.{environment.name}.yaml). Nothing was changed. Log in to the other account, or "
            f"correct the file."
        )
