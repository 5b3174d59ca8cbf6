"""How the region is found, and who is told of it."""

from __future__ import annotations

import pulumi

from components.account.notification_topics import NotificationTopics, NotificationTopicsArgs
from components.coordination.regional_entry import RegionalEntry, RegionalEntryArgs
from components.security.encryption_key import EncryptionKey
from stacks.region.site import Site
from stacks.shared.account import Topics


def topics(site: Site, key: EncryptionKey) -> Topics:
    """The region's own: alarms act in their AWS region alone."""
    args = NotificationTopicsArgs(
        scope=site.scope,
        place=site.place,
        key_arn=key.arn,
        emails=site.environment.alert_emails,
        subjects=("page", "warn"),
    )
    return NotificationTopics("topics", args, site.in_aws).arns


def entry(site: Site, ingress: pulumi.Input[str], east_west: pulumi.Input[str]) -> None:
    """DNS records of the gateways' load balancers; clients come here while the region's health check passes."""
    args = RegionalEntryArgs(
        zone_id=site.shared.require_output("zone_id"),
        domain=site.environment.domain,
        region=site.region.name,
        aws_region=site.region.aws_region,
        ingress=ingress,
        east_west=east_west,
        health_check_id=site.of_global("health_checks", site.region.name),
        ttl_seconds=site.workloads.entry.record_ttl_seconds,
    )
    RegionalEntry("entry", args, site.in_aws)
