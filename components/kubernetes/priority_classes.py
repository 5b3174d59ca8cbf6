"""Who gives way when there is not enough room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from regions.model.kubernetes import PriorityClass


@dataclass(frozen=True)
class PriorityClassesArgs:
    """What PriorityClasses need: the classes by name."""

    classes: Mapping[str, PriorityClass]


class PriorityClasses(pulumi.ComponentResource):
    """PriorityClasses of the whole cluster.

    PriorityClasses("priorities", PriorityClassesArgs(workloads.priority_classes))
    """

    resources: list[k8s.scheduling.v1.PriorityClass]

    def __init__(self, name: str, args: PriorityClassesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:PriorityClasses", name, None, opts)
        self.resources = [
            k8s.scheduling.v1.PriorityClass(
                title,
                metadata={"name": title},
                value=each.value,
                global_default=each.default,
                description=each.description,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for title, each in args.classes.items()
        ]
        self.register_outputs({})
