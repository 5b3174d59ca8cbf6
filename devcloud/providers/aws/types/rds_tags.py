"""What all types of RDS have: tags. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Read
from devcloud.providers.aws.types import tags

TAGS = Input(live="tag_map(TagList)", kind=dict, absent={})


def tag_calls(arn: str) -> tuple[Call, ...]:
    """The calls that change the tags of the resource whose ARN that expression gives."""
    return tags.tag_calls(arn, of="ResourceName", calls=("AddTagsToResource", "RemoveTagsFromResource"))


def tags_of(arn: str) -> Read:
    """The call that reads them."""
    return Read("ListTagsForResource", {"ResourceName": arn}, at="TagList", into="TagList")
