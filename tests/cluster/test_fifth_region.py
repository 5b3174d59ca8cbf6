"""A region that is one YAML file comes up, and goes by docs/runbooks/remove-region.md: the others notice by name alone.

In a copy of the checkout, for its data changes; the code is the checkout's, to the letter.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devcloud.state import CHECKOUT
from tests import fifth_region

if TYPE_CHECKING:
    from devcloud.engine import Engine
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

_ENVIRONMENT, _FIRST = "local", "us-east-1"
_OTHERS = (_ENVIRONMENT, f"{_ENVIRONMENT}-{_FIRST}")
_FIFTH = f"{_ENVIRONMENT}-{fifth_region.NAME}"
_UP_SECONDS = 900
# Data, and what is not of the project.
_LEFT_OUT = ("regions", "tests", "bench", "docs", "Pulumi.*.yaml", ".*", "__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A copy whose modules every process of this test imports before the checkout's own."""
    directory = tmp_path_factory.mktemp("copy") / "checkout"
    shutil.copytree(CHECKOUT, directory, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    fifth_region.copy_data(directory, _ENVIRONMENT)
    (directory / ".venv").symlink_to(CHECKOUT / ".venv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(directory))
        patch.setenv("PYTHONSAFEPATH", "1")  # not from the working directory
        yield directory


@pytest.fixture(scope="module")
def cloud(checkout: Path, make_embedded: Callable[[], Embedded]) -> Generator[Embedded]:
    """The copy's stacks `local` and `local-us-east-1`, up without the fifth region."""
    assert checkout.exists()
    made = make_embedded()
    _up(made, _FIRST)
    yield made
    made.run("destroy")


def test_it_comes_up_and_goes_and_nothing_of_the_others_changes(checkout: Path, cloud: Embedded) -> None:
    engine = replace(cloud.engine, project=checkout)
    before = {stack: _urns(engine, stack) for stack in _OTHERS}

    fifth_region.add(checkout, _ENVIRONMENT)
    _up(cloud, fifth_region.NAME)
    rows = {row["stack"]: row for row in json.loads(cloud.run("status", "--json").output)}
    assert rows[_FIFTH]["replicas"] == "6/6"
    assert before[_ENVIRONMENT] < _urns(engine, _ENVIRONMENT)
    for stack in (*_OTHERS, _FIFTH):
        _no_changes(engine, stack)

    engine.destroy(_FIFTH)
    for stack in _OTHERS:
        _no_changes(engine, stack)

    fifth_region.remove(checkout, _ENVIRONMENT)
    _up(cloud, _FIRST)
    for stack in _OTHERS:
        _no_changes(engine, stack)
        assert _urns(engine, stack) == before[stack]
        assert fifth_region.NAME not in json.dumps(engine.export(stack)["deployment"]["resources"])


def _up(cloud: Embedded, region: str) -> None:
    up = cloud.run("up", "--regions", region, timeout=_UP_SECONDS)
    assert up.code == 0, up.output


def _no_changes(engine: Engine, stack: str) -> None:
    """Fails, with what pulumi says, when there are any."""
    engine.capture(["preview", "--refresh", "--expect-no-changes", "--non-interactive", "--stack", stack])


def _urns(engine: Engine, stack: str) -> set[str]:
    return {each["urn"] for each in engine.export(stack)["deployment"]["resources"]}
