"""One name for the region that coordinates the others: the first healthy one of the failover order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.coordination.names import coordinator_name, east_west_name


@dataclass(frozen=True)
class CoordinatorEndpointArgs:
    """What a CoordinatorEndpoint needs.

    `order` is the failover order, by region; `health_checks` has one for each of them.
    """

    zone_id: pulumi.Input[str]
    domain: str
    order: Sequence[str]
    health_checks: Mapping[str, pulumi.Input[str]]
    ttl_seconds: int


class CoordinatorEndpoint(pulumi.ComponentResource):
    """`coordinator.<domain>`: Route 53 failover records, nested, because one pair knows but two places.

    CoordinatorEndpoint("coordinator", CoordinatorEndpointArgs(zone.id, "wedsync.example", ["us-east-1", "us-west-1"],
        health.regions, 5))

    The primary of each pair is a region, its secondary is the next pair (`2.coordinator.<domain>`, …); the last pair
    has two regions. Weights would choose at random among the rest of the order, and latency would not choose by it.
    They follow the ingress' health: Route 53 reaches no internal gateway. The names pointed at are the region stacks'.
    """

    name: str

    def __init__(self, name: str, args: CoordinatorEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:CoordinatorEndpoint", name, None, opts)
        self._name, self._args = name, args
        self.name = coordinator_name(args.domain)
        regions = [self._region(place) for place in range(len(args.order))]
        # From the last pair to the first: an alias must find what it points at.
        pair: list[pulumi.Resource] = [*regions[-2:]]
        for place in reversed(range(len(args.order) - 2)):
            pair = [regions[place], self._next(place, after=pair)]
        self.register_outputs({"name": self.name})

    def _pair(self, place: int) -> str:
        """The name of the pair in which the region at this place is the primary, or in the last one the secondary."""
        pair = max(min(place, len(self._args.order) - 2), 0)
        return self.name if pair == 0 else f"{pair + 1}.{self.name}"

    def _region(self, place: int) -> aws.route53.Record:
        """The region's record; the last one counts as healthy, for there is nowhere else to go."""
        args, region = self._args, self._args.order[place]
        last = 0 < place == len(args.order) - 1
        return aws.route53.Record(
            f"{self._name}-{region}",
            zone_id=args.zone_id,
            name=self._pair(place),
            type="CNAME",
            ttl=args.ttl_seconds,
            records=[east_west_name(region, args.domain)],
            set_identifier=region,
            failover_routing_policies=[{"type": "SECONDARY" if last else "PRIMARY"}],
            health_check_id=None if last else args.health_checks[region],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _next(self, place: int, after: Sequence[pulumi.Resource]) -> aws.route53.Record:
        """The secondary of a pair that is not the last: the next pair."""
        return aws.route53.Record(
            f"{self._name}-after-{self._args.order[place]}",
            zone_id=self._args.zone_id,
            name=self._pair(place),
            type="CNAME",
            aliases=[{"name": self._pair(place + 1), "zone_id": self._args.zone_id, "evaluate_target_health": True}],
            set_identifier="next",
            failover_routing_policies=[{"type": "SECONDARY"}],
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
