"""One name for the writer of a replication group, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.coordination.names import write_name


@dataclass(frozen=True)
class WriteEndpointArgs:
    """What a WriteEndpoint needs. `endpoint` is the global cluster's writer endpoint; the TTL is the record's."""

    zone_id: pulumi.Input[str]
    domain: str
    group: str
    endpoint: pulumi.Input[str]
    ttl_seconds: int


class WriteEndpoint(pulumi.ComponentResource):
    """`write.<group>.db.<domain>`, a CNAME of the endpoint that Aurora itself moves with every switchover and failover.

    WriteEndpoint("write", WriteEndpointArgs(zone.id, "wedsync.example", "worldwide", database.endpoint, 5))

    Nobody changes the record: Aurora resolves its endpoint to whoever writes. Every region's pooler connects to it. The
    server's certificate has Aurora's names, so clients check its authority and not the host (sslmode=verify-ca).
    """

    name: str

    def __init__(self, name: str, args: WriteEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:WriteEndpoint", name, None, opts)
        self.name = write_name(args.group, args.domain)
        aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=self.name,
            type="CNAME",
            ttl=args.ttl_seconds,
            records=[args.endpoint],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": self.name})
