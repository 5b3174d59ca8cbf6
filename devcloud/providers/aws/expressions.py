"""JMESPath with the few functions the resource table needs beyond the standard ones."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from functools import cache
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from devcloud.providers.aws import dns, quirks
from devcloud.providers.plugin import ProviderError

_ANY_LIST: Any = {"types": ["array", "null"]}
_ANY_MAP: Any = {"types": ["object", "null"]}
_ANY_TEXT: Any = {"types": ["string", "null"]}
_ANYTHING: Any = {"types": []}
_LIST: Any = {"types": ["array"]}
_MAP: Any = {"types": ["object"]}
_TEXT: Any = {"types": ["string"]}


class Functions(functions.Functions):
    """The functions of the table's expressions; each is named `_func_<name>`, as the library wants it."""

    @functions.signature(_ANY_LIST, _ANY_TEXT)
    def _func_index_parameters(self, blocks: list[Any] | None, hash_key: str | None) -> list[Any] | None:
        return quirks.index_parameters(blocks, hash_key)

    @functions.signature(_ANY_LIST)
    def _func_index_blocks(self, indexes: list[Any] | None) -> list[Any]:
        return quirks.index_blocks(indexes)

    @functions.signature(_ANY_LIST, _ANY_TEXT)
    def _func_permissions(self, blocks: list[Any] | None, group: str | None) -> list[Any]:
        return quirks.permissions(blocks, group or "")

    @functions.signature(_ANY_LIST, _ANY_TEXT)
    def _func_permission_blocks(self, live: list[Any] | None, group: str | None) -> list[Any]:
        return quirks.permission_blocks(live, group or "")

    @functions.signature(_MAP)
    def _func_rule_permission(self, rule: dict[str, Any]) -> dict[str, Any]:
        return quirks.rule_permission(rule)

    @functions.signature(_ANY_LIST, _ANY_TEXT)
    def _func_own_records(self, records: list[Any] | None, zone: str | None) -> list[Any]:
        return quirks.own_records(records, zone or "")

    @functions.signature(_MAP)
    def _func_record_set(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return dns.record_set(inputs)

    @functions.signature(_ANY_LIST, _TEXT)
    def _func_record_with(self, records: list[Any] | None, identifier: str) -> dict[str, Any] | None:
        return dns.record_with(records, identifier)

    @functions.signature(_TEXT, _MAP)
    def _func_record_id(self, zone: str, record: dict[str, Any]) -> str:
        return dns.record_id(zone, record)

    @functions.signature(_ANY_LIST, _ANY_LIST, _ANY_LIST)
    def _func_replica_blocks(
        self, tables: list[Any] | None, recovery: list[Any] | None, same_tags: list[Any] | None
    ) -> list[Any]:
        return quirks.replica_blocks(tables or [], recovery or [], same_tags or [])

    @functions.signature(_ANY_MAP, _ANY_MAP)
    def _func_changed(self, new: dict[str, Any] | None, old: dict[str, Any] | None) -> dict[str, Any]:
        """Entries of a map that are new or have another value."""
        before = old or {}
        return {key: value for key, value in (new or {}).items() if key not in before or before[key] != value}

    @functions.signature(_ANY_MAP, _ANY_MAP)
    def _func_dropped(self, new: dict[str, Any] | None, old: dict[str, Any] | None) -> list[str]:
        """Keys of the old map that the new one has not."""
        return [key for key in old or {} if key not in (new or {})]

    @functions.signature(_ANY_LIST, _ANY_LIST)
    def _func_minus(self, left: list[Any] | None, right: list[Any] | None) -> list[Any]:
        """Elements of the left list that the right one has not."""
        return [item for item in left or [] if item not in (right or [])]

    @functions.signature(_ANY_LIST, _ANY_LIST, _TEXT)
    def _func_lacking(self, old: list[Any] | None, new: list[Any] | None, key: str) -> list[Any]:
        """Elements of the old list whose `key` no element of the new one has."""
        kept = [item.get(key) for item in new or []]
        return [item for item in old or [] if item.get(key) not in kept]

    @functions.signature(_ANY_MAP)
    def _func_tag_list(self, tags: dict[str, str] | None) -> list[dict[str, str]] | None:
        """{k: v} as [{Key: k, Value: v}]; null when there are none."""
        return [{"Key": key, "Value": value} for key, value in (tags or {}).items()] or None

    @functions.signature(_ANY_LIST)
    def _func_tag_map(self, tags: list[dict[str, str]] | None) -> dict[str, str]:
        """[{Key: k, Value: v}] as {k: v}, without the tags that AWS itself sets."""
        pairs = (
            (tag.get("Key", tag.get("TagKey", "")), tag.get("Value", tag.get("TagValue", ""))) for tag in tags or []
        )
        return {key: value for key, value in pairs if not key.startswith("aws:")}

    @functions.signature(_ANY_LIST, _TEXT, _ANYTHING)
    def _func_find(self, items: list[dict[str, Any]] | None, key: str, wanted: Any) -> dict[str, Any] | None:
        """The first element whose `key` is the wanted value, or a list with it inside."""
        for item in items or []:
            value = item.get(key)
            if value == wanted or (isinstance(value, list) and wanted in value):
                return item
        return None

    @functions.signature(_LIST)
    def _func_concat(self, parts: list[str | None]) -> str | None:
        """The texts one after the other; null when one of them is (the standard `join` takes no nulls)."""
        present = [part for part in parts if part is not None]
        return "".join(present) if len(present) == len(parts) else None

    @functions.signature(_ANY_TEXT, _TEXT)
    def _func_after_last(self, text: str | None, separator: str) -> str | None:
        """What follows the last separator; the whole text without one."""
        return None if text is None else text.rpartition(separator)[2]

    @functions.signature(_ANY_TEXT, _TEXT)
    def _func_before_last(self, text: str | None, separator: str) -> str | None:
        """What precedes the last separator; nothing without one."""
        return None if text is None else text.rpartition(separator)[0]

    @functions.signature(_ANY_TEXT, _TEXT)
    def _func_trim_right(self, text: str | None, ending: str) -> str | None:
        """The text without that ending."""
        return None if text is None else text.removesuffix(ending)

    @functions.signature(_ANYTHING)
    def _func_json_text(self, value: Any) -> str | None:
        """A document as JSON text; botocore decodes IAM's policies, the official provider reports text."""
        return value if value is None or isinstance(value, str) else json.dumps(value)

    @functions.signature(_ANY_MAP)
    def _func_without_null(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """A map without the members that are null."""
        return None if value is None else {key: item for key, item in value.items() if item is not None}

    @functions.signature(_ANYTHING)
    def _func_compact(self, value: Any) -> Any:
        """The value without the members that are null, at any depth."""
        if isinstance(value, dict):
            return {key: self._func_compact(item) for key, item in value.items() if item is not None}
        return [self._func_compact(item) for item in value] if isinstance(value, list) else value

    @functions.signature(_ANY_TEXT, _TEXT)
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        """The parts between separators."""
        return [] if text is None else text.split(separator)

    @functions.signature(_ANY_TEXT)
    def _func_instant(self, text: str | None) -> str | None:
        """A budget's time, such as 2026-01-01_00:00, as ISO 8601."""
        return None if text is None else f"{text.replace('_', 'T')}:00Z"

    @functions.signature(_ANYTHING)
    def _func_minute(self, time: dt.datetime | None) -> str | None:
        """The reverse of `instant`."""
        return None if time is None else time.astimezone(dt.UTC).strftime("%Y-%m-%d_%H:%M")

    @functions.signature()
    def _func_token(self) -> str:
        """A new token that no other call has used."""
        return str(uuid.uuid4())


_OPTIONS = jmespath.Options(custom_functions=Functions())


@cache
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def evaluate(expression: str, document: Any) -> Any:
    """The expression's value; None where the document has nothing there.

    Raises:
        ProviderError: the document has something else there than the table's entry expects.
    """
    try:
        return _compiled(expression).search(document, options=_OPTIONS)
    except JMESPathError as error:
        raise ProviderError(f"the aws plugin's table: `{expression}`: {error}") from error
