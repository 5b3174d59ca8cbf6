"""How the EC2 API tags what it makes, changes tags, finds by the Name tag, and tells the account."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Read


def tagged(resource: str) -> dict[str, str]:
    return {"TagSpecifications": f"input.tags && [{{ResourceType: '{resource}', Tags: tag_list(input.tags)}}] || null"}


OF_THAT_NAME = {"Filters": "input.tags.Name && [{Name: 'tag:Name', Values: [input.tags.Name]}] || null"}


TAG_CALLS = (
    Call(
        "CreateTags",
        {"Resources": "[id]", "Tags": "tag_list(changed(input.tags, old.tags))"},
        on=("tags",),
        when="old && changed(input.tags, old.tags)",
    ),
    Call(
        "DeleteTags",
        {"Resources": "[id]", "Tags": "dropped(input.tags, old.tags)[].{Key: @}"},
        on=("tags",),
        when="dropped(input.tags, old.tags)",
    ),
)
TAGS = Input(live="tag_map(Tags)", kind=dict, absent={})

OWNER = Read(
    "DescribeSecurityGroups",
    {"Filters": "[{Name: 'group-name', Values: ['default']}]"},
    at="SecurityGroups[0].OwnerId",
    into="Owner",
)
"""The account, for the ARNs of what the service describes without its owner."""
