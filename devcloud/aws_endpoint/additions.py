"""What is added to moto besides RDS (rds_api.py): each part changes classes of one service, and says what it lacks.

Their state is in attributes of moto's objects, so it is saved and restored with them (persistence.py).
"""

from __future__ import annotations

from devcloud.aws_endpoint import (
    budgets_api,
    cloudwatch_api,
    dynamodb_replicas,
    efs_api,
    eks_api,
    iam_api,
    kms_api,
    network_api,
    route53_api,
    security_groups_api,
    transit_gateways_api,
)

_PARTS = (
    budgets_api,
    cloudwatch_api,
    dynamodb_replicas,
    efs_api,
    eks_api,
    iam_api,
    kms_api,
    network_api,
    route53_api,
    security_groups_api,
    transit_gateways_api,
)


def install() -> None:
    """Change moto. Once a process, before its state is loaded."""
    for part in _PARTS:
        part.install()
