"""What a deploy role may do when: its permissions boundary, which is open between freeze windows only. Pure.

A boundary grants nothing, so the role that it holds may renew it: whatever were written there, the role could do no
more than its own policy says. And it lists the time that is open, not the windows: one that nobody renews ends in being
closed. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from components.scope import Scope
from delivery.bootstrap.guard import Statement, document
from delivery.instants import iso
from regions.fleet import Fleet
from seasons.freeze import windows
from seasons.intervals import Interval, subtract
from seasons.local_days import utc

AHEAD = timedelta(weeks=26)
"""For how long it is open without being renewed; a managed policy has room for about 30 open intervals."""

# An update that is under way when a window begins has to write down what it has done, and read the roles that it is
# denied by; what is in the states, and with which key, the role's own policy says.
_ALWAYS = (
    "iam:Get*",
    "iam:List*",
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey*",
)


def freeze_boundary(fleet: Fleet, scope: Scope, now: datetime) -> dict[str, Any]:
    """The boundary of the role that deploys a stack: the same text for all of a week, by UTC.

    Args:
        fleet: the environment's regions: the global stack is closed while any of them is.
        scope: the stack's.
        now: when; it is open until `AHEAD` of that week's Monday.
    """
    regions = tuple(fleet.regions) if scope.region is None else (scope.region,)
    week = Interval(_monday(now), _monday(now) + AHEAD)
    closed = [window.during for window in windows(fleet, regions, week)]
    always: Statement = {"Effect": "Allow", "Action": list(_ALWAYS), "Resource": "*"}
    return document([always, *(_open(during) for during in subtract([week], closed))])


def _monday(now: datetime) -> datetime:
    now = utc(now)
    return datetime.combine(now.date() - timedelta(days=now.weekday()), time.min, now.tzinfo)


def _open(during: Interval) -> Statement:
    return {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "DateGreaterThanEquals": {"aws:CurrentTime": iso(during.start)},
            "DateLessThan": {"aws:CurrentTime": iso(during.end)},
        },
    }
