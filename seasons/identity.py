"""Keys of caches for models that cannot be hashed, because they hold mappings."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """Stands for one frozen object as a cache's key: equal to itself and to nothing that only looks alike.

    It keeps the object alive, so that no other one gets its identity while the cache remembers it.
    """

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        """Make the key of `it`."""
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it
