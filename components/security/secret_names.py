"""The names of secrets in AWS Secrets Manager: what delivery writes there and External Secrets reads."""

from __future__ import annotations

ROLES = ("app", "monitor", "coordinator")
"""Database roles that workloads log in with, each with a secret of its own: {"username", "password"}."""


def secrets_key_alias(environment: str) -> str:
    """The alias of the key that encrypts an environment's secrets: a key of its own in every AWS region.

    The one in the home region is the secrets provider of the environment's Pulumi stacks, too.
    """
    return f"alias/wedsync-{environment}-secrets"


def database_role(environment: str, group: str, role: str) -> str:
    """The secret of one role in the databases of one replication group; the same in every region of the group."""
    return f"wedsync/{environment}/database/{group}/{role}"


def cache_user(environment: str, region: str) -> str:
    """The secret of a region's Redis user: {"username", "password"}. It is in that region alone."""
    return f"wedsync/{environment}/cache/{region}"


def api_certificate(environment: str) -> str:
    """The secret of the certificate that the ingress gateways show: {"tls.crt", "tls.key"}."""
    return f"wedsync/{environment}/tls/api"


def mesh_authority(environment: str, region: str) -> str:
    """The secret of a region's certificate authority in the mesh: the files of Istio's `cacerts`."""
    return f"wedsync/{environment}/mesh/authority/{region}"


def remote_access(environment: str, region: str) -> str:
    """The secret with which other regions' control planes read a region's cluster: {"kubeconfig"}."""
    return f"wedsync/{environment}/mesh/remote/{region}"
