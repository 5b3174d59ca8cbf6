"""AWS's own policies: moto has a thousand of them, all or none; here each is there as soon as a role asks for it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

from devcloud.aws_endpoint.replacing import replace

_OWN = "arn:aws:iam::aws:policy/"


def install() -> None:
    """Change moto's class. Once a process."""
    replace(IAMBackend, "attach_role_policy", _attach)


def _attach(moto: Any, backend: IAMBackend, policy_arn: str, role_name: str) -> None:
    name = policy_arn.rpartition("/")[2]
    if policy_arn.startswith(_OWN) and policy_arn not in backend.managed_policies and name in _known():
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, _known()[name])
        backend.managed_policies[policy.arn] = policy
    moto(backend, policy_arn, role_name)


@cache
def _known() -> dict[str, dict[str, Any]]:
    return json.loads(aws_managed_policies_data)
