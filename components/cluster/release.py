"""A Helm release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

_TIMEOUT_SECONDS = 600


def release(
    name: str,
    title: str,
    chart: tuple[str, str, str],
    namespace: pulumi.Input[str],
    values: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
) -> k8s.helm.v3.Release:
    """Install a chart as Helm does, hooks and all, and wait until what it makes is ready.

    Args:
        name: in Pulumi; `title` is the release's own.
        chart: (repository, name, version).
    """
    repository, what, version = chart
    return k8s.helm.v3.Release(
        name,
        name=title,
        chart=what,
        version=version,
        repository_opts={"repo": repository},
        namespace=namespace,
        create_namespace=True,
        values=values,
        # What failed half way is taken back, so that the next `up` starts from something whole.
        atomic=True,
        timeout=_TIMEOUT_SECONDS,
        opts=opts,
    )
