"""What a FreezeWindow says, as the schema of its kind."""

from __future__ import annotations

from guard.in_cluster import NAME

Schema = dict[str, object]
"""Of OpenAPI v3, in the API server's own words."""


def _object(
    properties: dict[str, Schema],
    description: str = "",
    required: tuple[str, ...] = (),
    rules: list[Schema] | None = None,
) -> Schema:
    made: Schema = {"type": "object", "properties": properties}
    if description:
        made["description"] = description
    if required:
        made["required"] = list(required)
    if rules:
        made["x-kubernetes-validations"] = rules
    return made


def _text(description: str, most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most, "description": description}


def _texts(description: str, least: int, most: int, longest: int) -> Schema:
    return {
        "type": "array",
        "minItems": least,
        "maxItems": most,
        "items": {"type": "string", "minLength": 1, "maxLength": longest},
        "description": description,
    }


def _instant(description: str) -> Schema:
    return {"type": "string", "format": "date-time", "description": description}


_OVERRIDE = _object(
    {
        "name": _text("Its document in overrides/.", 253),
        "approvers": _texts("Who approved it, by their addresses.", 2, 16, 254),
        "ticket": _text("The incident's.", 64),
        "expires": _instant("From when on it opens nothing."),
    },
    "The override that opens the window, while one does.",
    ("name", "approvers", "ticket", "expires"),
)
# The lengths keep the sentences of a denial within what the API server tells.
_SPEC = _object(
    {
        "closed": {"type": "boolean", "description": "Whether a freeze window has begun and not ended."},
        "validUntil": _instant("Until when this counts unless it is renewed. Later, it counts as closed."),
        "opensAt": _instant("When the freeze window ends; absent while there is none."),
        "closesAt": _instant("When the next one begins; absent within one, and where there are none."),
        "reasons": _texts("Why it is closed.", 0, 4, 300),
        "override": _OVERRIDE,
    },
    "Whether the region may be changed, as guard.verdict has it.",
    ("closed", "validUntil", "reasons"),
    [
        {"rule": "!self.closed || size(self.reasons) > 0", "message": "a window that is closed has reasons"},
        {"rule": "!self.closed || !has(self.closesAt)", "message": "closesAt is of a window that has not begun"},
        {"rule": "self.closed || !has(self.opensAt)", "message": "opensAt is of a window that has begun"},
        {"rule": "self.closed || !has(self.override)", "message": "an override opens nothing that is open"},
    ],
)
SCHEMA = _object(
    {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": _object({"name": {"type": "string", "enum": [NAME], "description": "A cluster has one window."}}),
        "spec": _SPEC,
    },
    "Whether the region may be changed now: what the lock in its cluster goes by.",
    ("spec",),
)
COLUMNS: list[Schema] = [
    {"name": name, "type": "boolean" if path == ".spec.closed" else "string", "jsonPath": path}
    for name, path in {
        "Closed": ".spec.closed",
        "Opens": ".spec.opensAt",
        "Closes": ".spec.closesAt",
        "Valid-Until": ".spec.validUntil",
        "Override": ".spec.override.name",
    }.items()
]
