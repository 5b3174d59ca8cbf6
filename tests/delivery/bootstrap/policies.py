"""What IAM decides, as far as the policies of these tests need it: an explicit denial wins, then a permission."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Document = Mapping[str, Any]
Context = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Request:
    """A call: the action, the ARN, and the condition keys that AWS would fill in."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict[str, Any])


def allows(policy: Document, request: Request) -> bool:
    """Whether a policy alone lets a request through."""
    effects = {each["Effect"] for each in policy["Statement"] if _applies(each, request)}
    return "Deny" not in effects and "Allow" in effects


def allows_both(policy: Document, boundary: Document, request: Request) -> bool:
    """Whether a role with this policy and this boundary may."""
    return allows(policy, request) and allows(boundary, request)


def _applies(statement: Document, request: Request) -> bool:
    return (
        _action(statement, request.action)
        and _resource(statement, request.resource)
        and all(
            _holds(operator, key, _list(values), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _action(statement: Document, action: str) -> bool:
    if "NotAction" in statement:
        return not any(_like(pattern, action, re.IGNORECASE) for pattern in _list(statement["NotAction"]))
    return any(_like(pattern, action, re.IGNORECASE) for pattern in _list(statement["Action"]))


def _resource(statement: Document, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(pattern, resource) for pattern in _list(statement["NotResource"]))
    return any(_like(pattern, resource) for pattern in _list(statement["Resource"]))


def _holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    given = _list(context[key]) if key in context else []
    match operator:
        case "Null":
            return values == ["false" if given else "true"]
        case "StringNotEquals":  # holds where the key is absent, too
            return not any(each in values for each in given)
        case "ForAllValues:StringLike":  # and so does this
            return all(any(_like(pattern, each) for pattern in values) for each in given)
        case "StringEqualsIfExists":
            return not given or any(each in values for each in given)
        case "DateGreaterThanEquals":
            return any(_instant(each) >= _instant(least) for least in values for each in given)
        case "DateLessThan":
            return any(_instant(each) < _instant(bound) for bound in values for each in given)
        case "ArnEquals":
            return any(_like(pattern, each) for pattern in values for each in given)
        case "StringEquals" | "ForAnyValue:StringEquals" | "Bool":
            return any(each in values for each in given)
        case _:
            raise NotImplementedError(operator)


def _instant(text: str) -> datetime:
    assert text.endswith("Z"), f"IAM would not read {text} as everybody does"
    return datetime.fromisoformat(text)


def _like(pattern: str, text: str, flags: int = 0) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, flags) is not None


def _list(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
