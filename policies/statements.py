"""The statements of an IAM policy document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from policies.reading import Fields, mappings, words


def statements(document: Any) -> list[Fields]:
    """Return the statements of a policy document, which is a text or a mapping already.

    Raises:
        ValueError: it is a text, but no JSON.
    """
    read = json.loads(document) if isinstance(document, str) else document
    return mappings(cast("Fields", read).get("Statement")) if isinstance(read, Mapping) else []


def everybody(principal: Any) -> bool:
    """Whether a statement's Principal is everybody, in AWS and outside of it."""
    return principal == "*" or (isinstance(principal, Mapping) and "*" in words(cast("Fields", principal).get("AWS")))
