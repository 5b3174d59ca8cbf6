"""Security groups with named openings: nobody gets in but those who are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Opening:
    """A TCP port and who may connect to it: security groups, address ranges or lists of them, by what they are."""

    service: str
    port: int
    from_groups: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    from_ranges: Mapping[str, str] = field(default_factory=dict[str, str])
    from_lists: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


def guarded(
    parent: pulumi.Resource,
    name: str,
    title: str,
    description: str,
    vpc_id: pulumi.Input[str],
    opening: Opening,
    tags: Callable[[str], dict[str, str]],
) -> aws.ec2.SecurityGroup:
    """A security group with this one opening, and no way out.

    guarded(self, "cache", "wedsync-prod-eu-cache", "Redis of prod-eu", vpc.id,
        Opening("Redis", 6379, {"nodes": nodes.id}), scope.tags)

    Args:
        title: its name in AWS; rules are called after it and after whom they let in.
        tags: makes the tags of what is called so.
    """
    opts = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(name, name=title, description=description, vpc_id=vpc_id, tags=tags(title), opts=opts)
    groups = {who: {"referenced_security_group_id": known} for who, known in opening.from_groups.items()}
    ranges = {who: {"cidr_ipv4": cidr} for who, cidr in opening.from_ranges.items()}
    lists = {who: {"prefix_list_id": known} for who, known in opening.from_lists.items()}
    for who, source in (groups | ranges | lists).items():
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-{who}",
            security_group_id=group.id,
            description=f"{opening.service} from {who}",
            ip_protocol="tcp",
            from_port=opening.port,
            to_port=opening.port,
            **source,
            tags=tags(f"{title}-from-{who}"),
            opts=opts,
        )
    return group
