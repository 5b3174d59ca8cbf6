"""Where a cluster's secrets come from: AWS Secrets Manager in one region, read by External Secrets."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

API_VERSION = "external-secrets.io/v1"
STORE = "aws-secrets-manager"
"""The ClusterSecretStore's name, in every cluster."""


@dataclass(frozen=True)
class SecretStoreArgs:
    """What a SecretStore needs. `namespaces` are those that may use it."""

    aws_region: str
    namespaces: tuple[str, ...]


class SecretStore(pulumi.ComponentResource):
    """A ClusterSecretStore. It names no credentials: the operator's pods have an identity of their own.

    SecretStore("secrets", SecretStoreArgs("us-east-1", ("database-optimization",)))
    """

    def __init__(self, name: str, args: SecretStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:security:SecretStore", name, None, opts)
        k8s.apiextensions.CustomResource(
            name,
            api_version=API_VERSION,
            kind="ClusterSecretStore",
            metadata={"name": STORE},
            spec={
                "provider": {"aws": {"service": "SecretsManager", "region": args.aws_region}},
                "conditions": [{"namespaces": list(args.namespaces)}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
