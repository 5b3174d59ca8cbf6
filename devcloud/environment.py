"""The environment variables of the embedded cloud's processes: nothing of a developer's own clouds reaches them."""

from __future__ import annotations

import os

_FOREIGN = ("AWS_", "PULUMI_", "KUBE")
_NO_PROXY = "localhost,127.0.0.0/8,127.0.0.1,::1"

ISOLATION = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # A company's proxy is not on the way to this machine; gRPC and others would ask it.
    "NO_PROXY": _NO_PROXY,
    "no_proxy": _NO_PROXY,
}
"""What keeps a process on this machine."""


def foreign() -> list[str]:
    """Names of the variables that are a developer's own: profiles, tokens, endpoints, contexts; sorted."""
    return sorted(name for name in os.environ if name.startswith(_FOREIGN))


def isolated() -> dict[str, str]:
    """Our environment without what is foreign, and with the isolation."""
    dropped = foreign()
    return {name: value for name, value in os.environ.items() if name not in dropped} | ISOLATION
