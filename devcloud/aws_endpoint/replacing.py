"""How a method of moto's is replaced by a function that has the original at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def replace(owner: type, name: str, replacement: Callable[..., Any]) -> None:
    """Replace `owner.name` by a function that gets the original first, then the arguments, `self` among them."""
    original = getattr(owner, name)

    @wraps(original)
    def method(self: Any, *args: Any, **given: Any) -> Any:
        return replacement(original, self, *args, **given)

    setattr(owner, name, method)
