"""File systems and where they are mounted. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.tags import CREATED, TAGS, tag_calls

_ID = {"FileSystemId": "id"}
_MISSING = ("FileSystemNotFound",)
_STATES = Wait("LifeCycleState", ready=("available",), failed=("error",), leaving=("deleting", "deleted"))
_ARN = "concat(['arn:aws:elasticfilesystem:', region, ':', OwnerId, ':file-system/', FileSystemId])"
_DNS = "concat([FileSystemId, '.efs.', region, '.amazonaws.com'])"

FILE_SYSTEM = ResourceType(
    pulumi_type="aws:efs/fileSystem:FileSystem",
    service="efs",
    name=Name("creationToken", 64),
    id="response.FileSystemId",
    create=Call("CreateFileSystem", CREATED),
    reads=(Read("DescribeFileSystems", _ID, at="FileSystems[0]"),),
    update=Call("UpdateFileSystem", _ID),
    then=tag_calls("id", of="ResourceId"),
    delete=Call("DeleteFileSystem", _ID),
    missing=_MISSING,
    wait=_STATES,
    find=Find(
        "DescribeFileSystems",
        {"CreationToken": "input.creationToken"},
        ids="FileSystems[].FileSystemId",
        by=("creationToken",),
    ),
    inputs={
        "availabilityZoneName": Input(replace=True),
        "creationToken": Input(replace=True),
        "encrypted": Input(replace=True),
        "kmsKeyId": Input(replace=True, same=Same.ARN),
        "performanceMode": Input(replace=True),
        "provisionedThroughputInMibps": Input(),
        "tags": TAGS,
        "throughputMode": Input(absent="bursting"),
    },
    outputs={
        "arn": "FileSystemArn",
        "availabilityZoneId": "AvailabilityZoneId",
        "dnsName": _DNS,
        "name": "Name",
        "numberOfMountTargets": "NumberOfMountTargets",
        "ownerId": "OwnerId",
        "sizeInBytes": "[SizeInBytes.{value: Value, valueInIa: ValueInIA, valueInStandard: ValueInStandard}]",
        "tagsAll": "tag_map(Tags)",
    },
)

FILE_SYSTEM_POLICY = ResourceType(
    pulumi_type="aws:efs/fileSystemPolicy:FileSystemPolicy",
    service="efs",
    id="input.fileSystemId",
    create=Call("PutFileSystemPolicy"),
    reads=(Read("DescribeFileSystemPolicy", _ID),),
    update=Call("PutFileSystemPolicy", _ID),
    delete=Call("DeleteFileSystemPolicy", _ID),
    missing=("PolicyNotFound", *_MISSING),
    inputs={"fileSystemId": Input(replace=True), "policy": Input(same=Same.JSON)},
    outputs={},
)

_TARGET = {"MountTargetId": "id"}

MOUNT_TARGET = ResourceType(
    pulumi_type="aws:efs/mountTarget:MountTarget",
    service="efs",
    id="response.MountTargetId",
    create=Call("CreateMountTarget"),
    reads=(
        Read("DescribeMountTargets", _TARGET, at="MountTargets[0]"),
        Read("DescribeMountTargetSecurityGroups", _TARGET, at="SecurityGroups", into="Groups"),
    ),
    then=(
        Call(
            "ModifyMountTargetSecurityGroups",
            {**_TARGET, "SecurityGroups": "input.securityGroups"},
            on=("securityGroups",),
            when="old",
        ),
    ),
    delete=Call("DeleteMountTarget", _TARGET),
    missing=("MountTargetNotFound",),
    wait=_STATES,
    find=Find(
        "DescribeMountTargets",
        {"FileSystemId": "input.fileSystemId"},
        ids="MountTargets[].MountTargetId",
        by=("fileSystemId", "subnetId"),
    ),
    inputs={
        "fileSystemId": Input(replace=True),
        "ipAddress": Input(replace=True),
        "securityGroups": Input(live="Groups", same=Same.SET),
        "subnetId": Input(replace=True),
    },
    outputs={
        "availabilityZoneId": "AvailabilityZoneId",
        "availabilityZoneName": "AvailabilityZoneName",
        "dnsName": _DNS,
        "fileSystemArn": _ARN,
        "mountTargetDnsName": f"concat([AvailabilityZoneName, '.', {_DNS}])",
        "networkInterfaceId": "NetworkInterfaceId",
        "ownerId": "OwnerId",
    },
)

TYPES = (FILE_SYSTEM, FILE_SYSTEM_POLICY, MOUNT_TARGET)
