"""Image repositories and the registry's settings. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import TAGS, tag_calls, tags_of

_NAME_LIMIT = 256
_REPOSITORY = {"repositoryName": "id"}
_NO_REPOSITORY = "RepositoryNotFoundException"

REPOSITORY = ResourceType(
    pulumi_type="aws:ecr/repository:Repository",
    service="ecr",
    name=Name("name", _NAME_LIMIT),
    id="input.name",
    create=Call(
        "CreateRepository",
        {
            "encryptionConfiguration": "input.encryptionConfigurations[0] && compact({encryptionType:"
            " input.encryptionConfigurations[0].encryptionType || 'AES256',"
            " kmsKey: input.encryptionConfigurations[0].kmsKey})",
            "tags": "tag_list(input.tags)",
        },
    ),
    reads=(
        Read("DescribeRepositories", {"repositoryNames": "[id]"}, at="repositories[0]"),
        tags_of("live.repositoryArn", of="resourceArn", at="tags"),
    ),
    then=(
        Call(
            "PutImageTagMutability",
            {**_REPOSITORY, "imageTagMutability": "input.imageTagMutability"},
            on=("imageTagMutability",),
            when="old",
        ),
        Call(
            "PutImageScanningConfiguration",
            {
                **_REPOSITORY,
                "imageScanningConfiguration": "{scanOnPush: input.imageScanningConfiguration.scanOnPush || `false`}",
            },
            on=("imageScanningConfiguration",),
            when="old",
        ),
        *tag_calls("live.repositoryArn", of="resourceArn", tags="tags", keys="tagKeys"),
    ),
    delete=Call("DeleteRepository", {**_REPOSITORY, "force": "input.forceDelete"}),
    missing=(_NO_REPOSITORY,),
    inputs={
        "encryptionConfigurations": Input(
            live="encryptionConfiguration && [encryptionConfiguration.{encryptionType: encryptionType,"
            " kmsKey: kmsKey}]",
            kind=list,
            block={"encryptionType": str, "kmsKey": str},
            same=Same.BLOCK,
            replace=True,
        ),
        "forceDelete": Input(live=None, kind=bool, absent=False),
        "imageScanningConfiguration": Input(absent={"scanOnPush": False}),
        "imageTagMutability": Input(default="MUTABLE"),
        "name": Input("repositoryName", replace=True),
        "tags": TAGS,
    },
    outputs={
        "arn": "repositoryArn",
        "registryId": "registryId",
        "repositoryUrl": "repositoryUri",
        "tagsAll": "tag_map(Tags)",
    },
)

LIFECYCLE_POLICY = ResourceType(
    pulumi_type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
    service="ecr",
    name=Name("repository", _NAME_LIMIT),
    id="input.repository",
    create=Call("PutLifecyclePolicy"),
    reads=(Read("GetLifecyclePolicy", _REPOSITORY),),
    delete=Call("DeleteLifecyclePolicy", _REPOSITORY),
    missing=("LifecyclePolicyNotFoundException", _NO_REPOSITORY),
    inputs={
        "policy": Input("lifecyclePolicyText", same=Same.JSON, replace=True),
        "repository": Input("repositoryName", replace=True),
    },
    outputs={"registryId": "registryId"},
)

# Of these an account has one a region: without rules there is none.
_REGISTRY = "'registry'"

REPLICATION_CONFIGURATION = ResourceType(
    pulumi_type="aws:ecr/replicationConfiguration:ReplicationConfiguration",
    service="ecr",
    id=_REGISTRY,
    create=Call("PutReplicationConfiguration"),
    reads=(Read("DescribeRegistry", {}),),
    update=Call("PutReplicationConfiguration"),
    delete=Call("PutReplicationConfiguration", {"replicationConfiguration": "{rules: `[]`}"}),
    gone="!(replicationConfiguration.rules)",
    inputs={"replicationConfiguration": Input(same=Same.BLOCK)},
    outputs={"registryId": "registryId"},
)

TYPES = (REPOSITORY, LIFECYCLE_POLICY, REPLICATION_CONFIGURATION)
