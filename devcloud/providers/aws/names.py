"""Names: made up where a program gives none, and guessed at where it gives a wrong one."""

from __future__ import annotations

import difflib
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from devcloud.providers.aws.table import Name

_SUFFIX_DIGITS = 7


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when nothing is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def automatic_name(rule: Name, resource_name: str, seed: bytes, prefix: str | None) -> str:
    """`<resource name>-<7 hex>`, or `<prefix><7 hex>`, within the service's limit; the same for the same seed."""
    suffix = hashlib.sha256(seed).hexdigest()[:_SUFFIX_DIGITS] if seed else secrets.token_hex(4)[:_SUFFIX_DIGITS]
    start = f"{rule.prefix}{resource_name}-" if prefix is None else prefix
    return start[: rule.limit - _SUFFIX_DIGITS] + suffix


def is_automatic(rule: Name | None, resource_name: str, inputs: Mapping[str, Any]) -> bool:
    """Whether the name in these inputs was made up, so that a replacement gets another one."""
    if rule is None:
        return True
    if rule.prefix_input and inputs.get(rule.prefix_input) is not None:
        return True
    start = f"{rule.prefix}{resource_name}-"[: rule.limit - _SUFFIX_DIGITS]
    return re.fullmatch(re.escape(start) + f"[0-9a-f]{{{_SUFFIX_DIGITS}}}", str(inputs.get(rule.input))) is not None
