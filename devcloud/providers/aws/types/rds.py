"""Aurora: global clusters, clusters and their instances. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.rds_tags import TAGS, tag_calls, tags_of

_IMMEDIATELY = {"ApplyImmediately": "input.applyImmediately || `false`"}
_IDENTIFIER_LIMIT = 63

GLOBAL_CLUSTER = ResourceType(
    pulumi_type="aws:rds/globalCluster:GlobalCluster",
    service="rds",
    name=Name("globalClusterIdentifier", _IDENTIFIER_LIMIT),
    id="response.GlobalCluster.GlobalClusterIdentifier",
    create=Call("CreateGlobalCluster", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("DescribeGlobalClusters", {"GlobalClusterIdentifier": "id"}, at="GlobalClusters[0]"),
        tags_of("live.GlobalClusterArn"),
    ),
    update=Call("ModifyGlobalCluster", {"GlobalClusterIdentifier": "id"}),
    then=tag_calls("live.GlobalClusterArn"),
    before_delete=(
        Call(
            "RemoveFromGlobalCluster",
            {"GlobalClusterIdentifier": "id", "DbClusterIdentifier": "item"},
            when="input.forceDestroy",
            # The writer can leave only when it is the last one.
            each="[live.GlobalClusterMembers[?!IsWriter], live.GlobalClusterMembers[?IsWriter]][][].DBClusterArn",
        ),
    ),
    delete=Call("DeleteGlobalCluster", {"GlobalClusterIdentifier": "id"}),
    missing=("GlobalClusterNotFoundFault",),
    wait=Wait("Status", ready=("available",), failed=("failed",), leaving=("deleting",)),
    inputs={
        "globalClusterIdentifier": Input(replace=True),
        "databaseName": Input(replace=True),
        "deletionProtection": Input(absent=False),
        "engine": Input(replace=True),
        "engineLifecycleSupport": Input(replace=True),
        "engineVersion": Input(same=Same.VERSION),
        "forceDestroy": Input(live=None, absent=False, kind=bool),
        "sourceDbClusterIdentifier": Input("SourceDBClusterIdentifier", live=None, replace=True),
        "storageEncrypted": Input(replace=True),
        "tags": TAGS,
    },
    outputs={
        "arn": "GlobalClusterArn",
        "endpoint": "Endpoint",
        "engineVersionActual": "EngineVersion",
        "globalClusterMembers": "GlobalClusterMembers[].{dbClusterArn: DBClusterArn, isWriter: IsWriter}",
        "globalClusterResourceId": "GlobalClusterResourceId",
        "tagsAll": "tag_map(TagList)",
    },
)

CLUSTER = ResourceType(
    pulumi_type="aws:rds/cluster:Cluster",
    service="rds",
    name=Name("clusterIdentifier", _IDENTIFIER_LIMIT, prefix_input="clusterIdentifierPrefix"),
    id="response.DBCluster.DBClusterIdentifier",
    create=Call("CreateDBCluster", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("DescribeDBClusters", {"DBClusterIdentifier": "id"}, at="DBClusters[0]"),
        Read(
            "DescribeGlobalClusters",
            {},
            at="GlobalClusters[].{id: GlobalClusterIdentifier, members: GlobalClusterMembers[].DBClusterArn}",
            into="globals",
        ),
    ),
    update=Call(
        "ModifyDBCluster",
        {
            "DBClusterIdentifier": "id",
            "AllowMajorVersionUpgrade": "input.allowMajorVersionUpgrade || null",
            "DBInstanceParameterGroupName": "input.allowMajorVersionUpgrade"
            " && input.dbInstanceParameterGroupName || null",
            **_IMMEDIATELY,
        },
    ),
    then=(
        Call(
            "ModifyDBCluster",
            {"DBClusterIdentifier": "id", "MasterUserPassword": "input.masterPasswordWo", **_IMMEDIATELY},
            on=("masterPasswordWoVersion",),
            when="old && input.masterPasswordWo",
        ),
        Call(
            "ModifyDBCluster",
            {
                "DBClusterIdentifier": "id",
                "CloudwatchLogsExportConfiguration": "{"
                "EnableLogTypes: minus(input.enabledCloudwatchLogsExports, old.enabledCloudwatchLogsExports),"
                "DisableLogTypes: minus(old.enabledCloudwatchLogsExports, input.enabledCloudwatchLogsExports)}",
                **_IMMEDIATELY,
            },
            on=("enabledCloudwatchLogsExports",),
            when="old",
        ),
        Call(
            "RemoveFromGlobalCluster",
            {"GlobalClusterIdentifier": "old.globalClusterIdentifier", "DbClusterIdentifier": "live.DBClusterArn"},
            on=("globalClusterIdentifier",),
            when="old.globalClusterIdentifier && !(input.globalClusterIdentifier)",
        ),
        Call(
            "AddRoleToDBCluster",
            {"DBClusterIdentifier": "id", "RoleArn": "item"},
            on=("iamRoles",),
            each="minus(input.iamRoles, old.iamRoles)",
        ),
        Call(
            "RemoveRoleFromDBCluster",
            {"DBClusterIdentifier": "id", "RoleArn": "item"},
            on=("iamRoles",),
            each="minus(old.iamRoles, input.iamRoles)",
        ),
        *tag_calls("live.DBClusterArn"),
    ),
    before_delete=(
        Call(
            "RemoveFromGlobalCluster",
            {
                "GlobalClusterIdentifier": "find(live.globals, 'members', live.DBClusterArn).id",
                "DbClusterIdentifier": "live.DBClusterArn",
            },
            when="find(live.globals, 'members', live.DBClusterArn)",
        ),
    ),
    delete=Call(
        "DeleteDBCluster",
        {
            "DBClusterIdentifier": "id",
            "SkipFinalSnapshot": "input.skipFinalSnapshot",
            "FinalDBSnapshotIdentifier": "!(input.skipFinalSnapshot) && input.finalSnapshotIdentifier || null",
            "DeleteAutomatedBackups": "input.deleteAutomatedBackups",
        },
    ),
    missing=("DBClusterNotFoundFault",),
    wait=Wait(
        "Status", ready=("available",), failed=("failed", "inaccessible-encryption-credentials"), leaving=("deleting",)
    ),
    timeout=7200,
    inputs={
        "allocatedStorage": Input(),
        "allowMajorVersionUpgrade": Input(live=None, absent=False, kind=bool),
        "applyImmediately": Input(live=None, absent=False, kind=bool),
        "autoMinorVersionUpgrade": Input(),
        "availabilityZones": Input(replace=True, same=Same.SET),
        "backtrackWindow": Input(absent=0),
        "backupRetentionPeriod": Input(default=1),
        "caCertificateIdentifier": Input(live="CertificateDetails.CAIdentifier"),
        "clusterIdentifier": Input("DBClusterIdentifier", replace=True),
        "clusterIdentifierPrefix": Input(live=None, replace=True, kind=str),
        "clusterScalabilityType": Input(replace=True),
        "copyTagsToSnapshot": Input(absent=False),
        "databaseInsightsMode": Input(),
        "databaseName": Input(replace=True),
        "dbClusterInstanceClass": Input(),
        "dbClusterParameterGroupName": Input(live="DBClusterParameterGroup"),
        "dbInstanceParameterGroupName": Input(live=None, kind=str),
        "dbSubnetGroupName": Input(live="DBSubnetGroup", replace=True),
        "dbSystemId": Input(replace=True),
        "deleteAutomatedBackups": Input(live=None, default=True, kind=bool),
        "deletionProtection": Input(absent=False),
        "domain": Input(live="DomainMemberships[0].Domain"),
        "domainIamRoleName": Input(live="DomainMemberships[0].IAMRoleName"),
        "enableGlobalWriteForwarding": Input(live="GlobalWriteForwardingRequested", absent=False),
        "enableHttpEndpoint": Input(live="HttpEndpointEnabled", absent=False),
        "enableLocalWriteForwarding": Input(
            live="LocalWriteForwardingStatus && contains(['enabled', 'enabling'], LocalWriteForwardingStatus)",
            absent=False,
        ),
        "enabledCloudwatchLogsExports": Input(
            "EnableCloudwatchLogsExports", live="EnabledCloudwatchLogsExports", absent=[], same=Same.SET
        ),
        "engine": Input(replace=True),
        "engineLifecycleSupport": Input(replace=True),
        "engineMode": Input(replace=True, default="provisioned"),
        "engineVersion": Input(same=Same.VERSION),
        "finalSnapshotIdentifier": Input(live=None, absent="", kind=str),
        # Leaving the global cluster is an update; another one cannot be joined.
        "globalClusterIdentifier": Input(live="find(globals, 'members', DBClusterArn).id", absent=""),
        "iamDatabaseAuthenticationEnabled": Input(
            "EnableIAMDatabaseAuthentication", live="IAMDatabaseAuthenticationEnabled", absent=False
        ),
        "iamRoles": Input(live="AssociatedRoles[].RoleArn", kind=list, absent=[], same=Same.SET),
        "iops": Input(),
        "kmsKeyId": Input(replace=True, same=Same.ARN),
        "manageMasterUserPassword": Input(live="MasterUserSecret && `true`"),
        "masterPassword": Input("MasterUserPassword", live=None, secret=True),
        "masterPasswordWo": Input("MasterUserPassword", live=None, write_only="masterPasswordWoVersion"),
        "masterPasswordWoVersion": Input(live=None, kind=int),
        "masterUserSecretKmsKeyId": Input(live="MasterUserSecret.KmsKeyId", same=Same.ARN),
        "masterUsername": Input(replace=True),
        "monitoringInterval": Input(absent=0),
        "monitoringRoleArn": Input(),
        "networkType": Input(),
        "performanceInsightsEnabled": Input(
            "EnablePerformanceInsights", live="PerformanceInsightsEnabled", absent=False
        ),
        "performanceInsightsKmsKeyId": Input(live="PerformanceInsightsKMSKeyId", same=Same.ARN),
        "performanceInsightsRetentionPeriod": Input(),
        "port": Input(),
        "preferredBackupWindow": Input(),
        "preferredMaintenanceWindow": Input(same=Same.NO_CASE),
        "replicationSourceIdentifier": Input(),
        "serverlessv2ScalingConfiguration": Input("ServerlessV2ScalingConfiguration", same=Same.BLOCK),
        "skipFinalSnapshot": Input(live=None, default=False, kind=bool),
        "sourceRegion": Input(live=None, replace=True),
        "storageEncrypted": Input(replace=True),
        "storageType": Input(),
        "tags": TAGS,
        "vpcSecurityGroupIds": Input(live="VpcSecurityGroups[].VpcSecurityGroupId", same=Same.SET),
    },
    outputs={
        "arn": "DBClusterArn",
        "caCertificateValidTill": "CertificateDetails.ValidTill",
        "clusterMembers": "DBClusterMembers[].DBInstanceIdentifier",
        "clusterResourceId": "DbClusterResourceId",
        "endpoint": "Endpoint",
        "engineVersionActual": "EngineVersion",
        "hostedZoneId": "HostedZoneId",
        "masterUserSecrets": "MasterUserSecret && [MasterUserSecret.{kmsKeyId: KmsKeyId, secretArn: SecretArn,"
        " secretStatus: SecretStatus}] || `[]`",
        "readerEndpoint": "ReaderEndpoint",
        "tagsAll": "tag_map(TagList)",
        "upgradeRolloutOrder": "UpgradeRolloutOrder",
    },
)

CLUSTER_INSTANCE = ResourceType(
    pulumi_type="aws:rds/clusterInstance:ClusterInstance",
    service="rds",
    name=Name("identifier", _IDENTIFIER_LIMIT, prefix_input="identifierPrefix"),
    id="response.DBInstance.DBInstanceIdentifier",
    create=Call("CreateDBInstance", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("DescribeDBInstances", {"DBInstanceIdentifier": "id"}, at="DBInstances[0]"),
        Read(
            "DescribeDBClusters",
            {"DBClusterIdentifier": "live.DBClusterIdentifier"},
            at="DBClusters[0].DBClusterMembers",
            into="members",
            missing=("DBClusterNotFoundFault",),
        ),
    ),
    update=Call("ModifyDBInstance", {"DBInstanceIdentifier": "id", **_IMMEDIATELY}),
    then=tag_calls("live.DBInstanceArn"),
    delete=Call("DeleteDBInstance", {"DBInstanceIdentifier": "id", "SkipFinalSnapshot": "`true`"}),
    missing=("DBInstanceNotFound", "DBInstanceNotFoundFault"),
    wait=Wait(
        "DBInstanceStatus",
        ready=("available",),
        failed=("failed", "incompatible-parameters", "storage-full"),
        leaving=("deleting",),
    ),
    timeout=5400,
    inputs={
        "applyImmediately": Input(live=None, absent=False, kind=bool),
        "autoMinorVersionUpgrade": Input(default=True),
        "availabilityZone": Input(replace=True),
        "caCertIdentifier": Input("CACertificateIdentifier"),
        "clusterIdentifier": Input("DBClusterIdentifier", replace=True),
        "copyTagsToSnapshot": Input(absent=False),
        "customIamInstanceProfile": Input(replace=True),
        "dbParameterGroupName": Input(live="DBParameterGroups[0].DBParameterGroupName"),
        "dbSubnetGroupName": Input(live="DBSubnetGroup.DBSubnetGroupName", replace=True),
        "engine": Input(replace=True),
        "engineVersion": Input(same=Same.VERSION),
        "identifier": Input("DBInstanceIdentifier", replace=True),
        "identifierPrefix": Input(live=None, replace=True, kind=str),
        "instanceClass": Input("DBInstanceClass"),
        "monitoringInterval": Input(absent=0),
        "monitoringRoleArn": Input(),
        "performanceInsightsEnabled": Input("EnablePerformanceInsights", live="PerformanceInsightsEnabled"),
        "performanceInsightsKmsKeyId": Input(live="PerformanceInsightsKMSKeyId", same=Same.ARN),
        "performanceInsightsRetentionPeriod": Input(),
        "preferredBackupWindow": Input(),
        "preferredMaintenanceWindow": Input(same=Same.NO_CASE),
        "promotionTier": Input(default=0),
        "publiclyAccessible": Input(),
        "tags": TAGS,
    },
    outputs={
        "arn": "DBInstanceArn",
        "dbiResourceId": "DbiResourceId",
        "endpoint": "Endpoint.Address",
        "engineVersionActual": "EngineVersion",
        "kmsKeyId": "KmsKeyId",
        "networkType": "NetworkType",
        "port": "Endpoint.Port",
        "storageEncrypted": "StorageEncrypted",
        "tagsAll": "tag_map(TagList)",
        "writer": "find(members, 'DBInstanceIdentifier', DBInstanceIdentifier).IsClusterWriter",
    },
)

TYPES = (GLOBAL_CLUSTER, CLUSTER, CLUSTER_INSTANCE)
