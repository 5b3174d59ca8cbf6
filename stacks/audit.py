"""What a program writes into the environment's audit trail: that it uses an override."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from components.coordination.audit_table import audit_table_name
from components.scope import Scope
from guard.document import instant_text, written
from guard.override import Approved

Trail = Callable[[Approved, str, datetime], None]
"""(the override, the stack, when): records its use. Raises AuditError where it is not in the trail."""


class AuditError(Exception):
    """The audit trail could not be written; the message says why and what to do."""


def trail_in(aws_region: str, account_id: str) -> Trail:
    """Return what records uses in an AWS region's copy of the trail, with the credentials that the provider has too.

    Args:
        aws_region: where.
        account_id: the environment's account; with credentials of another one nothing is written.
    """

    def record(approved: Approved, stack: str, at: datetime) -> None:
        # Here, not above: it takes a third of a second of every preview, and hardly one needs it.
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        session: Any = boto3.Session(region_name=aws_region)
        quick = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"})
        try:
            identity = session.client("sts", config=quick).get_caller_identity()
            if identity["Account"] != account_id:
                raise AuditError(
                    f"The AWS credentials are of the account {identity['Account']}, not of {account_id}: use those"
                    f" of {approved.override.environment}."
                )
            item = {name: {"S": value} for name, value in event(approved, stack, at, identity["Arn"]).items()}
            table = audit_table_name(Scope(approved.override.environment))
            session.client("dynamodb", config=quick).put_item(TableName=table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise AuditError(f"AWS says: {error}. Is the global stack up, and may this role write to it?") from error

    return record


def event(approved: Approved, stack: str, at: datetime, actor: str) -> Mapping[str, str]:
    """Return the event of an override's use: partition and sort key as the table has them, the rest for who reads it.

    `actor` is who runs the update; `document` is the SHA-256 of the document's bytes, which are those that were signed.
    """
    override, at = approved.override, at.astimezone(UTC)
    return {
        "day": f"{override.environment}#{at:%Y-%m-%d}",
        "event": f"{at:%H:%M:%S.%f}Z#{uuid.uuid4()}",
        "action": "override:use",
        "actor": actor,
        "stack": stack,
        "override": approved.name,
        "document": f"sha256:{hashlib.sha256(written(override)).hexdigest()}",
        "approvers": ", ".join(approved.approvers),
        "requested_by": override.requested_by,
        "reason": override.reason,
        "ticket": override.ticket,
        "tree": override.tree,
        "expires": instant_text(override.expires),
    }
