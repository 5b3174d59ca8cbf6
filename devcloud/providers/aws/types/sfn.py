"""State machines. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CHANGED, TAGS, tag_calls, tags_of

_TAG_FORM = "[].{key: Key, value: Value}"
_LOGGING = {
    "loggingConfiguration": "input.loggingConfiguration && compact({level: input.loggingConfiguration.level,"
    " includeExecutionData: input.loggingConfiguration.includeExecutionData,"
    " destinations: input.loggingConfiguration.logDestination"
    " && [{cloudWatchLogsLogGroup: {logGroupArn: input.loggingConfiguration.logDestination}}] || null})"
    " || old.loggingConfiguration && {level: 'OFF'} || null",
}

STATE_MACHINE = ResourceType(
    pulumi_type="aws:sfn/stateMachine:StateMachine",
    service="stepfunctions",
    name=Name("name", 80, prefix_input="namePrefix"),
    id="response.stateMachineArn",
    create=Call("CreateStateMachine", {**_LOGGING, "tags": f"tag_list(input.tags){_TAG_FORM}"}),
    reads=(
        Read("DescribeStateMachine", {"stateMachineArn": "id"}),
        tags_of("id", of="resourceArn", at="tags[].{Key: key, Value: value}"),
    ),
    update=Call("UpdateStateMachine", {"stateMachineArn": "id", **_LOGGING}),
    then=tag_calls("id", of="resourceArn", tags="tags", keys="tagKeys", changed=f"tag_list({CHANGED}){_TAG_FORM}"),
    delete=Call("DeleteStateMachine", {"stateMachineArn": "id"}),
    missing=("StateMachineDoesNotExist",),
    gone="status == 'DELETING'",
    find=Find("ListStateMachines", {}, ids="stateMachines[].stateMachineArn", by=("name",)),
    inputs={
        "definition": Input(same=Same.JSON),
        "encryptionConfiguration": Input(same=Same.BLOCK),
        "loggingConfiguration": Input(
            live="loggingConfiguration.{level: level, includeExecutionData: includeExecutionData || `false`,"
            " logDestination: destinations[0].cloudWatchLogsLogGroup.logGroupArn}",
            kind=dict,
            block={"level": str, "includeExecutionData": bool, "logDestination": str},
            absent={},
            same=Same.BLOCK,
        ),
        "name": Input(replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "publish": Input(live=None, kind=bool),
        "roleArn": Input(),
        "tags": TAGS,
        "tracingConfiguration": Input(same=Same.BLOCK, absent={"enabled": False}),
        "type": Input(default="STANDARD", replace=True),
    },
    outputs={
        "arn": "stateMachineArn",
        "creationDate": "creationDate",
        "description": "description",
        "revisionId": "revisionId",
        "stateMachineVersionArn": "stateMachineVersionArn",
        "status": "status",
        "tagsAll": "tag_map(Tags)",
        "versionDescription": "versionDescription",
    },
)

TYPES = (STATE_MACHINE,)
