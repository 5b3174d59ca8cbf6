"""How all tests run, and the fixture that runs a program without an engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import MappingProxyType

import hypothesis
import pytest

from stacks.recording import Exports, Registered, run_under_mocks

# CI tries the same cases every time; everybody else looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


@pytest.fixture(scope="session")
def registered_by() -> Callable[..., list[Registered]]:
    """(program, stack name, what other stacks export by their names) → what the program registers, in order."""

    def of(program: Callable[[], object], stack: str, exports: Exports = MappingProxyType({})) -> list[Registered]:
        return run_under_mocks(program, stack, exports).registered

    return of
