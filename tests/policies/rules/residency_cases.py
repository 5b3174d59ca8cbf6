"""Residents' data: where it is, what copies it, what it points to, and who refers to it."""

from __future__ import annotations

from policies import tokens
from policies.rules import keep_resident_data_inside
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_RULE, _EU, _HOME = keep_resident_data_inside.RULE, "prod-eu-central-1", "eu-central-1"
_GROUP = {"wedsync:replication-group": "resident-eu"}
_LAWFUL = "eu-central-1, eu-west-1, eu-west-3, eu-north-1, eu-south-1, eu-south-2"
_NAMES = f"It names us-east-1, outside of {_LAWFUL}."
_COPIER = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_OTHERS = "It refers to resident-eu, the residents' data of eu-central-1, which no other stack may."

CASES: tuple[Case, ...] = (
    Case(
        _RULE,
        (
            resource(
                tokens.DB_CLUSTER,
                {
                    "tags": _GROUP,
                    "availabilityZones": ["eu-central-1a"],
                    "kmsKeyId": "arn:aws:kms:eu-central-1:1:key/a",
                    "globalClusterIdentifier": "wedsync-prod-eu-central-1-resident-eu",
                },
                aws_region=_HOME,
            ),
        ),
        (
            Bad("@aws_region", "us-east-1", f"It is in us-east-1, outside of {_LAWFUL}."),
            Bad("@aws_region", None, f"It is in an AWS region that is not known, outside of {_LAWFUL}."),
            Bad("region", "eu-west-2", f"It is in eu-west-2, outside of {_LAWFUL}."),
            Bad("availabilityZones>0", "us-east-1a", _NAMES),
            Bad("kmsKeyId", "arn:aws:kms:us-east-1:1:key/far", _NAMES),
            Bad("replicationSourceIdentifier", "arn:aws:rds:us-east-1:1:cluster:far", _NAMES),
            Bad("export", "https://far.s3.us-east-1.amazonaws.com/", _NAMES),
            Bad(
                "globalClusterIdentifier",
                "wedsync-prod-worldwide",
                "It is in the global cluster 'wedsync-prod-worldwide', which is not the one of resident-eu.",
            ),
        ),
        _EU,
    ),
    # Without the tag, by its name.
    Case(
        _RULE,
        (resource("aws:sfn/stateMachine:StateMachine", {"name": "a-resident-eu-export", "x": ""}, aws_region=_HOME),),
        (Bad("x", "arn:aws:s3:us-east-1:1:far", _NAMES),),
        _EU,
    ),
    # What takes data along, whether it names whose or not.
    Case(
        _RULE,
        (
            resource(tokens.BACKUP_PLAN, {"rules": []}, aws_region=_HOME),
            resource(tokens.SECRET, {"replicas": []}, aws_region=_HOME),
            resource(tokens.LOG_SUBSCRIPTION, {"destinationArn": "arn:aws:logs:eu-west-1:1:a"}, aws_region=_HOME),
        ),
        (
            Bad("rules", [{"copyActions": [{"vault": "arn:aws:backup:us-east-1:1:vault:far"}]}], _NAMES, of=0),
            Bad("replicas", [{"region": "us-east-1"}], _NAMES, of=1),
            Bad("destinationArn", "arn:aws:logs:us-east-1:1:destination:far", _NAMES, of=2),
        ),
        _EU,
    ),
    Case(
        _RULE,
        (
            resource(tokens.KEY, {"multiRegion": False}, aws_region=_HOME),
            resource(tokens.AWS_PROVIDER, {"region": _HOME}, aws_region=None),
            # The worldwide data's own may name every region.
            resource(tokens.ROLE_POLICY, {"policy": "arn:aws:kms:us-east-1:1:key/a"}, aws_region=_HOME),
            resource("kubernetes:core/v1:ConfigMap", {"data": {"regions": "us-east-1"}}, aws_region=None),
        ),
        (
            Bad("multiRegion", True, "It is a multi-region key: what it opens could be opened elsewhere."),
            Bad("@type", _COPIER, "It copies data to another place."),
            Bad("region", "us-east-1", f"It is in us-east-1, outside of {_LAWFUL}.", of=1),
        ),
        _EU,
    ),
    # Other stacks know nothing of it; a longer word is another group.
    *(
        Case(
            _RULE,
            (resource("kubernetes:core/v1:ConfigMap", {"data": {"a": "resident-europe"}}, aws_region=None),),
            (
                Bad("data>a", "wedsync/prod/database/resident-eu/app", _OTHERS),
                Bad("data>b", "resident-europe, resident-eu", _OTHERS),
                Bad("data", {"resident-eu": ""}, _OTHERS),
                Bad("@name", "to-resident-eu", _OTHERS),
            ),
            stack,
        )
        for stack in ("prod", "prod-us-east-1")
    ),
    # Where no law says so, data may be anywhere.
    Case(
        _RULE,
        (resource(tokens.DB_CLUSTER, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/a", "x": ABSENT.value}),),
        (),
        "prod-us-east-1",
    ),
)
