"""The flat program is the real one without its structure: else the ratios would compare different work."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pulumi.runtime.rpc import is_rpc_secret

from bench.flat.generate import DIRECTORY, STACK
from stacks.program import run

if TYPE_CHECKING:
    from tests.conftest import Registered

RegisteredBy = Callable[[Callable[[], object], str], "list[Registered]"]


def test_it_registers_the_same_resources(registered_by: RegisteredBy) -> None:
    """Types, names, inputs, provider, options and dependencies. When it fails: python -m bench.flat.generate"""
    real = _comparable(registered_by(lambda: run(STACK), STACK))
    flat = _comparable(registered_by(lambda: runpy.run_path(str(DIRECTORY), run_name="__main__"), STACK))
    assert len(real) > 20
    assert flat == real


def test_it_is_literal() -> None:
    """It reads nothing of the project, or it would pay for the same region model."""
    for file in ("__main__.py", "flat_database.py", "flat_workloads.py"):
        imports = [line for line in (DIRECTORY / file).read_text().splitlines() if line.startswith(("import", "from"))]
        allowed = ("import pulumi", "import flat_")
        assert imports
        assert [line for line in imports if not line.startswith(allowed)] == []


def _comparable(registered: list[Registered]) -> list[tuple[Any, ...]]:
    """Resources without components and without what components put into URNs; secrets differ from run to run."""
    return sorted(
        (
            each.type,
            each.name,
            json.dumps(_without_secrets(each.inputs), sort_keys=True),
            _short(each.provider) if each.provider else "",
            each.protect,
            each.ignore_changes,
            sorted(_short(urn) for urn in each.depends_on),
        )
        for each in registered
        if each.custom
    )


def _without_secrets(inputs: dict[str, Any]) -> dict[str, Any]:
    return {key: "secret" if is_rpc_secret(value) else value for key, value in inputs.items()}


def _short(urn: str) -> tuple[str, str]:
    """The type, without its parents' types, and the name."""
    kind, name = urn.split("::")[2:4]
    return kind.rsplit("$", 1)[-1], name
