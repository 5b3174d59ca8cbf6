"""Global tables (version 2019.11.21), which moto lacks: one table in several regions, with one set of items.

moto's tables of the regions hold the same items, so a write in one region is read in the others at once, and a
condition holds in all of them: as under DynamoDB's strong consistency, where eventual consistency is within a second.
Streams are each region's own: a write is in the stream of the region in which it was made.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_MODES = ("EVENTUAL", "STRONG")


def install() -> None:
    """Change moto's classes. Once a process."""
    update: Any = DynamoHandler.update_table
    describe: Any = Table.describe
    delete: Any = DynamoDBBackend.delete_table
    transact: Any = DynamoDBBackend.transact_write_items

    def update_table(self: DynamoHandler) -> Any:
        name, changes = self.body["TableName"], self.body.get("ReplicaUpdates") or []
        table = self.dynamodb_backend.get_table(name)
        if changes:
            _change_replicas(table, changes, self.body.get("MultiRegionConsistency", "EVENTUAL"))
        answer = update(self)
        for replica in _group(table):
            _share_definitions(table, replica)
        return answer

    def describe_table(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        result = describe(self, base_key)
        others = [table for table in _group(self) if table is not self]
        if others:
            result[base_key] |= {
                "GlobalTableVersion": "2019.11.21",
                "MultiRegionConsistency": _mode(self),
                "Replicas": [_description(table) for table in others],
            }
        return result

    def delete_table(self: DynamoDBBackend, name: str) -> Table:
        table = delete(self, name)
        group = _group(table)
        group[:] = [each for each in group if each is not table]
        return table

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        tables = dict(self.tables)
        try:
            transact(self, transact_items)
        finally:
            _keep_shared(self, tables)

    DynamoHandler.update_table = update_table
    Table.describe = describe_table
    DynamoDBBackend.delete_table = delete_table
    DynamoDBBackend.transact_write_items = transact_write_items


def _group(table: Any) -> list[Table]:
    """The tables of all regions that are one; a list that they share and that is saved with them."""
    if not hasattr(table, "replica_group"):
        table.replica_group = [table]
    return table.replica_group


def _mode(table: Any) -> str:
    return getattr(table, "consistency_mode", "EVENTUAL")


def _change_replicas(table: Table, changes: list[dict[str, Any]], mode: str) -> None:
    for change in changes:
        if "Create" in change:
            _add(table, change["Create"], mode)
        elif "Delete" in change:
            _remove(table, change["Delete"]["RegionName"])
        else:
            raise MockValidationException("Only the creation and deletion of replicas is supported")


def _add(table: Table, wanted: dict[str, Any], mode: str) -> None:
    region = wanted["RegionName"]
    backend = dynamodb_backends[table.account_id][region]
    if region in [each.region_name for each in _group(table)]:
        raise MockValidationException(
            f"Failed to create a the new replica of table with name: '{table.name}' because one already exists in"
            f" region: '{region}'"
        )
    if table.name in backend.tables:
        raise MockValidationException(f"Table {table.name} already exists in {region} and is not one of the replicas")
    if mode not in _MODES:
        raise MockValidationException(f"MultiRegionConsistency is one of {', '.join(_MODES)}, not {mode}")
    streams = table.stream_specification or {}
    if mode == "EVENTUAL" and streams.get("StreamViewType") != "NEW_AND_OLD_IMAGES":
        raise MockValidationException(
            "Table must have DynamoDB Streams enabled with StreamViewType set to NEW_AND_OLD_IMAGES"
        )
    replica: Any = _copy(table, wanted)
    table.consistency_mode = replica.consistency_mode = mode  # pyright: ignore[reportAttributeAccessIssue]
    replica.replica_group = _group(table)
    _group(table).append(replica)
    backend.tables[table.name] = replica


def _copy(table: Table, wanted: dict[str, Any]) -> Table:
    """The same definitions and items in another region, with a stream, key, tags and protection of its own."""
    encryption = {"Enabled": True, "KMSMasterKeyId": wanted["KMSMasterKeyId"]} if "KMSMasterKeyId" in wanted else None
    replica: Any = Table(
        table.name,
        account_id=table.account_id,
        region=wanted["RegionName"],
        schema=copy.deepcopy(table.schema),
        attr=copy.deepcopy(table.attr),
        billing_mode=table.billing_mode,
        streams=copy.deepcopy(table.stream_specification),
        sse_specification=encryption,
    )
    replica.ttl = table.ttl
    replica.items = table.items
    _share_definitions(table, replica)
    return replica


def _share_definitions(table: Table, replica: Table) -> None:
    """What DynamoDB keeps the same in all regions, besides the items and their time to live."""
    replica.attr, replica.billing_mode = table.attr, table.billing_mode
    replica.indexes, replica.global_indexes = table.indexes, table.global_indexes
    replica.throughput, replica.warm_throughput = table.throughput, table.warm_throughput


def _keep_shared(backend: DynamoDBBackend, tables: dict[str, Table]) -> None:
    """A transaction that fails puts copies in the tables' places: their content goes into the originals instead."""
    for name, table in tables.items():
        restored = backend.tables[name]
        if restored is not table:
            table.items.clear()
            table.items.update(restored.items)
            if table.stream_shard is not None and restored.stream_shard is not None:
                table.stream_shard.items = restored.stream_shard.items
            backend.tables[name] = table


def _remove(table: Table, region: str) -> None:
    if region not in [each.region_name for each in _group(table)]:
        raise MockValidationException(
            f"Update global table operation failed because one or more replicas were not part of the global table:"
            f" {region}"
        )
    dynamodb_backends[table.account_id][region].delete_table(table.name)


def _description(table: Table) -> dict[str, Any]:
    key = (table.sse_specification or {}).get("KMSMasterKeyId")
    described = {"RegionName": table.region_name, "ReplicaStatus": "ACTIVE"}
    return described | ({"KMSMasterKeyId": key} if key else {})
