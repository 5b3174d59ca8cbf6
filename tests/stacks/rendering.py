"""The Kubernetes objects of a region's stack, as the API server gets them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.recording import Registered

Json = dict[str, Any]

# Not objects: they are the provider, and charts that the provider unfolds in the cluster.
_NO_OBJECTS = ("kubernetes:helm.sh/", "kubernetes:yaml")


def rendered(resources: Iterable[Registered]) -> list[Json]:
    """Every object that `resources` register, sorted: a rendering does not depend on who registers first."""
    objects = [
        _plain(each.inputs)
        for each in resources
        if each.type.startswith("kubernetes:") and not each.type.startswith(_NO_OBJECTS)
    ]
    return sorted(objects, key=identity)


def identity(rendering: Json) -> str:
    """What tells an object from all others of its cluster: "Deployment database-optimization/wedding-api"."""
    metadata = rendering["metadata"]
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{rendering['kind']} {where}{metadata['name']}"


def of_kind(objects: Iterable[Json], *kinds: str) -> list[Json]:
    """Those of `objects` that are of one of `kinds`."""
    return [each for each in objects if each["kind"] in kinds]


def pod_templates(objects: Iterable[Json]) -> dict[str, Json]:
    """The templates of all pods, by the identity of what makes them. Jobs of no pods at a time have none."""
    paths = {"Deployment": ("template",), "Job": ("template",), "CronJob": ("jobTemplate", "spec", "template")}
    found: dict[str, Json] = {}
    for each in of_kind(objects, *paths):
        template = each["spec"]
        if template.get("jobTemplate", {}).get("spec", {}).get("parallelism") == 0:
            continue
        for step in paths[each["kind"]]:
            template = template[step]
        found[identity(each)] = template
    return found


def differences(objects: Iterable[Json], base: Iterable[Json]) -> Json:
    """How `objects` differ from those of another rendering: what is the same in both is left out."""
    here, there = _by_identity(objects), _by_identity(base)
    changed = {
        name: fields for name in here if name in there and (fields := dict(_changed("", here[name], there[name])))
    }
    return {
        "added": [here[name] for name in here if name not in there],
        "removed": [name for name in there if name not in here],
        "changed": changed,
    }


def _plain(value: Any) -> Any:
    """Whole numbers as such: on the engine's wire every number is a float, and providers turn them back."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _by_identity(objects: Iterable[Json]) -> dict[str, Json]:
    known: dict[str, Json] = {}
    for each in objects:
        assert identity(each) not in known, f"two objects are {identity(each)}"
        known[identity(each)] = each
    return known


def _changed(path: str, here: Any, there: Any) -> Generator[tuple[str, Any]]:
    """(path, value here) of each field that differs, as deep as both have the same form; None where it is absent."""
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for key in sorted(here.keys() | there.keys()):
            yield from _changed(f"{path}.{key}" if path else key, here.get(key), there.get(key))
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for number, (ours, theirs) in enumerate(zip(here, there, strict=True)):
            yield from _changed(f"{path}[{number}]", ours, theirs)
    elif here != there:
        yield path, here
