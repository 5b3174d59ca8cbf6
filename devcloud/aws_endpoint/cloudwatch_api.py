"""Composite alarms, which moto can describe but not make. Their state follows nothing here: it stays OK."""

from __future__ import annotations

import re
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_NAMED = re.compile(r"""\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)""")
_MOST = 100


def install() -> None:
    """Change moto's class. Once a process."""
    CloudWatchResponse.put_composite_alarm = put_composite_alarm  # pyright: ignore[reportAttributeAccessIssue]


def put_composite_alarm(self: Any) -> ActionResult:
    rule, backend = self._get_param("AlarmRule"), self.cloudwatch_backend
    _check(rule, backend.alarms)
    backend.put_metric_alarm(
        name=self._get_param("AlarmName"),
        description=self._get_param("AlarmDescription"),
        actions_enabled=self._get_param("ActionsEnabled", True),
        alarm_actions=self._get_param("AlarmActions", []),
        ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        tags=self._get_param("Tags", []),
        rule=rule,
        dimensions=[],
        **dict.fromkeys(
            (
                *("namespace", "metric_name", "comparison_operator", "evaluation_periods"),
                *("period", "threshold", "statistic"),
            )
        ),
    )
    return EmptyResult()


def _check(rule: str, known: Any) -> None:
    named = {next(filter(None, found.groups())).rpartition(":alarm:")[2] for found in _NAMED.finditer(rule)}
    if missing := sorted(named - set(known)):
        raise ValidationError(f"AlarmRule names alarms that do not exist: {', '.join(missing)}")
    if len(named) > _MOST:
        raise ValidationError(f"AlarmRule names {len(named)} alarms; a composite alarm follows at most {_MOST}")
