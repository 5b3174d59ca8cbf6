"""A region's mesh has its own STRICT default: without one, Istio takes plain text too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies import tokens
from policies.context import Context
from policies.rule import StackRule
from policies.subject import UNKNOWN, Subject


def _check(subjects: Sequence[Subject], context: Context) -> Iterator[str]:
    root = context.fleet.workloads.mesh.control_namespace
    if context.region is not None and not any(_is_default(each, root) for each in subjects):
        yield f"There is no PeerAuthentication for all of the mesh in namespace {root}."


def _is_default(subject: Subject, root: str) -> bool:
    return (
        subject.type in tokens.PEER_AUTHENTICATIONS
        and subject.get("metadata.namespace") in (root, UNKNOWN)
        and subject.get("spec.selector") in (None, UNKNOWN)
    )


RULE = StackRule(
    id="keep-mesh-wide-mtls",
    why="A PeerAuthentication that was removed leaves no error behind: its namespaces silently take plain text.",
    fix="Keep components/mesh/mesh_security.py in the region's program.",
    check=_check,
)
