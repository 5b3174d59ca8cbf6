"""Resources as the engine sends them, read into subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from policies.subject import UNKNOWN, Subject

# What stands for a value that is not known yet, by its type: sdk/go/common/resource/plugin/rpc.go of pulumi/pulumi.
_UNKNOWNS = frozenset(
    (
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    )
)
# Marks a mapping as something else than it looks like: sdk/go/common/resource/sig/sig.go.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - says that something is one
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_PROVIDERS = "pulumi:providers:"


class Sent(Protocol):
    """What AnalyzeRequest and AnalyzerResource of proto/pulumi/analyzer.proto have in common."""

    type: Any
    name: Any
    urn: Any
    properties: Any
    options: Any
    provider: Any


def subject_of(sent: Sent) -> Subject:
    """Return the resource that was sent."""
    props, secrets = read_inputs(_mapping(sent.properties))
    kind: str = sent.provider.type
    region = read_inputs(_mapping(sent.provider.properties))[0].get("region") if kind == f"{_PROVIDERS}aws" else None
    return Subject(
        type=sent.type,
        name=sent.name,
        urn=sent.urn,
        props=props,
        protect=sent.options.protect,
        aws_region=region if isinstance(region, str) else None,
        provider=kind.removeprefix(_PROVIDERS),
        secrets=secrets,
    )


def read_inputs(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """Return inputs as the SDKs write them down (in JSON's types) as plain values, and the texts that are secret."""
    secrets: set[str] = set()
    return {key: _plain(value, secrets) for key, value in inputs.items()}, frozenset(secrets)


def _mapping(struct: Any) -> dict[str, Any]:
    """Protobuf's Struct in JSON's types; ten times as fast as json_format."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _mapping(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return getattr(value, kind) if kind != "null_value" else None


def _plain(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item, secrets) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    signature = fields.get(_SIGNATURE)
    if signature not in (_SECRET, _OUTPUT):
        return {key: _plain(item, secrets) for key, item in fields.items()}
    # An output has beside its value what it depends on; without a value it is not known yet.
    content = _plain(fields["value"], secrets) if "value" in fields else UNKNOWN
    if signature == _SECRET or fields.get("secret"):
        secrets.update(_texts(content))
    return content


def _texts(content: Any) -> Iterator[str]:
    """The texts in a secret, however deep, and its numbers as text."""
    if isinstance(content, dict):
        content = list(cast("dict[str, Any]", content).values())
    if isinstance(content, list):
        for item in cast("list[Any]", content):
            yield from _texts(item)
    elif content is not UNKNOWN and not isinstance(content, bool | None) and content != "":
        yield str(content)
