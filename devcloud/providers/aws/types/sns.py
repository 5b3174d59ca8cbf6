"""Topics, their policies and subscriptions. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CREATED, TAGS, tag_calls, tags_of


def _topic_attribute(name: str, value: str = "input.{} || ''") -> Call:
    member = name[:1].upper() + name[1:]
    return Call(
        "SetTopicAttributes",
        {"TopicArn": "id", "AttributeName": f"'{member}'", "AttributeValue": value.format(name)},
        on=(name,),
    )


# Given to a topic by SNS itself, and put back in place of one that is taken away.
_DEFAULT_POLICY_ID = "__default_policy_ID"

TOPIC = ResourceType(
    pulumi_type="aws:sns/topic:Topic",
    service="sns",
    name=Name("name", 256, prefix_input="namePrefix"),
    id="response.TopicArn",
    create=Call("CreateTopic", {"Attributes": "input.fifoTopic && {FifoTopic: 'true'} || null", **CREATED}),
    reads=(Read("GetTopicAttributes", {"TopicArn": "id"}, at="Attributes"), tags_of("live.TopicArn")),
    then=(
        _topic_attribute("displayName"),
        _topic_attribute("kmsMasterKeyId"),
        _topic_attribute("policy"),
        _topic_attribute("deliveryPolicy"),
        _topic_attribute("contentBasedDeduplication", "input.{} && 'true' || 'false'"),
        _topic_attribute("signatureVersion", "to_string(input.{} || `1`)"),
        _topic_attribute("tracingConfig", "input.{} || 'PassThrough'"),
        *tag_calls("id"),
    ),
    delete=Call("DeleteTopic", {"TopicArn": "id"}),
    missing=("NotFound", "NotFoundException"),
    find=Find("ListTopics", {}, ids="Topics[].TopicArn", by=("name",)),
    inputs={
        "contentBasedDeduplication": Input(live="ContentBasedDeduplication == 'true'", kind=bool, absent=False),
        "deliveryPolicy": Input(live="DeliveryPolicy", kind=str, absent="", same=Same.JSON),
        "displayName": Input(live="DisplayName", kind=str, absent=""),
        "fifoTopic": Input(live="FifoTopic == 'true'", kind=bool, absent=False, replace=True),
        "kmsMasterKeyId": Input(live="KmsMasterKeyId", kind=str, absent="", same=Same.ARN),
        "name": Input(live="after_last(TopicArn, ':')", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "policy": Input(live="Policy", kind=str, same=Same.JSON),
        "signatureVersion": Input(live="SignatureVersion && to_number(SignatureVersion)", kind=int),
        "tags": TAGS,
        "tracingConfig": Input(live="TracingConfig", kind=str),
    },
    outputs={
        "arn": "TopicArn",
        "beginningArchiveTime": "BeginningArchiveTime",
        "owner": "Owner",
        "tagsAll": "tag_map(Tags)",
    },
)

_DEFAULT_POLICY = (
    f"json_text({{Version: '2008-10-17', Id: '{_DEFAULT_POLICY_ID}', Statement: [{{Effect: 'Allow',"
    " Sid: '__default_statement_ID',"
    " Principal: {AWS: '*'}, Action: ['SNS:GetTopicAttributes', 'SNS:SetTopicAttributes', 'SNS:AddPermission',"
    " 'SNS:RemovePermission', 'SNS:DeleteTopic', 'SNS:Subscribe', 'SNS:ListSubscriptionsByTopic', 'SNS:Publish'],"
    ' Resource: id, Condition: {StringEquals: {"AWS:SourceOwner": live.Owner}}}]})'
)
_SET_POLICY = {"TopicArn": "input.arn", "AttributeName": "'Policy'", "AttributeValue": "input.policy"}

TOPIC_POLICY = ResourceType(
    pulumi_type="aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    id="input.arn",
    create=Call("SetTopicAttributes", _SET_POLICY),
    reads=(Read("GetTopicAttributes", {"TopicArn": "id"}, at="Attributes"),),
    update=Call("SetTopicAttributes", _SET_POLICY),
    delete=Call(
        "SetTopicAttributes", {"TopicArn": "id", "AttributeName": "'Policy'", "AttributeValue": _DEFAULT_POLICY}
    ),
    missing=("NotFound", "NotFoundException"),
    gone=f"!(Policy) || contains(Policy, '{_DEFAULT_POLICY_ID}')",
    inputs={
        "arn": Input(live="TopicArn", kind=str, replace=True),
        "policy": Input(live="Policy", kind=str, same=Same.JSON),
    },
    outputs={"owner": "Owner"},
)


def _subscription_attribute(name: str, value: str = "input.{} || ''", when: str = "old || {}") -> Call:
    member = name[:1].upper() + name[1:]
    return Call(
        "SetSubscriptionAttributes",
        {"SubscriptionArn": "id", "AttributeName": f"'{member}'", "AttributeValue": value.format(name)},
        on=(name,),
        when=when.format(f"input.{name}"),
    )


TOPIC_SUBSCRIPTION = ResourceType(
    pulumi_type="aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    id="response.SubscriptionArn",
    create=Call("Subscribe", {"ReturnSubscriptionArn": "`true`"}),
    reads=(Read("GetSubscriptionAttributes", {"SubscriptionArn": "id"}, at="Attributes"),),
    then=(
        _subscription_attribute("deliveryPolicy"),
        # The scope says how the policy is to be read, so it comes first.
        _subscription_attribute("filterPolicyScope", "input.{} || 'MessageAttributes'"),
        _subscription_attribute("filterPolicy", "input.{} || '{{}}'"),
        _subscription_attribute("rawMessageDelivery", "input.{} && 'true' || 'false'"),
        _subscription_attribute("redrivePolicy"),
        _subscription_attribute("subscriptionRoleArn"),
    ),
    delete=Call("Unsubscribe", {"SubscriptionArn": "id"}),
    missing=("NotFound", "NotFoundException"),
    find=Find(
        "ListSubscriptionsByTopic",
        {"TopicArn": "input.topic"},
        ids="Subscriptions[].SubscriptionArn",
        by=("topic", "protocol", "endpoint"),
    ),
    inputs={
        "deliveryPolicy": Input(live="DeliveryPolicy", kind=str, absent="", same=Same.JSON),
        "endpoint": Input(replace=True),
        "filterPolicy": Input(live="FilterPolicy", kind=str, absent="", same=Same.JSON),
        "filterPolicyScope": Input(live="FilterPolicyScope", kind=str),
        "protocol": Input(replace=True),
        "rawMessageDelivery": Input(live="RawMessageDelivery == 'true'", kind=bool, absent=False),
        "redrivePolicy": Input(live="RedrivePolicy", kind=str, absent="", same=Same.JSON),
        "subscriptionRoleArn": Input(live="SubscriptionRoleArn", kind=str, absent=""),
        "topic": Input("TopicArn", replace=True),
    },
    outputs={
        "arn": "SubscriptionArn",
        "confirmationWasAuthenticated": "ConfirmationWasAuthenticated == 'true'",
        "ownerId": "Owner",
        "pendingConfirmation": "PendingConfirmation == 'true'",
    },
)

TYPES = (TOPIC, TOPIC_POLICY, TOPIC_SUBSCRIPTION)
