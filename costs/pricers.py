"""Which function prices which type: where to look first, and where a new type is added."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from costs import tokens
from costs.families import aurora, kubernetes, network, stores, watching
from costs.quote import Pricer

PRICERS: Mapping[str, Pricer] = MappingProxyType(
    {
        tokens.DATABASE_CLUSTER: aurora.cluster,
        tokens.DATABASE_INSTANCE: aurora.instance,
        tokens.KUBERNETES_CLUSTER: kubernetes.cluster,
        tokens.NODE_GROUP: kubernetes.node_group,
        tokens.SERVICE: kubernetes.service,
        tokens.CLAIM: kubernetes.claim,
        tokens.EXTERNAL_SECRET: kubernetes.external_secret,
        tokens.NETWORK: network.network,
        tokens.NAT_GATEWAY: network.nat_gateway,
        tokens.ELASTIC_IP: network.elastic_ip,
        tokens.ENDPOINT: network.endpoint,
        tokens.TRANSIT_ATTACHMENT: network.transit_attachment,
        tokens.PEERING: network.peering,
        tokens.PEERING_ACCEPTER: network.peering,
        tokens.CACHE: stores.cache,
        tokens.FILE_SYSTEM: stores.file_system,
        tokens.TABLE: stores.table,
        tokens.BUCKET: stores.bucket,
        tokens.STATE_MACHINE: stores.state_machine,
        tokens.REPOSITORY: stores.repository,
        tokens.KEY: stores.key,
        tokens.REPLICA_KEY: stores.key,
        tokens.ZONE: watching.zone,
        tokens.HEALTH_CHECK: watching.health_check,
        tokens.LOG_GROUP: watching.log_group,
        tokens.ALARM: watching.alarm,
        tokens.COMPOSITE_ALARM: watching.composite_alarm,
        tokens.SUBSCRIPTION: watching.subscription,
    }
)
