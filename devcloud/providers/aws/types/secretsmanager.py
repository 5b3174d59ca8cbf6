"""Secrets, not their values, and who may read them. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import TAGS, tag_calls

SECRET = ResourceType(
    pulumi_type="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    name=Name("name", 512, prefix_input="namePrefix"),
    id="response.ARN",
    create=Call(
        "CreateSecret",
        {
            "Tags": "tag_list(input.tags)",
            "AddReplicaRegions": "input.replicas[].{Region: region, KmsKeyId: kmsKeyId}[].without_null(@)",
        },
    ),
    reads=(
        Read("DescribeSecret", {"SecretId": "id"}),
        Read(
            "GetResourcePolicy",
            {"SecretId": "id"},
            at="ResourcePolicy",
            into="ResourcePolicy",
            missing=("ResourceNotFoundException",),
        ),
    ),
    update=Call("UpdateSecret", {"SecretId": "id"}),
    then=(
        Call(
            "PutResourcePolicy",
            {"SecretId": "id", "ResourcePolicy": "input.policy"},
            on=("policy",),
            when="input.policy",
        ),
        Call("DeleteResourcePolicy", {"SecretId": "id"}, on=("policy",), when="old.policy && !(input.policy)"),
        Call(
            "ReplicateSecretToRegions",
            {
                "SecretId": "id",
                "AddReplicaRegions": "[item.{Region: region, KmsKeyId: kmsKeyId} | without_null(@)]",
                "ForceOverwriteReplicaSecret": "input.forceOverwriteReplicaSecret",
            },
            on=("replicas",),
            when="old",
            each="lacking(input.replicas, old.replicas, 'region')",
        ),
        Call(
            "RemoveRegionsFromReplication",
            {"SecretId": "id", "RemoveReplicaRegions": "[item.region]"},
            on=("replicas",),
            each="lacking(old.replicas, input.replicas, 'region')",
        ),
        *tag_calls("id", of="SecretId"),
    ),
    before_delete=(
        # A secret cannot be deleted while it has replicas.
        Call(
            "RemoveRegionsFromReplication",
            {"SecretId": "id", "RemoveReplicaRegions": "live.ReplicationStatus[].Region"},
            when="live.ReplicationStatus",
        ),
    ),
    delete=Call(
        "DeleteSecret",
        {
            "SecretId": "id",
            "RecoveryWindowInDays": "input.recoveryWindowInDays != `0` && input.recoveryWindowInDays || null",
            "ForceDeleteWithoutRecovery": "input.recoveryWindowInDays == `0` || null",
        },
    ),
    missing=("ResourceNotFoundException",),
    find=Find("DescribeSecret", {"SecretId": "input.name"}, ids="[ARN]", by=("name",)),
    gone="DeletedDate",
    inputs={
        "description": Input(absent=""),
        "forceOverwriteReplicaSecret": Input(live=None, default=False, kind=bool),
        "kmsKeyId": Input(same=Same.ARN),
        "name": Input(replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "policy": Input(live="ResourcePolicy", kind=str, absent="", same=Same.JSON),
        "recoveryWindowInDays": Input(live=None, default=30, kind=int),
        "replicas": Input(
            live="ReplicationStatus[].{region: Region, kmsKeyId: KmsKeyId}",
            kind=list,
            block={"region": str, "kmsKeyId": str},
            absent=[],
            same=Same.BLOCK,
        ),
        "tags": TAGS,
    },
    outputs={"arn": "ARN", "tagsAll": "tag_map(Tags)"},
)

TYPES = (SECRET,)
