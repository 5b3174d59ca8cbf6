"""What an environment has once."""

from __future__ import annotations

import pulumi

from components.network.dns_zone import DnsZone, DnsZoneArgs
from regions.fleet import Fleet
from stacks.environment import Environment
from stacks.shared import account, coordination
from stacks.shared.backbone import TRANSIT_GATEWAYS, backbone
from stacks.shared.ground import KEYS, ground


def global_stack(environment: Environment, fleet: Fleet) -> None:
    """Register the global stack's resources and export what regions refer to. `fleet` is of those that are on."""
    stands_on = ground(environment, fleet)
    zone = DnsZone("zone", DnsZoneArgs(stands_on.scope, environment.domain, stands_on.protect), stands_on.at_home)
    databases = coordination.databases(stands_on)
    locks, audit = coordination.tables(stands_on)

    topics = account.topics(stands_on)
    account.budgets(stands_on, topics["cost"])
    images = account.images(stands_on)

    path = backbone(stands_on)
    checks = coordination.health(stands_on, topics)
    coordination.names(stands_on, zone, databases, checks)

    pulumi.export("global_clusters", {group: database.id for group, database in databases.items()})
    pulumi.export("zone_id", zone.id)
    pulumi.export("name_servers", zone.name_servers)
    pulumi.export(KEYS, dict(stands_on.keys))
    pulumi.export("lock_table", locks.name)
    pulumi.export("audit_table", audit.name)
    pulumi.export("health_checks", dict(checks.regions))
    pulumi.export("image_repositories", dict(images))
    pulumi.export(TRANSIT_GATEWAYS, dict(path.transit_gateway_ids))
