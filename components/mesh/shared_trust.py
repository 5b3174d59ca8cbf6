"""The mesh's root of trust: every region signs with an authority of its own, all of them under one root."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.security.synced_secret import SyncedSecret, SyncedSecretArgs

FILES = ("ca-cert.pem", "ca-key.pem", "root-cert.pem", "cert-chain.pem")
"""The keys of Istio's `cacerts`, and of the AWS secret that they come from."""


@dataclass(frozen=True)
class SharedTrustArgs:
    """What SharedTrust needs. `authority_secret` is the AWS secret of the region's own authority."""

    namespace: str
    authority_secret: str


class SharedTrust(pulumi.ComponentResource):
    """The Secret `cacerts` that istiod signs with.

    SharedTrust("trust", SharedTrustArgs("istio-system", "wedsync/prod/mesh/authority/us-east-1"))
    """

    def __init__(self, name: str, args: SharedTrustArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:SharedTrust", name, None, opts)
        sources = {"authority": args.authority_secret}
        # An istiod that does not find it signs with an authority of its own, which no other region trusts.
        secret = SyncedSecretArgs(args.namespace, "cacerts", sources, properties=FILES, awaited=True)
        SyncedSecret(name, secret, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})
