"""Whether a value that a program wants and one that the service reports mean the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from devcloud.providers.aws import quirks
from devcloud.providers.aws.table import Same


def same(how: Same, wanted: Any, live: Any) -> bool:
    """Whether `live` is what `wanted` asks for, under the entry's rule of comparison."""
    if wanted == live and isinstance(wanted, bool) == isinstance(live, bool):
        return True
    if how is Same.EXACT or wanted is None or live is None:
        return False
    return _RULES[how](wanted, live)


def _version(wanted: Any, live: Any) -> bool:
    return str(live).startswith(f"{wanted}.")


def _sets(wanted: Any, live: Any) -> bool:
    return _sorted(wanted) == _sorted(live)


def _sorted(values: Any) -> Any:
    if not isinstance(values, list):
        return values
    return sorted(json.dumps(value, sort_keys=True, default=repr) for value in values)


def _json(wanted: Any, live: Any) -> bool:
    try:
        return _canonical(json.loads(wanted)) == _canonical(json.loads(live))
    except (TypeError, ValueError):
        return False


def _canonical(value: Any) -> Any:
    """Policies may say one string or a list of it, and lists are in any order."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value


def _arn(wanted: Any, live: Any) -> bool:
    return any(
        long.endswith((f"/{short}", f":{short}"))
        for long, short in ((str(wanted), str(live)), (str(live), str(wanted)))
    )


def _dns(wanted: Any, live: Any) -> bool:
    return str(wanted).rstrip(".").lower() == str(live).rstrip(".").lower()


def _no_case(wanted: Any, live: Any) -> bool:
    return str(wanted).lower() == str(live).lower()


def _permissions(wanted: Any, live: Any) -> bool:
    return _sorted(quirks.permissions(wanted, "self")) == _sorted(quirks.permissions(live, "self"))


def _parameters(wanted: Any, live: Any) -> bool:
    if not (isinstance(wanted, list) and isinstance(live, list)) or len(wanted) != len(live):
        return False
    reported = {str(item.get("name")).lower(): item for item in live}
    return all(_parameter(item, reported.get(str(item.get("name")).lower())) for item in wanted)


def _parameter(wanted: dict[str, Any], live: dict[str, Any] | None) -> bool:
    if live is None or wanted.get("value") != live.get("value"):
        return False
    method = wanted.get("applyMethod")
    return method is None or method == live.get("applyMethod")


def _block(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return all(_block(item, live.get(name)) for name, item in wanted.items() if item is not None)
    if isinstance(wanted, list) and isinstance(live, list):
        return len(wanted) == len(live) and all(any(_block(item, other) for other in live) for item in wanted)
    return same(Same.ARN, wanted, live)


_RULES: dict[Same, Callable[[Any, Any], bool]] = {
    Same.BLOCK: _block,
    Same.VERSION: _version,
    Same.SET: _sets,
    Same.JSON: _json,
    Same.ARN: _arn,
    Same.DNS: _dns,
    Same.NO_CASE: _no_case,
    Same.PERMISSIONS: _permissions,
    Same.PARAMETERS: _parameters,
}
