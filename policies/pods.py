"""The pods that a resource makes."""

from __future__ import annotations

from typing import Any

from policies.reading import Fields, at, mappings
from policies.subject import Subject
from policies.tokens import POD_TEMPLATES


def pod_template(subject: Subject) -> Any:
    """Return metadata and spec of the pods that a resource makes.

    Returns:
        A mapping; `UNKNOWN` where that is not known yet; an empty mapping where it makes none.
    """
    path = POD_TEMPLATES.get(subject.type)
    if path is None:
        return {}
    return subject.get(path, {}) if path else subject.props


def containers(template: Any) -> list[Fields]:
    """Return all containers of a pod that are known: those that start it up and those that look into it too."""
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return [each for kind in kinds for each in mappings(at(template, f"spec.{kind}"))]


def selects(selector: Any, labels: Fields) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) chooses pods of these labels; an empty one does."""
    equal = all(labels.get(name) == value for name, value in at(selector, "matchLabels", {}).items())
    return equal and all(_fits(each, labels) for each in mappings(at(selector, "matchExpressions")))


def _fits(expression: Fields, labels: Fields) -> bool:
    has = expression["key"] in labels
    among = has and labels[expression["key"]] in expression.get("values", ())
    return {"In": among, "NotIn": not among, "Exists": has, "DoesNotExist": not has}[expression["operator"]]
