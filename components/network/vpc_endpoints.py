"""The AWS services that a region's nodes and pods use without going over the internet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.network.openings import Opening, guarded
from components.place import Place
from components.scope import Scope

HTTPS = 443
# What secrets, keys and images pass through. Each costs by the hour in each zone; whatever else there is goes by NAT.
INTERFACE_SERVICES = ("secretsmanager", "kms", "ecr.api", "ecr.dkr")
_IMAGES = ("ecr.api", "ecr.dkr")
_PULL = tuple(
    f"ecr:{action}"
    for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetAuthorizationToken", "GetDownloadUrlForLayer")
)


@dataclass(frozen=True)
class VpcEndpointsArgs:
    """What VpcEndpoints need. `subnet_ids`, one a zone, and `route_table_ids` are of those who use them."""

    scope: Scope
    place: Place
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]


class VpcEndpoints(pulumi.ComponentResource):
    """S3 by route; Secrets Manager, KMS and ECR by an address in each zone, under the names that they have anyway.

    VpcEndpoints("endpoints", VpcEndpointsArgs(scope, Place("123456789012", "us-east-1"), network.vpc_id,
        "10.10.0.0/16", network.private_subnet_ids, [*network.private_route_table_ids.values()]))

    ECR keeps the layers of images in S3, so a pull needs all of S3, ecr.api and ecr.dkr. Each is for the account's own
    roles and what is the account's own: nobody takes data out with the keys of another account.
    """

    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:VpcEndpoints", name, None, opts)
        self._name, self._args = name, args
        group = self._security_group()
        self._gateway("s3")
        for service in INTERFACE_SERVICES:
            self._interface(service, group)
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})

    def _security_group(self) -> aws.ec2.SecurityGroup:
        scope = self._args.scope
        return guarded(
            self,
            self._name,
            scope.name("endpoints", 255),
            f"Endpoints of AWS services in {scope.stack}",
            self._args.vpc_id,
            Opening("HTTPS", HTTPS, from_ranges={"vpc": self._args.vpc_cidr}),
            scope.tags,
        )

    def _gateway(self, service: str) -> None:
        aws.ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self._args.vpc_id,
            service_name=self._service_name(service),
            vpc_endpoint_type="Gateway",
            route_table_ids=list(self._args.route_table_ids),
            policy=self._policy(service),
            tags=self._tags(service),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _interface(self, service: str, group: aws.ec2.SecurityGroup) -> None:
        what = service.replace(".", "-")
        aws.ec2.VpcEndpoint(
            f"{self._name}-{what}",
            vpc_id=self._args.vpc_id,
            service_name=self._service_name(service),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(self._args.subnet_ids),
            security_group_ids=[group.id],
            policy=self._policy(service),
            tags=self._tags(what),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _policy(self, service: str) -> str:
        account = self._args.place.account_id
        ours = {"aws:PrincipalAccount": account}
        statements = [_allow("*", "*", {**ours, "aws:ResourceAccount": account})]
        if service in _IMAGES:
            # The images of EKS's add-ons are in repositories of AWS's own accounts.
            statements.append(_allow(_PULL, "*", ours))
        if service == "s3":
            # ECR signs the addresses of layers: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
            layers = f"arn:aws:s3:::prod-{self._args.place.aws_region}-starport-layer-bucket/*"
            statements.append(_allow("s3:GetObject", layers))
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    def _service_name(self, service: str) -> str:
        return f"com.amazonaws.{self._args.place.aws_region}.{service}"

    def _tags(self, what: str) -> dict[str, str]:
        return self._args.scope.tags(self._args.scope.name(f"endpoint-{what}", 255))


def _allow(actions: str | Sequence[str], resource: str, equal: Mapping[str, str] | None = None) -> dict[str, Any]:
    action = actions if isinstance(actions, str) else list(actions)
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return {**statement, "Condition": {"StringEquals": dict(equal)}} if equal else statement
