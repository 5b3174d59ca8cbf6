"""The path between the regions, without their ends: each region's stack attaches its own VPC."""

from __future__ import annotations

from components.network.backbone import Backbone, BackboneArgs, BackboneEnd
from stacks.shared.ground import Ground

TRANSIT_GATEWAYS = "transit_gateways"
"""The global stack's output: ids by region name."""


def backbone(ground: Ground) -> Backbone:
    """Between the regions that are on."""
    ends = {
        region.name: BackboneEnd(region.aws_region, region.network.vpc_cidr, ground.options[region.aws_region])
        for region in ground.fleet.regions.values()
    }
    args = BackboneArgs(ground.scope, ground.environment.account_id, ends)
    return Backbone("backbone", args, ground.at_home)
