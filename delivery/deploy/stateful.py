"""Which resources hold what a replacement or a deletion loses. Nothing else in `wedops` matches by type.

The list is of the services that the platform uses, and of what would stand beside them. What only describes
something (rules, policies, parameter groups, records, alarms) is made again as it was, and is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
"""Holds no data of its own, but may be the writer: which one is, is runtime state that no preview knows."""
IDENTIFIER = "clusterIdentifier"
"""Input of both: which cluster it is, or belongs to."""

HOLDS: Mapping[str, str] = MappingProxyType(
    {
        CLUSTER: "every row of the database, and its continuous backups with it",
        "aws:rds/globalCluster:GlobalCluster": "the replication between the regions: each cluster is left on its own",
        "aws:rds/instance:Instance": "every row of the database",
        "aws:rds/clusterSnapshot:ClusterSnapshot": "the snapshot",
        "aws:rds/snapshot:Snapshot": "the snapshot",
        "aws:dynamodb/table:Table": "every item, in all regions",
        "aws:dynamodb/globalTable:GlobalTable": "every item, in all regions",
        "aws:dynamodb/tableReplica:TableReplica": "the region's copy of the table, and reads near it",
        "aws:s3/bucket:Bucket": "every object: exports are kept for 7 years there",
        "aws:s3/bucketV2:BucketV2": "every object: exports are kept for 7 years there",
        "aws:s3/directoryBucket:DirectoryBucket": "every object",
        "aws:efs/fileSystem:FileSystem": "every file of the shared volumes",
        "aws:ebs/volume:Volume": "every block of the volume",
        "aws:ebs/snapshot:Snapshot": "the snapshot",
        "aws:elasticache/replicationGroup:ReplicationGroup": "sessions and locks, and all that the database is spared",
        "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": "the replication between the regions",
        "aws:elasticache/cluster:Cluster": "sessions and locks, and all that the database is spared",
        "aws:elasticache/serverlessCache:ServerlessCache": "sessions and locks, and all that the database is spared",
        "aws:kms/key:Key": "everything that is encrypted with it, for ever",
        "aws:kms/replicaKey:ReplicaKey": "what is encrypted with it in its region, for as long as no replica is back",
        "aws:kms/externalKey:ExternalKey": "everything that is encrypted with it, for ever",
        "aws:secretsmanager/secret:Secret": "the secret, which nobody else has",
        "aws:backup/vault:Vault": "every backup in it",
        "aws:route53/zone:Zone": "the zone's name servers: the parent domain delegates to them, by hand",
        "aws:ecr/repository:Repository": "every image: nodes that start can pull none",
        "aws:cloudwatch/logGroup:LogGroup": "logs that an audit may ask for",
        "aws:eks/cluster:Cluster": "every object of the cluster, with what `wedops connect` put there",
        "kubernetes:core/v1:PersistentVolumeClaim": "every file of the volume",
        "kubernetes:core/v1:PersistentVolume": "every file of the volume",
        "kubernetes:core/v1:Namespace": "everything in it, its volumes too",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of its kind",
        "kubernetes:helm.sh/v3:Release": "what the chart made, its kinds and every object of them too",
    }
)
"""What is lost with a resource, by its type token."""
