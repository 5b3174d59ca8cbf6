"""The region's databases, node groups and audit trail in AWS."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from regions.model.alarms import SCALER_CYCLES, SCALER_NAMESPACE
from services.season_scaler.changes import DatabaseChange, NodeGroupChange
from services.season_scaler.snapshot import DatabaseState, NodeGroupState

_CONNECT_SECONDS, _READ_SECONDS, _ASIDE_SECONDS = 2.0, 3.0, 1.0
CHANGE_SECONDS = _CONNECT_SECONDS + _READ_SECONDS + _ASIDE_SECONDS
"""What a change of a database or a node group takes at most: its one try, and 1 s to look the name up and to sign.

A change starts only while the lease has longer to go than this, so one that this process still waits for is over before
another process may act. That is all that is guaranteed, for AWS knows nothing of the lease: a name with several
addresses none of which answers takes longer, and what AWS has taken in it may carry out after this process gave up on
it. Either does little harm: each write sets a value, none adds to one, and the next cycle of who leads sets its own.
"""


def _config(tries: int) -> Config:
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": tries, "mode": "standard"},
    )


# A second try comes after a pause that AWS may ask for, of some seconds: no try of a change may come so late.
_ONCE, _TWICE = _config(1), _config(2)


class CloudError(Exception):
    """AWS could not be asked, or refused. The message is a sentence."""


@contextmanager
def _asking(what: str) -> Generator[None]:
    try:
        yield
    except ClientError as error:
        raise CloudError(f"{what}: AWS refuses: {error}") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise CloudError(f"{what}: AWS cannot be asked: {error}") from error
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise CloudError(f"{what}: the answer of AWS is not as expected: {error!r}.") from error


class Cloud:
    """AWS with credentials as boto3 finds them. May be asked by several threads at once."""

    def __init__(self, aws_region: str, eks_cluster: str, audit_table: str, stack: str) -> None:
        """Nothing is asked yet. `stack` is whose cycles are reported, e.g. "prod-us-east-1"."""
        session: Any = boto3.Session(region_name=aws_region)
        self._rds, self._eks = session.client("rds", config=_TWICE), session.client("eks", config=_TWICE)
        self._rds_changes, self._eks_changes = session.client("rds", config=_ONCE), session.client("eks", config=_ONCE)
        # What is said twice or late does no harm: events have keys of their own.
        self._dynamodb = session.client("dynamodb", config=_TWICE)
        self._cloudwatch = session.client("cloudwatch", config=_TWICE)
        self._eks_cluster = eks_cluster
        self._audit_table = audit_table
        self._stack = stack

    def database(self, identifier: str) -> DatabaseState:
        """Read a cluster's bounds.

        Raises:
            CloudError: they cannot be read, or it has none.
        """
        what = f"database {identifier} cannot be read"
        with _asking(what):
            found = self._rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
            scaling = found.get("ServerlessV2ScalingConfiguration")
            if not scaling:
                raise CloudError(f"{what}: it is not on Serverless v2.")
            least, most = float(scaling["MinCapacity"]), float(scaling["MaxCapacity"])
            return DatabaseState(identifier, least, most, found["Status"])

    def node_group(self, pool: str, name: str) -> NodeGroupState:
        """Read a node group's size.

        Raises:
            CloudError: it cannot be read.
        """
        with _asking(f"node group {name} cannot be read"):
            answer = self._eks.describe_nodegroup(clusterName=self._eks_cluster, nodegroupName=name)
            found, size = answer["nodegroup"], answer["nodegroup"]["scalingConfig"]
            return NodeGroupState(pool, name, size["minSize"], size["maxSize"], size["desiredSize"], found["status"])

    def set_database(self, change: DatabaseChange) -> None:
        """Set a cluster's floor; it holds at once, and whatever waits for the maintenance window goes on waiting.

        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html

        Raises:
            CloudError: it could not be set.
        """
        bounds = {"MinCapacity": change.min_acu, "MaxCapacity": change.state.max_acu}
        with _asking(f"database {change.name} cannot be changed"):
            self._rds_changes.modify_db_cluster(
                DBClusterIdentifier=change.name, ServerlessV2ScalingConfiguration=bounds
            )

    def set_node_group(self, change: NodeGroupChange) -> None:
        """Set a node group's floor, and its size where that is below.

        Raises:
            CloudError: it could not be set.
        """
        desired = {} if change.desired_size is None else {"desiredSize": change.desired_size}
        size = {"minSize": change.min_size, **desired}
        with _asking(f"node group {change.name} cannot be changed"):
            self._eks_changes.update_nodegroup_config(
                clusterName=self._eks_cluster, nodegroupName=change.name, scalingConfig=size
            )

    def append(self, event: Mapping[str, str]) -> None:
        """Put an event into the audit trail.

        Raises:
            CloudError: it is not there.
        """
        item = {name: {"S": value} for name, value in event.items()}
        with _asking(f"table {self._audit_table} cannot be written"):
            self._dynamodb.put_item(TableName=self._audit_table, Item=item)

    def report_cycle(self) -> None:
        """Say that a cycle had all its inputs and failed at nothing: who says nothing is an alarm.

        Raises:
            CloudError: it could not be said.
        """
        dimensions = [{"Name": "Stack", "Value": self._stack}]
        data = {"MetricName": SCALER_CYCLES, "Dimensions": dimensions, "Value": 1.0, "Unit": "Count"}
        with _asking("the cycle cannot be reported"):
            self._cloudwatch.put_metric_data(Namespace=SCALER_NAMESPACE, MetricData=[data])
