"""The AWS providers of a stack: one account, one region each, and no role without its boundary."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.security.boundary import boundary_arn
from stacks.environment import Environment

_ROLE = "aws:iam/role:Role"


def in_aws(environment: Environment, aws_region: str, name: str = "aws") -> pulumi.ResourceOptions:
    """The options that put a component and all its children into an AWS region of the environment's account.

    With credentials of another account the provider refuses before it changes anything. Every role gets the
    environment's permissions boundary, which deploy roles must give to the roles that they make.
    """
    provider = aws.Provider(name, region=aws_region, allowed_account_ids=[environment.account_id])
    boundary = boundary_arn(environment.account_id, environment.name)

    def bounded(made: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if made.type_ != _ROLE:
            return None
        return pulumi.ResourceTransformationResult({**made.props, "permissions_boundary": boundary}, made.opts)

    return pulumi.ResourceOptions(providers={"aws": provider}, transformations=[bounded])
