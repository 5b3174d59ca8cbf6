"""What the parts of the global stack stand on: the environment, its AWS regions, and a key in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.coordination.fleet_alarms import METRICS_REGION
from components.place import Place
from components.scope import Scope
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.security.replica_key import ReplicaKey, ReplicaKeyArgs
from regions.fleet import Fleet
from regions.model import Region, Workloads
from stacks.environment import Environment
from stacks.providers import in_aws

KEYS = "keys"
"""The global stack's output: ARNs of the environment's key by AWS region."""


@dataclass(frozen=True)
class Ground:
    """An environment, and where its stack is.

    `home` is the AWS region of the worldwide group's bootstrap writer. `options` put a resource into an AWS region;
    `keys` are ARNs by AWS region, of one multi-region key.
    """

    environment: Environment
    fleet: Fleet
    scope: Scope
    home: str
    options: Mapping[str, pulumi.ResourceOptions]
    keys: Mapping[str, pulumi.Output[str]]

    @property
    def workloads(self) -> Workloads:
        return self.fleet.workloads

    @property
    def protect(self) -> bool:
        return self.environment.protect_data

    @property
    def at_home(self) -> pulumi.ResourceOptions:
        """The options of what the environment has in one place."""
        return self.options[self.home]

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The AWS regions of the environment other than its home."""
        return tuple(dict.fromkeys(each.aws_region for each in self._regions if each.aws_region != self.home))

    def place(self, aws_region: str) -> Place:
        """An AWS region of the environment's account."""
        return Place(self.environment.account_id, aws_region)

    @property
    def _regions(self) -> tuple[Region, ...]:
        return tuple(self.fleet.regions.values())


def ground(environment: Environment, fleet: Fleet) -> Ground:
    """Register providers and keys. `fleet` is of the regions that are on."""
    scope = Scope(environment.name)
    home = fleet.home
    others = dict.fromkeys([*(region.aws_region for region in fleet.regions.values()), METRICS_REGION])
    others.pop(home, None)
    options = {home: in_aws(environment, home)}
    options |= {aws_region: in_aws(environment, aws_region, f"aws-{aws_region}") for aws_region in others}
    return Ground(environment, fleet, scope, home, options, _keys(environment, scope, home, options))


def _keys(
    environment: Environment, scope: Scope, home: str, options: Mapping[str, pulumi.ResourceOptions]
) -> dict[str, pulumi.Output[str]]:
    account, protect = environment.account_id, environment.protect_data
    args = EncryptionKeyArgs(scope, Place(account, home), protect, multi_region=True, notifies=home == METRICS_REGION)
    primary = EncryptionKey("key", args, options[home])
    replicas = {
        aws_region: ReplicaKey(
            f"key-{aws_region}",
            ReplicaKeyArgs(
                scope, Place(account, aws_region), primary.arn, protect, notifies=aws_region == METRICS_REGION
            ),
            place,
        ).arn
        for aws_region, place in options.items()
        if aws_region != home
    }
    return {home: primary.arn, **replicas}
