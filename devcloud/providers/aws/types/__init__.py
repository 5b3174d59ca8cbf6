"""The resource table: one entry a type, grouped by service. Adding a type is adding an entry."""

from __future__ import annotations

from devcloud.providers.aws.table import Function, ResourceType
from devcloud.providers.aws.types import (
    dynamodb,
    ec2,
    functions,
    iam,
    kms,
    logs,
    rds,
    rds_groups,
    route53,
    secretsmanager,
)

_SERVICES = (rds, rds_groups, kms, route53, dynamodb, ec2, secretsmanager, iam, logs)

TYPES: dict[str, ResourceType] = {entry.pulumi_type: entry for service in _SERVICES for entry in service.TYPES}
FUNCTIONS: dict[str, Function] = {entry.invoke: entry for entry in functions.FUNCTIONS}
