"""How most services tag: one call that sets, one that removes, one that lists, each by ARN. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Read

TAGS = Input(live="tag_map(Tags)", kind=dict, absent={})
CHANGED = "changed(input.tags, old.tags)"
DROPPED = "dropped(input.tags, old.tags)"
CREATED = {"Tags": "tag_list(input.tags)"}
"""What most create calls take."""


def tag_calls(
    arn: str,
    *,
    of: str = "ResourceArn",
    tags: str = "Tags",
    keys: str = "TagKeys",
    changed: str = f"tag_list({CHANGED})",
    calls: tuple[str, str] = ("TagResource", "UntagResource"),
    **more: str,
) -> tuple[Call, ...]:
    """The calls that change the tags of the resource whose ARN (or name) that expression gives.

    Args:
        of, tags, keys: the parameters' names.
        changed: the tags to set, in the service's form.
        more: further parameters of both calls.
    """
    set_tags, remove_tags = calls
    return (
        Call(set_tags, {of: arn, tags: changed, **more}, on=("tags",), when=f"old && {CHANGED}"),
        Call(remove_tags, {of: arn, keys: DROPPED, **more}, on=("tags",), when=DROPPED),
    )


def tags_of(
    arn: str, *, of: str = "ResourceArn", at: str = "Tags", call: str = "ListTagsForResource", **more: str
) -> Read:
    """The call that reads them."""
    return Read(call, {of: arn, **more}, at=at, into="Tags")
