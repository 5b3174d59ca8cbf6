"""A resource as the engine describes it: its type, its name and its inputs, of which some may not be known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from costs.errors import CannotPriceError

# What the engine writes where a preview does not know a value yet (`UnknownStringValue` of pulumi/pulumi).
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource to be priced. `aws_region` is its provider's; None: the region that the estimate is for."""

    type: str
    name: str
    inputs: Mapping[str, object]
    aws_region: str | None = None

    @property
    def label(self) -> str:
        """Return the end of its URN: type and name."""
        return f"{self.type}::{self.name}"

    def has(self, path: str) -> bool:
        """Return whether there is a value at a path such as "spec.type", known or not."""
        return self._at(path) is not _NOTHING

    def text(self, path: str, default: str | None = None) -> str:
        """Return the text at a path.

        Raises:
            CannotPriceError: it is not known, no text, or missing without a default.
        """
        value = self._known(path, default)
        if not isinstance(value, str):
            raise CannotPriceError(f"{path} is {value!r}, which is no text")
        return value

    def number(self, path: str, default: int | None = None) -> Decimal:
        """Return the number at a path, exactly.

        Raises:
            CannotPriceError: it is not known, no number of 0 or more, or missing without a default.
        """
        value = self._known(path, default)
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            raise CannotPriceError(f"{path} is {value!r}, which is no number of 0 or more")
        return number

    def flag(self, path: str, *, default: bool) -> bool:
        """Return the truth value at a path.

        Raises:
            CannotPriceError: it is not known, or neither true nor false.
        """
        value = self._known(path, default)
        if not isinstance(value, bool):
            raise CannotPriceError(f"{path} is {value!r}, which is neither true nor false")
        return value

    def items(self, path: str) -> Sequence[object]:
        """Return the list at a path; nothing where it is missing.

        Raises:
            CannotPriceError: it is not known, or no list.
        """
        value = self._known(path, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise CannotPriceError(f"{path} is {value!r}, which is no list")
        return cast("Sequence[object]", value)

    def named(self, path: str, key: str) -> str | None:
        """Return the text under a key that may hold dots, in the mapping at a path; None where there is none.

        Raises:
            CannotPriceError: it is not known, or no text.
        """
        value = self._known(path, {})
        if not isinstance(value, Mapping):
            raise CannotPriceError(f"{path} is {value!r}, which is no mapping")
        entry = Resource(self.type, self.name, {"_": cast("Mapping[str, object]", value).get(key)})
        return entry.text("_", "") or None

    def parts(self, path: str) -> tuple[Resource, ...]:
        """Return the mappings of the list at a path, to be asked by their own paths.

        Raises:
            CannotPriceError: one of them is not known, or no mapping.
        """
        parts: list[Resource] = []
        for number, item in enumerate(self.items(path)):
            if not isinstance(item, Mapping):
                raise CannotPriceError(f"{path}[{number}] is not known yet, or no mapping")
            parts.append(Resource(self.type, self.name, cast("Mapping[str, object]", item), self.aws_region))
        return tuple(parts)

    def _known(self, path: str, default: object) -> object:
        value = self._at(path)
        if value is _NOTHING or value is None:
            if default is None:
                raise CannotPriceError(f"{path} is missing")
            return default
        if value == UNKNOWN:
            raise CannotPriceError(f"{path} is not known yet")
        return value

    def _at(self, path: str) -> object:
        value: object = self.inputs
        for step in path.split("."):
            if value == UNKNOWN:
                return UNKNOWN
            if not isinstance(value, Mapping) or step not in value:
                return _NOTHING
            value = value[step]
        return value
