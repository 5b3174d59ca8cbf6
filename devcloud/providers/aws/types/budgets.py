"""Budgets and who is told about them. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import TAGS, tag_calls, tags_of

_BUDGET = {"AccountId": "before_last(id, ':')", "BudgetName": "after_last(id, ':')"}
_COST_TYPES = (
    "includeCredit",
    "includeDiscount",
    "includeOtherSubscription",
    "includeRecurring",
    "includeRefund",
    "includeSubscription",
    "includeSupport",
    "includeTax",
    "includeUpfront",
    "useAmortized",
    "useBlended",
)
_ARN = "concat(['arn:aws:budgets::', live.AccountId, ':budget/', live.BudgetName])"
_DOCUMENT = (
    "compact({BudgetName: input.name, BudgetType: input.budgetType, TimeUnit: input.timeUnit,"
    " BudgetLimit: input.limitAmount && {Amount: input.limitAmount, Unit: input.limitUnit} || null,"
    " CostFilters: input.costFilters && tag_map(input.costFilters[].{Key: name, Value: values}) || null,"
    f" CostTypes: input.costTypes.{{{', '.join(f'{name[:1].upper()}{name[1:]}: {name}' for name in _COST_TYPES)}}},"
    " TimePeriod: (input.timePeriodStart || input.timePeriodEnd)"
    " && {Start: instant(input.timePeriodStart), End: instant(input.timePeriodEnd)} || null})"
)
_NOTIFICATION = (
    "{NotificationType: %(of)snotificationType, ComparisonOperator: %(of)scomparisonOperator,"
    " Threshold: %(of)sthreshold, ThresholdType: %(of)sthresholdType}"
)
_SUBSCRIBERS = (
    "[(%(of)ssubscriberEmailAddresses || `[]`)[].{SubscriptionType: 'EMAIL', Address: @},"
    " (%(of)ssubscriberSnsTopicArns || `[]`)[].{SubscriptionType: 'SNS', Address: @}][]"
)
_ITEM, _EACH = {"of": "item."}, {"of": ""}

BUDGET = ResourceType(
    pulumi_type="aws:budgets/budget:Budget",
    service="budgets",
    regional=False,
    name=Name("name", 100, prefix_input="namePrefix"),
    id="concat([input.accountId, ':', input.name])",
    create=Call(
        "CreateBudget",
        {
            "AccountId": "input.accountId",
            "Budget": _DOCUMENT,
            "NotificationsWithSubscribers": "input.notifications[].{"
            f"Notification: {_NOTIFICATION % _EACH}, Subscribers: {_SUBSCRIBERS % _EACH}}}",
            "ResourceTags": "tag_list(input.tags)",
        },
    ),
    reads=(
        Read("DescribeBudget", _BUDGET, at="merge(Budget, {AccountId: before_last(id, ':')})"),
        Read("DescribeNotificationsForBudget", _BUDGET, at="Notifications", into="Notifications"),
        Read(
            "DescribeSubscribersForNotification",
            {
                **_BUDGET,
                "Notification": "item.{NotificationType: NotificationType, ComparisonOperator: ComparisonOperator,"
                " Threshold: Threshold, ThresholdType: ThresholdType}",
            },
            each="live.Notifications",
            at="{notificationType: item.NotificationType, comparisonOperator: item.ComparisonOperator,"
            " threshold: item.Threshold, thresholdType: item.ThresholdType,"
            " subscriberEmailAddresses: Subscribers[?SubscriptionType == 'EMAIL'].Address,"
            " subscriberSnsTopicArns: Subscribers[?SubscriptionType == 'SNS'].Address}",
            into="Told",
        ),
        tags_of(_ARN, of="ResourceARN", at="ResourceTags"),
    ),
    update=Call("UpdateBudget", {"AccountId": _BUDGET["AccountId"], "NewBudget": _DOCUMENT}),
    then=(
        Call(
            "DeleteNotification",
            {**_BUDGET, "Notification": _NOTIFICATION % _ITEM},
            on=("notifications",),
            each="minus(old.notifications, input.notifications)",
        ),
        Call(
            "CreateNotification",
            {**_BUDGET, "Notification": _NOTIFICATION % _ITEM, "Subscribers": _SUBSCRIBERS % _ITEM},
            on=("notifications",),
            when="old",
            each="minus(input.notifications, old.notifications)",
        ),
        *tag_calls(
            _ARN,
            of="ResourceARN",
            tags="ResourceTags",
            keys="ResourceTagKeys",
        ),
    ),
    delete=Call("DeleteBudget", _BUDGET),
    missing=("NotFoundException",),
    inputs={
        # Where the program names none: the account that the local endpoint is.
        "accountId": Input(default="123456789012", replace=True),
        "budgetType": Input(live="BudgetType", kind=str),
        "costFilters": Input(
            live="tag_list(CostFilters)[].{name: Key, values: Value}",
            kind=list,
            block={"name": str, "values": list},
            absent=[],
            same=Same.BLOCK,
        ),
        "costTypes": Input(
            live=f"CostTypes.{{{', '.join(f'{name}: {name[:1].upper()}{name[1:]}' for name in _COST_TYPES)}}}",
            kind=dict,
            block=dict.fromkeys(_COST_TYPES, bool),
            same=Same.BLOCK,
        ),
        "limitAmount": Input(live="BudgetLimit.Amount", kind=str),
        "limitUnit": Input(live="BudgetLimit.Unit", kind=str),
        "name": Input(live="BudgetName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "notifications": Input(
            live="Told",
            kind=list,
            block={
                "notificationType": str,
                "comparisonOperator": str,
                "threshold": float,
                "thresholdType": str,
                "subscriberEmailAddresses": list,
                "subscriberSnsTopicArns": list,
            },
            absent=[],
            same=Same.BLOCK,
        ),
        "tags": TAGS,
        "timePeriodEnd": Input(live="minute(TimePeriod.End)", kind=str),
        "timePeriodStart": Input(live="minute(TimePeriod.Start)", kind=str),
        "timeUnit": Input(live="TimeUnit", kind=str),
    },
    outputs={"arn": _ARN.replace("live.", ""), "tagsAll": "tag_map(Tags)"},
)

TYPES = (BUDGET,)
