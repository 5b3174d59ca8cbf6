"""Launch templates: what new instances are like. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.ec2_tags import OWNER, TAG_CALLS, TAGS, tagged

_ID = {"LaunchTemplateId": "id"}
_DISK = {"volumeSize": "VolumeSize", "volumeType": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
_SWITCHES = {"encrypted": "Encrypted", "deleteOnTermination": "DeleteOnTermination"}
_METADATA = {
    "httpEndpoint": "HttpEndpoint",
    "httpTokens": "HttpTokens",
    "httpPutResponseHopLimit": "HttpPutResponseHopLimit",
}
_DATA = "Latest.LaunchTemplateData"


def _members(names: dict[str, str], *, live: bool = False) -> str:
    return ", ".join(f"{name}: {api}" if live else f"{api}: {name}" for name, api in names.items())


# Switches are texts in the official provider, so that there is a third state: not set.
_SENT_DISK = f"{_members(_DISK)}, " + ", ".join(f"{api}: {name} && {name} == 'true'" for name, api in _SWITCHES.items())
_LIVE_DISK = f"{_members(_DISK, live=True)}, " + ", ".join(
    f"{name}: {api} != null && to_string({api}) || null" for name, api in _SWITCHES.items()
)
_SENT = (
    "compact({"
    f"BlockDeviceMappings: input.blockDeviceMappings[].{{DeviceName: deviceName, Ebs: ebs.{{{_SENT_DISK}}}}}, "
    f"MetadataOptions: input.metadataOptions.{{{_members(_METADATA)}}}, "
    "SecurityGroupIds: input.vpcSecurityGroupIds, "
    "TagSpecifications: input.tagSpecifications[].{ResourceType: resourceType, Tags: tag_list(tags)}"
    "})"
)
_CONTENT = ("blockDeviceMappings", "description", "metadataOptions", "tagSpecifications", "vpcSecurityGroupIds")

LAUNCH_TEMPLATE = ResourceType(
    pulumi_type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    name=Name("name", 128, prefix_input="namePrefix"),
    id="response.LaunchTemplate.LaunchTemplateId",
    create=Call(
        "CreateLaunchTemplate",
        {"LaunchTemplateData": _SENT, "VersionDescription": "input.description", **tagged("launch-template")},
    ),
    reads=(
        Read("DescribeLaunchTemplates", {"LaunchTemplateIds": "[id]"}, at="LaunchTemplates[0]"),
        Read(
            "DescribeLaunchTemplateVersions",
            {**_ID, "Versions": "['$Latest']"},
            at="LaunchTemplateVersions[0]",
            into="Latest",
        ),
        Read("DescribeTags", {"Filters": "[{Name: 'resource-id', Values: [id]}]"}, at="Tags", into="Tags"),
        OWNER,
    ),
    then=(
        # A version stays as it is: a change is a new one.
        Call(
            "CreateLaunchTemplateVersion",
            {**_ID, "LaunchTemplateData": _SENT, "VersionDescription": "input.description"},
            on=_CONTENT,
            when="old",
        ),
        Call(
            "ModifyLaunchTemplate",
            {**_ID, "DefaultVersion": "live.Newest"},
            on=_CONTENT,
            when="old && input.updateDefaultVersion",
            reads=(
                Read(
                    "DescribeLaunchTemplates",
                    {"LaunchTemplateIds": "[id]"},
                    at="to_string(LaunchTemplates[0].LatestVersionNumber)",
                    into="Newest",
                ),
            ),
        ),
        *TAG_CALLS,
    ),
    delete=Call("DeleteLaunchTemplate", _ID),
    missing=("InvalidLaunchTemplateId.NotFound",),
    find=Find(
        "DescribeLaunchTemplates",
        {"Filters": "[{Name: 'launch-template-name', Values: [input.name]}]"},
        ids="LaunchTemplates[].LaunchTemplateId",
        by=("name",),
    ),
    inputs={
        "blockDeviceMappings": Input(
            live=f"{_DATA}.BlockDeviceMappings[].{{deviceName: DeviceName, ebs: Ebs.{{{_LIVE_DISK}}}}}",
            kind=list,
            block={"deviceName": str, "ebs": dict},
            absent=[],
            same=Same.BLOCK,
        ),
        "description": Input(live="Latest.VersionDescription", kind=str, absent=""),
        "metadataOptions": Input(
            live=f"{_DATA}.MetadataOptions.{{{_members(_METADATA, live=True)}}}",
            kind=dict,
            block={"httpEndpoint": str, "httpTokens": str, "httpPutResponseHopLimit": int},
            same=Same.BLOCK,
        ),
        "name": Input("LaunchTemplateName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "tagSpecifications": Input(
            live=f"{_DATA}.TagSpecifications[?ResourceType != 'launch-template']"
            ".{resourceType: ResourceType, tags: tag_map(Tags)}",
            kind=list,
            block={"resourceType": str, "tags": dict},
            absent=[],
            same=Same.BLOCK,
        ),
        "tags": TAGS,
        "updateDefaultVersion": Input(live=None, kind=bool),
        "vpcSecurityGroupIds": Input(live=f"{_DATA}.SecurityGroupIds", kind=list, absent=[], same=Same.SET),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', Owner, ':launch-template/', LaunchTemplateId])",
        "latestVersion": "LatestVersionNumber",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (LAUNCH_TEMPLATE,)
