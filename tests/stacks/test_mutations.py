"""For any single change of a valid file: a sentence that names the file and says what is wrong, or a plan.

Never another exception, and never a mistake that is found only after something was registered.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from regions.load import PACKAGE_DIRECTORY
from stacks.program import register
from stacks.recording import run_under_mocks

Location = tuple[Any, ...]
Mutation = Callable[[Path], None]
"""Changes one file of a project in this directory."""

_CHECKOUT = PACKAGE_DIRECTORY.parent
_ENVIRONMENT, _SETTINGS = "prod", "Pulumi.prod.yaml"
_REGION, _WORKLOADS = "regions/eu-central-1.yaml", "regions/workloads.yaml"
# Of a region that is not there the program says so, when all else is right.
_NOWHERE = f"{_ENVIRONMENT}-nowhere"
# "regions/*.yaml" is said of what is wrong with several files together.
_SENTENCE = re.compile(r"(regions/[\w*.-]+\.ya?ml|Pulumi\.prod\.yaml): \S.*")
# Without shrinking: a change is small already.
_PHASES = (Phase.reuse, Phase.generate)

_SCALARS = (
    st.sampled_from([None, True, False, 0, -1, 10**400, 0.5, float("inf"), "", " ", "é\u202e", "\x00", "x" * 5000])
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
)
_ANYTHING = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
_SNIPPETS = (
    *("\n", "\t", ":", ": ", "- ", "#", "'", '"', "{", "]", "&a ", "*a", "!!python/object:os.system ", "? ", "%", "| "),
    *("\x00", "\x85", "\ufeff", "\U0001f492", "---\n", "...\n", "<<: 1\n", "name: again\n", "9" * 5000, "[" * 2000),
)


def _locations(data: object, above: Location = ()) -> list[Location]:
    """Every location in the data, the document itself first."""
    steps = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [above, *(at for step, below in steps for at in _locations(below, (*above, step)))]


def _read(file: str) -> Any:
    return yaml.safe_load((_CHECKOUT / file).read_text(encoding="utf-8"))


def _project_reads(file: str, location: Location) -> bool:
    """Whether a location is the program's to read; an environment's file holds the engine's settings as well."""
    return file != _SETTINGS or location[:2] in ((), ("config",), ("config", "wedsync:environment"))


_PLACES = st.sampled_from(
    [
        (file, location)
        for file in (_REGION, _WORKLOADS, _SETTINGS)
        for location in _locations(_read(file))
        if _project_reads(file, location)
    ]
)


def _changed(place: tuple[str, Location], change: Callable[[Any, Any], object]) -> Mutation:
    """`change(container, step)` at one place."""
    file, location = place

    def mutate(directory: Path) -> None:
        document = {"all": _read(file)}
        inner: Any = document
        for step in ("all", *location)[:-1]:
            inner = inner[step]
        change(inner, ("all", *location)[-1])
        (directory / file).write_text(yaml.safe_dump(document.get("all"), allow_unicode=True), encoding="utf-8")

    return mutate


def _replaced(place: tuple[str, Location], value: object) -> Mutation:
    return _changed(place, lambda inner, step: inner.__setitem__(step, value))


def _dropped(place: tuple[str, Location]) -> Mutation:
    return _changed(place, lambda inner, step: inner.__delitem__(step))


def _added(place: tuple[str, Location], key: object, value: object) -> Mutation:
    """A field more in a mapping, an item that is there already in a list."""

    def add(inner: Any, step: Any) -> None:
        target = inner[step]
        if isinstance(target, dict):
            target.setdefault(key, value)
        elif isinstance(target, list):
            target.append(target[0] if target else value)

    return _changed(place, add)


def _overwritten(file: str, where: float, snippet: str, less: int) -> Mutation:
    """Other text somewhere, in place of so many characters."""

    def mutate(directory: Path) -> None:
        text = (_CHECKOUT / file).read_text(encoding="utf-8")
        at = int(where * len(text))
        (directory / file).write_text(text[:at] + snippet + text[at + less :], encoding="utf-8")

    return mutate


