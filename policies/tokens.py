"""The type tokens that rules know, once each: nothing else in the pack matches a resource by a text of its own."""

from __future__ import annotations

from types import MappingProxyType

AWS = "aws:"
AWS_PROVIDER = "pulumi:providers:aws"
STACK = "pulumi:pulumi:Stack"

GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
DB_CLUSTER = "aws:rds/cluster:Cluster"
DB_CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
DB_INSTANCE = "aws:rds/instance:Instance"
DB_CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE_USER = "aws:elasticache/user:User"
TABLE = "aws:dynamodb/table:Table"
FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
FILE_SYSTEM_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
VOLUME = "aws:ebs/volume:Volume"
BACKUP_VAULT = "aws:backup/vault:Vault"
BACKUP_PLAN = "aws:backup/plan:Plan"
REPOSITORY = "aws:ecr/repository:Repository"
REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
ZONE = "aws:route53/zone:Zone"

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"

KEY = "aws:kms/key:Key"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type's name
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 - a type's name
SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"  # noqa: S105 - a type's name
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOG_SUBSCRIPTION = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"

CLUSTER = "aws:eks/cluster:Cluster"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
VPC_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
IAM_POLICY = "aws:iam/policy:Policy"
USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"

COPIERS = frozenset(
    {
        REPLICA_KEY,
        "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
        "aws:efs/replicationConfiguration:ReplicationConfiguration",
        "aws:dynamodb/globalTable:GlobalTable",
        "aws:dynamodb/tableReplica:TableReplica",
    }
)
"""What exists to copy data to another place, whatever it is given."""

UNTAGGED = frozenset(
    {
        BUCKET_ENCRYPTION,
        BUCKET_POLICY,
        BUCKET_PUBLIC_ACCESS_BLOCK,
        BUCKET_VERSIONING,
        FILE_SYSTEM_POLICY,
        ROLE_POLICY,
        ROLE_POLICY_ATTACHMENT,
        TOPIC_POLICY,
        "aws:ec2/route:Route",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2transitgateway/route:Route",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        "aws:efs/mountTarget:MountTarget",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:kms/alias:Alias",
        "aws:route53/record:Record",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:scheduler/schedule:Schedule",
        "aws:sns/topicSubscription:TopicSubscription",
    }
)
"""The types of AWS resources that take no tags, of those that the stacks have."""


def _versions(group: str, kind: str, *versions: str) -> tuple[str, ...]:
    """The tokens of a Kubernetes kind in the versions of its API, and of patches to what others made."""
    return tuple(f"kubernetes:{group}/{version}:{kind}{form}" for version in versions for form in ("", "Patch"))


_ISTIO = ("v1", "v1beta1", "v1alpha3")
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
DEPLOYMENTS = _versions("apps", "Deployment", "v1")
STATEFUL_SETS = _versions("apps", "StatefulSet", "v1")
CRON_JOBS = _versions("batch", "CronJob", "v1")
AUTOSCALERS = _versions("autoscaling", "HorizontalPodAutoscaler", "v2", "v1")
DISRUPTION_BUDGETS = _versions("policy", "PodDisruptionBudget", "v1")
NAMESPACES = _versions("core", "Namespace", "v1")
SERVICES = _versions("core", "Service", "v1")
SECRETS = _versions("core", "Secret", "v1")
PEER_AUTHENTICATIONS = _versions("security.istio.io", "PeerAuthentication", "v1", "v1beta1")
DESTINATION_RULES = _versions("networking.istio.io", "DestinationRule", *_ISTIO)
GATEWAYS = _versions("networking.istio.io", "Gateway", *_ISTIO)

POD_TEMPLATES = MappingProxyType(
    {
        **dict.fromkeys(_versions("core", "Pod", "v1"), ""),
        **dict.fromkeys(_versions("core", "ReplicationController", "v1"), "spec.template"),
        **dict.fromkeys(_versions("core", "PodTemplate", "v1"), "template"),
        **dict.fromkeys(DEPLOYMENTS, "spec.template"),
        **dict.fromkeys(STATEFUL_SETS, "spec.template"),
        **dict.fromkeys(_versions("apps", "DaemonSet", "v1"), "spec.template"),
        **dict.fromkeys(_versions("apps", "ReplicaSet", "v1"), "spec.template"),
        **dict.fromkeys(_versions("batch", "Job", "v1"), "spec.template"),
        **dict.fromkeys(CRON_JOBS, "spec.jobTemplate.spec.template"),
    }
)
"""Where the template of its pods is, by the type of what makes pods; "" where the resource is the pod."""
