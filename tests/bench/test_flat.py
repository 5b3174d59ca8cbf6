"""The flat program is the real one without its structure: else the ratios would compare different work."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.flat.generate import DIRECTORY, STACK
from stacks.program import run

if TYPE_CHECKING:
    from tests.bench.conftest import Registration

Registrations = Callable[[Callable[[], object]], "list[Registration]"]


def test_it_registers_the_same_resources(registrations: Registrations) -> None:
    """Types, names, inputs, provider, options and dependencies. When it fails: python -m bench.flat.generate"""
    real = registrations(lambda: run(STACK))
    flat = registrations(lambda: runpy.run_path(str(DIRECTORY), run_name="__main__"))
    assert len(real) > 20
    assert flat == real


def test_it_is_literal() -> None:
    """It reads nothing of the project, or it would pay for the same region model."""
    for file in ("__main__.py", "flat_database.py", "flat_workloads.py"):
        imports = [line for line in (DIRECTORY / file).read_text().splitlines() if line.startswith(("import", "from"))]
        allowed = ("import pulumi", "import flat_")
        assert imports
        assert [line for line in imports if not line.startswith(allowed)] == []
