"""Whether residents' personal data stays in its jurisdiction: asked of what a stack registers, or of its state.

The data of a resident cluster is wherever its replication group's tag is, and in all that these resources refer to
or are referred to by: keys, log groups, buckets, exports, roles, alarms. None of it may be outside, point outside,
or be something that copies. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.tokens import COPIERS
from regions.aws_names import named_regions
from regions.model import Residency

GROUP_TAG = "wedsync:replication-group"

_KEY = "aws:kms/key:Key"
_CLUSTER = "aws:rds/cluster:Cluster"
_PROVIDER = "pulumi:providers:aws"
_ADMISSION = "kubernetes:admissionregistration.k8s.io/"
"""Policies come after everything in a cluster, and hold nothing of it."""


@dataclass(frozen=True)
class StackResource:
    """A resource as the engine knows it.

    `provider` is the reference that the engine writes ("<urn>::<id>"), empty for components; `depends_on` are the URNs
    of all that it waits for, named or by its inputs.
    """

    urn: str
    type: str
    inputs: Mapping[str, Any]
    provider: str
    depends_on: Sequence[str]


def from_export(exported: str) -> list[StackResource]:
    """The resources in what `pulumi stack export` prints."""
    resources = json.loads(exported)["deployment"].get("resources", [])
    return [
        StackResource(
            urn=each["urn"],
            type=each["type"],
            inputs=each.get("inputs", {}),
            provider=each.get("provider", ""),
            depends_on=[
                *each.get("dependencies", []),
                *(urn for urns in each.get("propertyDependencies", {}).values() for urn in urns or []),
            ],
        )
        for each in resources
    ]


def violations(resources: Sequence[StackResource], residency: Residency) -> list[str]:
    """What in a region's stack takes, or could take, residents' data out of the jurisdiction; a sentence each.

    Args:
        resources: of the stack of a region that has `residency`.
    """
    lawful = frozenset(residency.aws_regions)
    found = [*_outside(resources, lawful)]
    place = residency.resident_cluster
    if place is None:
        return found
    carriers = _carriers(resources, place.group)
    if not any(each.type == _CLUSTER for each in carriers):
        found.append(f"There is no cluster of group {place.group}: its data would be somewhere else.")
    for each in carriers:
        found += _copies(each)
        found += _joined(each, place.group)
        found += _points_outside(each, lawful)
    return found


def mentions(resources: Iterable[StackResource], group: str) -> list[str]:
    """What in another stack refers to a resident group, which none may: a sentence each."""
    return [
        f"{each.urn} refers to {group}: {text!r}."
        for each in resources
        for text in (each.urn.rsplit("::", 1)[-1], *_texts(each.inputs))
        if re.search(rf"(?<![a-z0-9]){re.escape(group)}(?![a-z0-9])", text)
    ]


def _outside(resources: Sequence[StackResource], lawful: Collection[str]) -> Iterator[str]:
    """Every AWS resource of the stack has to be inside: what holds data, and what might tomorrow."""
    providers = {each.urn: each.inputs.get("region") for each in resources if each.type == _PROVIDER}
    for each in resources:
        if not each.type.startswith("aws:"):
            continue
        region = each.inputs.get("region") or providers.get(each.provider.rsplit("::", 1)[0])
        if region not in lawful:
            yield f"{each.urn} is in {region or 'an unknown region'}, outside of {', '.join(sorted(lawful))}."


def _carriers(resources: Sequence[StackResource], group: str) -> list[StackResource]:
    """What is tagged as the group's, its keys, what refers to any of these, and what all of them refer to."""
    waits_for = {each.urn: set(each.depends_on) for each in resources if not each.type.startswith(_ADMISSION)}
    tagged = {each.urn for each in resources if each.inputs.get("tags", {}).get(GROUP_TAG) == group}
    keys = {each.urn for each in resources if each.type == _KEY} & {urn for each in tagged for urn in waits_for[each]}
    own = tagged | keys
    while more := {urn for urn, others in waits_for.items() if urn not in own and own & others}:
        own |= more
    while more := {other for urn in own for other in waits_for.get(urn, ())} - own:
        own |= more
    return [each for each in resources if each.urn in own]


def _joined(each: StackResource, group: str) -> Iterator[str]:
    """Members of a global cluster have its data; only the group's own is one of members inside."""
    joined = each.inputs.get("globalClusterIdentifier") if each.type == _CLUSTER else None
    if joined and each.inputs.get("tags", {}).get(GROUP_TAG) == group and group not in str(joined):
        yield f"{each.urn} is in the global cluster {joined!r}, which is not the one of {group}."


def _copies(each: StackResource) -> Iterator[str]:
    if each.type in COPIERS:
        yield f"{each.urn} copies data to another place."
    if each.type == _KEY and each.inputs.get("multiRegion"):
        yield f"{each.urn} is a multi-region key: what it opens could be opened elsewhere."


def _points_outside(each: StackResource, lawful: Collection[str]) -> Iterator[str]:
    """Regions in inputs: by name, in an ARN, in a host's name, as the region of a zone."""
    for text in _texts(each.inputs):
        for region in named_regions(text):
            if region not in lawful:
                yield f"{each.urn} names {region}, outside of {', '.join(sorted(lawful))}: {text!r}."


def _texts(value: object) -> Iterator[str]:
    """Every string in a value, names of a mapping's entries included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
