"""What costs nothing of its own: costs/free.yaml, each type with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from costs.data_file import read_model
from regions.model.base import FrozenMapping, Model, Text

FILE = Path(__file__).resolve().parent / "free.yaml"
_ANY = "*"


class FreeTypes(Model):
    """Types, or beginnings of types that end in "*", and why they are free."""

    free: FrozenMapping[Text] = Field(description="The reason, by type token.")


def load_free(file: Path = FILE) -> Mapping[str, str]:
    """Read the reasons by type.

    Raises:
        CostDataError: with all mistakes of the file.
    """
    return read_model(FreeTypes, file).free


def free_reason(free: Mapping[str, str], type_token: str) -> str | None:
    """Return why a type is free, or None if nothing says that it is."""
    if type_token in free:
        return free[type_token]
    return next((why for key, why in free.items() if key.endswith(_ANY) and type_token.startswith(key[:-1])), None)
