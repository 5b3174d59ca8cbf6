"""A resource as a rule sees it: its inputs as plain values, of which a preview may not know some yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, cast


class Unknown(Enum):
    """The type of `UNKNOWN`, for annotations."""

    UNKNOWN = "not known yet"

    def __repr__(self) -> str:
        """Return what sentences say of it."""
        return "(not known yet)"

    __str__ = __repr__


UNKNOWN: Final = Unknown.UNKNOWN
"""Stands where a preview does not know a value yet."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource that a program registers, with the inputs that it registers it with.

    Secrets are in `props` like other values, so that rules can judge them; `told` keeps them out of sentences.
    """

    type: str
    """Its type token, such as "aws:rds/cluster:Cluster"."""
    name: str
    urn: str
    props: Mapping[str, Any]
    """Dictionaries, lists, texts, numbers (whole ones as int), truth values, None and `UNKNOWN`."""
    protect: bool = False
    """Pulumi's `protect`: whether the engine refuses to delete it."""
    aws_region: str | None = None
    """Its provider's region; None where that is not AWS, or not known yet."""
    provider: str = ""
    """Its provider's package, such as "aws"; "" for what has no provider, such as a component."""
    secrets: frozenset[str] = frozenset()
    """The texts among `props` that are secret."""

    def get(self, path: str, default: Any = None) -> Any:
        """Return the value at a path of keys, such as "spec.template.spec".

        Returns:
            `UNKNOWN` where the path goes through or ends at something that is not known yet; the default where there
            is nothing, or null, at it.
        """
        value: Any = self.props
        for step in path.split("."):
            if value is UNKNOWN:
                return UNKNOWN
            if not isinstance(value, Mapping) or step not in value:
                return default
            value = cast("Mapping[str, Any]", value)[step]
        return default if value is None else value

    def told(self, sentence: str) -> str:
        """Return the sentence without the secrets of this resource."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            sentence = sentence.replace(secret, "(secret)")
        return sentence
