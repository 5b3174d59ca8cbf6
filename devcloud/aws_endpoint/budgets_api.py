"""What moto's Budgets lacks: changed budgets, the subscribers of a notification, tags."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse


def install() -> None:
    """Change moto's class. Once a process."""
    original: Any = BudgetsResponse.create_budget

    def create_budget(self: Any) -> str:
        answer = original(self)
        budget: Any = _budget(self, self._get_param("Budget")["BudgetName"])
        budget.tags = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags", [])}
        return answer

    for method in (
        create_budget,
        update_budget,
        describe_subscribers_for_notification,
        list_tags_for_resource,
        tag_resource,
        untag_resource,
    ):
        setattr(BudgetsResponse, method.__name__, method)


def update_budget(self: Any) -> str:
    wanted = self._get_param("NewBudget")
    budget = _budget(self, wanted["BudgetName"])
    # A period that is left open stays as it is.
    changed: Any = Budget({"TimePeriod": budget.budget["TimePeriod"]} | wanted, [])
    budget.budget = changed.budget
    return "{}"


def describe_subscribers_for_notification(self: Any) -> str:
    wanted = self._get_param("Notification")
    for notification in _budget(self, self._get_param("BudgetName")).notifications:
        if notification.details == wanted:
            return json.dumps({"Subscribers": notification.subscribers})
    raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")


def list_tags_for_resource(self: Any) -> str:
    tags = _tagged(self).tags
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def tag_resource(self: Any) -> str:
    _tagged(self).tags |= {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")}
    return "{}"


def untag_resource(self: Any) -> str:
    for key in self._get_param("ResourceTagKeys"):
        _tagged(self).tags.pop(key, None)
    return "{}"


def _budget(self: Any, name: str) -> Any:
    self.backend.describe_budget(self.current_account, name)
    return self.backend.budgets[self.current_account][name]


def _tagged(self: Any) -> Any:
    return _budget(self, self._get_param("ResourceARN").rpartition("/")[2])
