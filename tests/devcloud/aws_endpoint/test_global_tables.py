"""A DynamoDB table in two regions: one set of items, in which conditions and transactions hold."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

HOME, ABROAD = "us-east-1", "eu-central-1"
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
FREE = "attribute_not_exists(id)"


def _table(aws: Any, name: str, *, streams: bool = True) -> tuple[Any, Any]:
    """A table at home, and clients for both regions."""
    here, there = aws.client("dynamodb", HOME), aws.client("dynamodb", ABROAD)
    here.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **({"StreamSpecification": STREAM} if streams else {}),
    )
    return here, there


def _replicated(aws: Any, name: str) -> tuple[Any, Any]:
    here, there = _table(aws, name)
    here.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": ABROAD}}])
    return here, there


def _put(client: Any, table: str, owner: str, **more: Any) -> None:
    client.put_item(TableName=table, Item={"id": {"S": "lease"}, "owner": {"S": owner}}, **more)


def _owner(client: Any, table: str) -> str | None:
    item = client.get_item(TableName=table, Key={"id": {"S": "lease"}}).get("Item")
    return item and item["owner"]["S"]


def test_what_is_written_in_one_region_is_read_in_the_other(aws: Any) -> None:
    here, there = _replicated(aws, "shared")
    _put(here, "shared", "home")
    assert _owner(there, "shared") == "home"
    _put(there, "shared", "abroad")
    assert _owner(here, "shared") == "abroad"
    here.delete_item(TableName="shared", Key={"id": {"S": "lease"}})
    assert _owner(there, "shared") is None


def test_a_table_that_had_items_brings_them(aws: Any) -> None:
    here, there = _table(aws, "filled")
    _put(here, "filled", "home")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        _owner(there, "filled")
    here.update_table(TableName="filled", ReplicaUpdates=[{"Create": {"RegionName": ABROAD}}])
    assert _owner(there, "filled") == "home"


def test_a_condition_holds_in_all_regions(aws: Any) -> None:
    here, there = _replicated(aws, "lease")
    _put(here, "lease", "home", ConditionExpression=FREE)
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        _put(there, "lease", "abroad", ConditionExpression=FREE)
    assert _owner(there, "lease") == "home"


def test_a_transaction_that_fails_leaves_nothing_in_any_region(aws: Any) -> None:
    here, there = _replicated(aws, "transacted")
    _put(here, "transacted", "home")
    other = {"Put": {"TableName": "transacted", "Item": {"id": {"S": "other"}}}}
    taken = {"Put": {"TableName": "transacted", "Item": {"id": {"S": "lease"}}, "ConditionExpression": FREE}}
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        there.transact_write_items(TransactItems=[other, taken])
    for client in (here, there):
        assert client.scan(TableName="transacted")["Count"] == 1
    _put(here, "transacted", "again")
    assert _owner(there, "transacted") == "again"


def test_the_regions_are_told_of_each_other(aws: Any) -> None:
    here, there = _replicated(aws, "described")
    for client, other in ((here, ABROAD), (there, HOME)):
        described = client.describe_table(TableName="described")["Table"]
        assert described["GlobalTableVersion"] == "2019.11.21"
        assert [each["RegionName"] for each in described["Replicas"]] == [other]


def test_a_replica_that_is_removed_is_gone_and_the_table_stays(aws: Any) -> None:
    here, there = _replicated(aws, "reduced")
    _put(here, "reduced", "home")
    remove: dict[str, Any] = {"TableName": "reduced", "ReplicaUpdates": [{"Delete": {"RegionName": ABROAD}}]}
    here.update_table(**remove)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        there.describe_table(TableName="reduced")
    assert "Replicas" not in here.describe_table(TableName="reduced")["Table"]
    assert _owner(here, "reduced") == "home"
    with pytest.raises(ClientError, match="not part of the global table"):
        here.update_table(**remove)


def test_a_replica_needs_a_stream_and_a_region_without_the_table(aws: Any) -> None:
    create = [{"Create": {"RegionName": ABROAD}}]
    here, _ = _table(aws, "streamless", streams=False)
    with pytest.raises(ClientError, match="NEW_AND_OLD_IMAGES"):
        here.update_table(TableName="streamless", ReplicaUpdates=create)
    _replicated(aws, "twice")
    with pytest.raises(ClientError, match="already exists in"):
        here.update_table(TableName="twice", ReplicaUpdates=create)


def test_replicas_share_their_items_after_a_restart(own_aws: Any) -> None:
    aws = own_aws("restarted")
    here, there = _replicated(aws, "kept")
    _put(here, "kept", "home")
    aws.signal(signal.SIGTERM)
    aws.start()
    assert _owner(there, "kept") == "home"
    _put(there, "kept", "abroad")
    assert _owner(here, "kept") == "abroad"
