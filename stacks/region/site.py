"""Where a region stack's parts are made: the region, its environment, its providers, and what the global stack gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from components.place import Place
from components.scope import Scope
from regions.fleet import Fleet
from regions.model import Region, Workloads
from stacks.environment import Environment


@dataclass(frozen=True)
class Site:
    """One region of one environment.

    `in_aws` and `in_cluster` are the options that put a resource into the region's AWS account and cluster; the latter
    are those of the site that `stacks.region.cluster.cluster` returns.
    """

    environment: Environment
    fleet: Fleet
    region: Region
    scope: Scope
    in_aws: pulumi.ResourceOptions
    shared: pulumi.StackReference
    in_cluster: pulumi.ResourceOptions = field(default_factory=pulumi.ResourceOptions)

    @property
    def place(self) -> Place:
        """Where its AWS resources are."""
        return Place(self.environment.account_id, self.region.aws_region)

    @property
    def workloads(self) -> Workloads:
        return self.fleet.workloads

    @property
    def namespace(self) -> str:
        """The workloads' namespace."""
        return self.workloads.namespace.name

    @property
    def others(self) -> list[Region]:
        """The other regions that are on."""
        return [each for each in self.fleet.regions.values() if each.name != self.region.name]

    def after(self, *needs: pulumi.Resource) -> Site:
        """The same site, where everything in the cluster waits for `needs`.

        A component does not hand its `depends_on` down to its children; a transformation reaches them.
        """

        def wait(made: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
            if isinstance(made.resource, pulumi.ComponentResource):
                return None
            waiting = pulumi.ResourceOptions.merge(made.opts, pulumi.ResourceOptions(depends_on=list(needs)))
            return pulumi.ResourceTransformationResult(made.props, waiting)

        options = pulumi.ResourceOptions.merge(self.in_cluster, pulumi.ResourceOptions(transformations=[wait]))
        return replace(self, in_cluster=options)

    def noting(self, made: list[pulumi.Resource]) -> Site:
        """The same site, where everything that is made in the cluster is put into `made`."""

        def note(each: pulumi.ResourceTransformationArgs) -> None:
            if not isinstance(each.resource, pulumi.ComponentResource):
                made.append(each.resource)

        options = pulumi.ResourceOptions.merge(self.in_cluster, pulumi.ResourceOptions(transformations=[note]))
        return replace(self, in_cluster=options)

    def of_global(self, output: str, key: str) -> pulumi.Output[Any]:
        """One entry of a mapping that the global stack exports.

        Raises (when the output is there): pulumi.RunError, the global stack has no such entry yet.
        """
        return self.shared.require_output(output).apply(lambda known: _entry(output, known, key))

    def of_region(self, name: str, output: str) -> pulumi.Output[Any]:
        """What another region's stack of this environment exports."""
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{self.environment.name}-{name}"
        return pulumi.StackReference(name, stack_name=stack).require_output(output)


def _entry(output: str, known: Mapping[str, Any], key: str) -> Any:
    if key not in known:
        raise pulumi.RunError(f"The global stack's {output} has nothing for {key} yet: `up` it first.")
    return known[key]
