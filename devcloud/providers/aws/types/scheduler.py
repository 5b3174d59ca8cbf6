"""EventBridge Scheduler: groups and schedules. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CREATED, TAGS, tag_calls, tags_of

_NAME_LIMIT = 64

SCHEDULE_GROUP = ResourceType(
    pulumi_type="aws:scheduler/scheduleGroup:ScheduleGroup",
    service="scheduler",
    name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
    id="input.name",
    create=Call("CreateScheduleGroup", CREATED),
    reads=(Read("GetScheduleGroup", {"Name": "id"}), tags_of("live.Arn")),
    then=tag_calls("live.Arn"),
    delete=Call("DeleteScheduleGroup", {"Name": "id"}),
    missing=("ResourceNotFoundException",),
    gone="State == 'DELETING'",
    inputs={
        "name": Input(replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "tags": TAGS,
    },
    outputs={
        "arn": "Arn",
        "creationDate": "CreationDate",
        "lastModificationDate": "LastModificationDate",
        "state": "State",
        "tagsAll": "tag_map(Tags)",
    },
)

_SCHEDULE = {"Name": "after_last(id, '/')", "GroupName": "before_last(id, '/')"}

SCHEDULE = ResourceType(
    pulumi_type="aws:scheduler/schedule:Schedule",
    service="scheduler",
    name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
    id="concat([input.groupName, '/', input.name])",
    create=Call("CreateSchedule"),
    reads=(Read("GetSchedule", _SCHEDULE),),
    update=Call("UpdateSchedule", _SCHEDULE, whole=True),
    delete=Call("DeleteSchedule", _SCHEDULE),
    missing=("ResourceNotFoundException",),
    inputs={
        "actionAfterCompletion": Input(),
        "description": Input(absent=""),
        "endDate": Input(),
        "flexibleTimeWindow": Input(same=Same.BLOCK),
        "groupName": Input(default="default", replace=True),
        "kmsKeyArn": Input(absent=""),
        "name": Input(replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "scheduleExpression": Input(),
        "scheduleExpressionTimezone": Input(default="UTC"),
        "startDate": Input(),
        "state": Input(default="ENABLED"),
        "target": Input(same=Same.BLOCK),
    },
    outputs={"arn": "Arn"},
)

TYPES = (SCHEDULE_GROUP, SCHEDULE)
