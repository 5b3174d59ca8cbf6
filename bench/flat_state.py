"""The state of the flat stack: the real stack's, as if the flat program had made the same objects."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bench.capture import PROJECT

FLAT_PROJECT = f"{PROJECT}-flat"
_ROOT = "pulumi:pulumi:Stack"
_WHERE = ("sourcePosition", "stackTrace")


def flat_state(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """`pulumi stack export` of the real stack → what to `pulumi stack import` into the flat one, of the same name.

    Components are left out, their children belong to the stack, and every URN is the flat project's. Without the
    places in the source that registered each resource, which would be the real program's.
    """
    resources = deployment["deployment"]["resources"]
    components = [each["urn"] for each in resources if _is_component(each)]
    urns = flat_urns([each["urn"] for each in resources if not _is_component(each)])
    # Whatever they are called: nothing of the flat stack is below them.
    urns |= {urn: _flat_urn(urn, set()) for urn in components}
    root = next(each["urn"] for each in resources if each["type"] == _ROOT)
    kept = [
        {key: value for key, value in each.items() if key not in _WHERE}
        | ({"parent": root} if "parent" in each else {})
        for each in resources
        if not _is_component(each)
    ]
    text = json.dumps({**deployment, "deployment": {**deployment["deployment"], "resources": kept}})
    # The longest first: a provider's reference is its URN and more, and a component's URN is in its children's.
    for urn in sorted(urns, key=len, reverse=True):
        text = text.replace(json.dumps(urn)[1:-1], json.dumps(urns[urn])[1:-1])
    return json.loads(text)


def flat_urns(urns: Sequence[str]) -> dict[str, str]:
    """The flat project's URN of each resource that is no component.

    Two of a type and name, which components kept apart, have their component's type before their names.
    """
    short = [_short(urn) for urn in urns]
    twice = {each for each in short if short.count(each) > 1}
    return {urn: _flat_urn(urn, twice) for urn in urns}


def _short(urn: str) -> tuple[str, str]:
    """A resource's own type, and its name."""
    _, _, types, name = urn.split("::", 3)
    return types.rsplit("$", 1)[-1], name


def _is_component(resource: Mapping[str, Any]) -> bool:
    return not resource.get("custom", False) and resource["type"] != _ROOT


def _flat_urn(urn: str, twice: Collection[tuple[str, str]]) -> str:
    """`urn` with the components' types gone and the project another; the root's name follows the project's."""
    stack, _, types, name = urn.split("::", 3)
    own = types.rsplit("$", 1)[-1]
    if (own, name) in twice:
        name = f"{types.split('$')[-2].rsplit(':', 1)[-1]}-{name}"
    if own == _ROOT:
        name = f"{FLAT_PROJECT}-{stack.rsplit(':', 1)[-1]}"
    return f"{stack}::{FLAT_PROJECT}::{own}::{name}"
