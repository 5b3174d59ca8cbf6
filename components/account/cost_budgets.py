"""Budgets: somebody is told before a month costs more than it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model import BudgetAlerts


@dataclass(frozen=True)
class CostBudgetsArgs:
    """What CostBudgets needs.

    `ceilings_usd` are dollars a month by stack; the environment's ceiling is their sum. `topic` is an ARN.
    """

    scope: Scope
    ceilings_usd: Mapping[str, int]
    alerts: BudgetAlerts
    topic: pulumi.Input[str]
    emails: Sequence[str]


class CostBudgets(pulumi.ComponentResource):
    """A monthly budget for each stack, by the tag that all its resources carry, and one for the environment.

    CostBudgets("budgets", CostBudgetsArgs(Scope("prod"), {"prod": 500, "prod-us-east-1": 4000}, alerts, topic.arn, []))

    Budgets see a tag once it is a cost allocation tag, which the account that pays for the others decides
    (docs/runbooks/new-environment.md).
    """

    def __init__(self, name: str, args: CostBudgetsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:account:CostBudgets", name, None, opts)
        self._name, self._args = name, args
        self._budget("environment", "environment", args.scope.environment, sum(args.ceilings_usd.values()))
        for stack, ceiling in args.ceilings_usd.items():
            self._budget(stack, "stack", stack, ceiling)
        self.register_outputs({})

    def _budget(self, what: str, tag: str, value: str, ceiling: int) -> None:
        scope, alerts = self._args.scope, self._args.alerts
        title = scope.name(f"monthly-{what}", limit=100)
        aws.budgets.Budget(
            f"{self._name}-{what}",
            name=title,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(ceiling),
            limit_unit="USD",
            cost_filters=[{"name": "TagKeyValue", "values": [f"user:wedsync:{tag}${value}"]}],
            notifications=[
                {
                    "notification_type": kind,
                    "comparison_operator": "GREATER_THAN",
                    "threshold": float(percent),
                    "threshold_type": "PERCENTAGE",
                    "subscriber_sns_topic_arns": [self._args.topic],
                    "subscriber_email_addresses": list(self._args.emails),
                }
                for kind, percent in (("ACTUAL", alerts.actual_percent), ("FORECASTED", alerts.forecast_percent))
            ],
            tags=scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )
