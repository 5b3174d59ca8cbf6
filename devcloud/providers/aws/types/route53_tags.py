"""How Route 53 tags: by the resource's type and id, in one call."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Read
from devcloud.providers.aws.types.tags import CHANGED, DROPPED


def tag_call(resource: str) -> Call:
    return Call(
        "ChangeTagsForResource",
        {
            "ResourceId": "id",
            "ResourceType": f"'{resource}'",
            "AddTags": f"tag_list({CHANGED})",
            "RemoveTagKeys": f"not_null({DROPPED}[0]) && {DROPPED} || null",
        },
        on=("tags",),
        when=f"{CHANGED} || {DROPPED}",
    )


def tags_of(resource: str) -> Read:
    return Read(
        "ListTagsForResource",
        {"ResourceId": "id", "ResourceType": f"'{resource}'"},
        at="ResourceTagSet.Tags",
        into="Tags",
    )
