"""What all types of RDS have: tags. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Read

TAGS = Input(live="tag_map(TagList)", kind=dict, absent={})


def tag_calls(arn: str) -> tuple[Call, ...]:
    """The calls that change the tags of the resource whose ARN that expression gives."""
    return (
        Call(
            "AddTagsToResource",
            {"ResourceName": arn, "Tags": "tag_list(changed(input.tags, old.tags))"},
            on=("tags",),
            when="old && changed(input.tags, old.tags)",
        ),
        Call(
            "RemoveTagsFromResource",
            {"ResourceName": arn, "TagKeys": "dropped(input.tags, old.tags)"},
            on=("tags",),
            when="dropped(input.tags, old.tags)",
        ),
    )


def tags_of(arn: str) -> Read:
    """The call that reads them."""
    return Read("ListTagsForResource", {"ResourceName": arn}, at="TagList", into="TagList")