_FILES = st.sampled_from((_REGION, _WORKLOADS, _SETTINGS))
_MUTATIONS = st.one_of(
    st.builds(_replaced, _PLACES, _ANYTHING),
    st.builds(_dropped, _PLACES),
    st.builds(_added, _PLACES, st.text(max_size=8) | st.integers(), _ANYTHING),
    st.builds(_overwritten, _FILES, st.floats(0, 1), st.sampled_from(_SNIPPETS), st.integers(0, 40)),
)


@contextmanager
def _project(mutate: Mutation) -> Generator[Path]:
    """The repository's own files in a directory, one of them changed."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "regions").mkdir()
        for path in PACKAGE_DIRECTORY.glob("*.yaml"):
            shutil.copy(path, directory / "regions")
        shutil.copy(_CHECKOUT / _SETTINGS, directory)
        mutate(directory)
        yield directory


def _mistakes(directory: Path) -> list[str]:
    """What the program says is wrong; nothing when it has none of it."""
    with pytest.raises(pulumi.RunError) as caught:
        register(_NOWHERE, directory)
    lines = [line.strip() for line in str(caught.value).splitlines()]
    return [] if lines[0].startswith(f"Stack {_NOWHERE}: ") else [x for x in lines if "in the region files:" not in x]


@settings(max_examples=100, deadline=None, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(_MUTATIONS)
def test_any_change_is_valid_or_has_sentences(mutate: Mutation) -> None:
    with _project(mutate) as directory:
        said = _mistakes(directory)
    assert [line for line in said if not _SENTENCE.fullmatch(line)] == []


@settings(
    max_examples=5,
    deadline=None,
    phases=_PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(_MUTATIONS)
def test_any_valid_change_has_a_plan(mutate: Mutation) -> None:
    with _project(mutate) as directory:
        assume(not _mistakes(directory))
        shared = run_under_mocks(lambda: register(_ENVIRONMENT, directory), _ENVIRONMENT)
        stack = f"{_ENVIRONMENT}-eu-central-1"
        region = run_under_mocks(lambda: register(stack, directory), stack, {_ENVIRONMENT: shared.exports})
    assert shared.registered
    assert region.registered


@pytest.mark.parametrize("file", [_REGION, _WORKLOADS, _SETTINGS])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"a: 2026-02-30", b"\xef\xbb\xbf", b"x", b"? {a: b}\n: c", b"a: &a [*a]"]
)
def test_a_file_of_something_else(file: str, content: bytes) -> None:
    def write(directory: Path) -> None:
        (directory / file).write_bytes(content)

    with _project(write) as directory:
        said = _mistakes(directory)
    assert any(line.startswith(file) for line in said)


def test_a_container_less_than_images() -> None:
    with _project(_dropped((_WORKLOADS, ("wedding_api", "containers", "app")))) as directory:
        said = _mistakes(directory)
    assert any(line.startswith("regions/workloads.yaml: wedding_api.containers is ['metrics']: must") for line in said)


def test_a_container_more_than_images() -> None:
    third = {**_read(_WORKLOADS)["wedding_api"]["containers"]["metrics"], "port_name": "tcp-postgres", "port": 9200}
    with _project(_added((_WORKLOADS, ("wedding_api", "containers")), "third", third)) as directory:
        said = _mistakes(directory)
    assert said == [
        "regions/workloads.yaml: wedding_api.containers is ['app', 'metrics', 'third']: must name 2, as many as there"
        " are images for it in Pulumi.<environment>.yaml"
    ]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ((_REGION, ("database", "min_acu")), "regions/eu-central-1.yaml: database.min_acu: is missing"),
        ((_WORKLOADS, ("wedding_api", "autoscaler")), "regions/workloads.yaml: wedding_api.autoscaler: is missing"),
        ((_SETTINGS, ("config", "wedsync:environment", "domain")), "Pulumi.prod.yaml: domain is missing."),
        ((_SETTINGS, ("config",)), "Pulumi.prod.yaml: config.wedsync:environment must be a mapping"),
    ],
)
def test_a_missing_field_is_named(place: tuple[str, Location], says: str) -> None:
    with _project(_dropped(place)) as directory:
        said = _mistakes(directory)
    assert [line for line in said if line.startswith(says)] == said
