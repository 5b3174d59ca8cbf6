"""The flat program is the real one without its structure: else the ratios would compare different work."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.rpc import is_rpc_secret

from bench.capture import MadeUp, capture, exported
from bench.flat_program import MODULE, write_flat_project
from bench.flat_state import flat_urns
from bench.scratch_cloud import REGION_STACK
from stacks.program import register
from stacks.recording import Registered, run_under_mocks

# What the mocks make up has a resource's name in it, which is another in the flat program where two had the same.
_MADE_UP = re.compile(r"(?<=Group )[\w-]*database(?=>)")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flat_project(
        capture(REGION_STACK, MadeUp(exported("local"))), tmp_path_factory.mktemp("flat") / "project"
    )


def test_it_registers_the_same_resources(project: Path) -> None:
    """Types, names, inputs, provider, options and dependencies."""
    mocks = MadeUp(exported("local"))
    real = run_under_mocks(lambda: register(REGION_STACK), REGION_STACK, mocks=mocks)
    flat = run_under_mocks(lambda: _run(project), REGION_STACK, mocks=mocks)
    assert len(real.registered) > 100
    urns = flat_urns([each.urn for each in real.registered if each.custom])
    expected = _comparable(real.registered, urns)
    found = _comparable(flat.registered, {each.urn: each.urn for each in flat.registered})
    assert found == expected
    assert flat.exports.keys() == real.exports.keys()


def test_it_is_literal(project: Path) -> None:
    """It reads nothing of the project, or it would pay for the same region model."""
    imports = [line for line in (project / MODULE).read_text().splitlines() if line.startswith(("import", "from"))]
    assert imports
    assert [line for line in imports if not line.startswith("import pulumi")] == []


def _run(project: Path) -> None:
    runpy.run_path(str(project / MODULE))["register"]()


def _comparable(registered: list[Registered], urns: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Resources without components, under the names that `urns` end in; secrets differ from run to run."""
    return {
        _short(urns[each.urn]): (
            _MADE_UP.sub("", json.dumps(_without_secrets(each.inputs), sort_keys=True)),
            _short(each.provider) if each.provider else "",
            each.protect,
            each.ignore_changes,
            sorted({_short(urns[urn]) for urn in each.depends_on if urn in urns}),
        )
        for each in registered
        if each.custom
    }


def _without_secrets(inputs: dict[str, Any]) -> dict[str, Any]:
    return {key: "secret" if is_rpc_secret(value) else value for key, value in inputs.items()}


def _short(urn: str) -> tuple[str, str]:
    """The type, without its parents' types, and the name."""
    kind, name = urn.split("::")[2:4]
    return kind.rsplit("$", 1)[-1], name
