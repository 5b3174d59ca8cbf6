"""State survives: a stop, a kill, a kill in the middle of a request; two endpoints do not meet."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import Any

import psycopg
from botocore.exceptions import BotoCoreError

REGION = "eu-central-1"


def _some_of_everything(aws: Any) -> dict[str, Any]:
    """Make resources of the services that the platform uses."""
    ec2 = aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)
    rds = aws.client("rds", REGION)
    rds.create_db_subnet_group(DBSubnetGroupName="net", DBSubnetGroupDescription="net", SubnetIds=subnets)
    aws.client("kms", REGION).create_key(Description="asymmetric", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    aws.client("route53").create_hosted_zone(Name="wedsync.test", CallerReference="1")
    locks = aws.client("dynamodb")
    locks.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    locks.put_item(TableName="locks", Item={"id": {"S": "deploy"}})
    aws.client("secretsmanager").create_secret(Name="token", SecretString="value")
    aws.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")
    cluster = aws.create_cluster("kept", region=REGION, DBSubnetGroupName="net")
    aws.create_instance("kept", "kept-1", region=REGION)
    aws.create_instance("kept", "kept-2", region=REGION)
    aws.sql(cluster, "CREATE TABLE guests AS SELECT 1 AS number")
    return cluster


def _inventory(aws: Any) -> dict[str, Any]:
    """What the API says about all of it, without request metadata."""
    answers = {
        "vpcs": aws.client("ec2", REGION).describe_vpcs(),
        "default vpc elsewhere": aws.client("ec2", "us-west-1").describe_vpcs(),
        "subnets": aws.client("ec2", REGION).describe_subnets(),
        "groups": aws.client("ec2", REGION).describe_security_groups(),
        "subnet groups": aws.client("rds", REGION).describe_db_subnet_groups(),
        "instances": aws.client("rds", REGION).describe_db_instances(),
        "keys": aws.client("kms", REGION).list_keys(),
        "zones": aws.client("route53").list_hosted_zones(),
        "lock": aws.client("dynamodb").get_item(TableName="locks", Key={"id": {"S": "deploy"}}),
        "secret": aws.client("secretsmanager").get_secret_value(SecretId="token"),
        "roles": aws.client("iam").list_roles(),
        "caller": aws.client("sts").get_caller_identity(),
    }
    cluster = aws.describe("kept", REGION)
    del cluster["LatestRestorableTime"]
    for instance in answers["instances"]["DBInstances"]:
        del instance["LatestRestorableTime"]
    for answer in answers.values():
        del answer["ResponseMetadata"]
    return answers | {"cluster": cluster}


def _still_there(aws: Any, cluster: dict[str, Any]) -> None:
    aws.sql(cluster, "INSERT INTO guests VALUES (2)")
    assert aws.sql(cluster, "SELECT count(*) FROM guests") == (2,)
    aws.reads(cluster, "SELECT count(*) FROM guests", 2)


def test_a_stop_keeps_everything(own_aws: Any) -> None:
    aws = own_aws("stopped")
    cluster = _some_of_everything(aws)
    before = _inventory(aws)
    assert aws.signal(signal.SIGTERM) == 0
    assert aws.postgres_processes() == []
    aws.start()
    assert _inventory(aws) == before
    _still_there(aws, cluster)


def test_a_kill_loses_nothing_and_leaves_no_postgres(own_aws: Any, within: Any) -> None:
    aws = own_aws("killed")
    cluster = _some_of_everything(aws)
    before = _inventory(aws)
    aws.signal(signal.SIGKILL)
    within(lambda: aws.postgres_processes() == [], "PostgreSQL ended with the endpoint")
    aws.start()
    assert _inventory(aws) == before
    _still_there(aws, cluster)


def test_a_kill_while_a_cluster_is_made_is_resumed_or_forgotten(own_aws: Any) -> None:
    aws = own_aws("interrupted")
    for attempt in range(4):
        name = f"half-{attempt}"

        def create(name: str = name) -> None:
            with contextlib.suppress(BotoCoreError):  # the connection breaks, as meant
                aws.create_cluster(name)

        request = threading.Thread(target=create)
        request.start()
        # Later each time: before the request is saved, while initdb runs, while the server starts.
        request.join(0.05 + 0.25 * attempt)
        aws.signal(signal.SIGKILL)
        request.join()
        aws.start()
        known = {found["DBClusterIdentifier"] for found in aws.client("rds").describe_db_clusters()["DBClusters"]}
        directories = {path.name for path in (aws.state / "postgres").iterdir()}
        assert {directory.split(".")[1] for directory in directories} == known
        for cluster in known:
            assert aws.sql(aws.describe(cluster), "SELECT 1") == (1,)


def test_a_postgres_that_is_killed_comes_back(own_aws: Any, within: Any) -> None:
    aws = own_aws("crashed")
    cluster = aws.create_cluster("tough")
    aws.sql(cluster, "CREATE TABLE guests AS SELECT 1 AS number")
    _kill_postmasters(aws)

    def answers() -> bool:
        try:
            return aws.sql(cluster, "SELECT count(*) FROM guests") == (1,)
        except psycopg.OperationalError:
            return False

    within(answers, "the killed server answers again")


def _kill_postmasters(aws: Any) -> None:
    for directory in (aws.state / "postgres").iterdir():
        os.kill(int((directory / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)


def test_two_endpoints_run_side_by_side(own_aws: Any) -> None:
    one, other = own_aws("one"), own_aws("other")
    clusters = [aws.create_cluster("same-name") for aws in (one, other)]
    assert clusters[0]["Endpoint"] != clusters[1]["Endpoint"]
    one.sql(clusters[0], "CREATE TABLE guests AS SELECT 1 AS number")
    assert other.sql(clusters[1], "SELECT to_regclass('guests')") == (None,)
