"""What runs is what was tested: images by digest, in every container of everything that makes pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.context import Context
from policies.pods import containers, pod_template
from policies.reading import Fields, at, mappings, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject
from policies.tokens import POD_TEMPLATES

_ALGORITHM, _DIGITS, _HEXADECIMAL = "@sha256:", 64, frozenset("0123456789abcdef")
_TEMPLATES = "inject.istio.io/templates"


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    template = pod_template(subject)
    for each in containers(template):
        image = at(each, "image")
        if not _pinned(image) and not _injected(each, template):
            yield f"Container {each.get('name')} runs {written(image)}, which is not by digest."
    for each in mappings(at(template, "spec.volumes")):
        image = at(each, "image.reference", UNKNOWN)
        if not _pinned(image):
            yield f"Volume {each.get('name')} is {written(image)}, which is not by digest."


def _pinned(image: Any) -> bool:
    if image is UNKNOWN:
        return True
    _, found, digest = str(image).partition(_ALGORITHM)
    return bool(found) and len(digest) == _DIGITS and set(digest) <= _HEXADECIMAL


def _injected(container: Fields, template: Any) -> bool:
    """Whether istiod writes the image of its own version: `auto` is no image that a node could pull."""
    if (container.get("name"), container.get("image")) != ("istio-proxy", "auto"):
        return False
    annotations = at(template, "metadata.annotations", {})
    templates = UNKNOWN if annotations is UNKNOWN else annotations.get(_TEMPLATES)
    return templates is UNKNOWN or "gateway" in str(templates)


RULE = Rule(
    id="pin-images-by-digest",
    why="A tag means another image tomorrow: pods that start during a surge would run what nobody tested.",
    fix="Give the image as <repository>@sha256:<digest>: `images` in Pulumi.<environment>.yaml.",
    types=tuple(POD_TEMPLATES),
    check=_check,
)
