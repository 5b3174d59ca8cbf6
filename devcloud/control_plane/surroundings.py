"""What a region's cluster finds around it: zones, node pools, the APIs of its add-ons, and AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Taint:
    """What keeps pods off a node that do not tolerate it."""

    key: str
    value: str
    effect: str = "NoSchedule"


@dataclass(frozen=True)
class NodePool:
    """Nodes of one kind, some in each zone.

    Attributes:
        labels, taints: what each node has beside Kubernetes' own.
        instance_type: e.g. "m7g.2xlarge"; a node has room for far more, so that no workload waits for it.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Taint] = ()
    instance_type: str = "m7i.24xlarge"


@dataclass(frozen=True)
class Surroundings:
    """Where a control plane is.

    Attributes:
        aws_region: the AWS region of its nodes.
        zones: availability zones, e.g. "us-east-1a".
        pools: one node of each in each zone.
        definitions: JSON files, each a CustomResourceDefinition.
        aws_endpoint: where AWS answers, for what reads secrets from there; empty for none.
    """

    aws_region: str = "us-east-1"
    zones: Sequence[str] = ("us-east-1a", "us-east-1b", "us-east-1c")
    pools: Sequence[NodePool] = (NodePool("general"),)
    definitions: Sequence[Path] = ()
    aws_endpoint: str = ""


BARE = Surroundings()
"""A cluster without add-ons."""
