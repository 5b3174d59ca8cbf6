"""Invokes. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Function

FUNCTIONS = (
    Function(
        invoke="aws:index/getCallerIdentity:getCallerIdentity",
        service="sts",
        operation="GetCallerIdentity",
        returns={"accountId": "Account", "arn": "Arn", "id": "Account", "userId": "UserId"},
    ),
    Function(
        invoke="aws:index/getRegion:getRegion",
        service="ec2",
        operation="DescribeRegions",
        arguments=("region",),
        send={"RegionNames": "[region]"},
        returns={
            "id": "Regions[0].RegionName",
            "name": "Regions[0].RegionName",
            "region": "Regions[0].RegionName",
            "endpoint": "Regions[0].Endpoint",
            "description": "Regions[0].RegionName",
        },
    ),
    Function(
        invoke="aws:index/getAvailabilityZones:getAvailabilityZones",
        service="ec2",
        operation="DescribeAvailabilityZones",
        arguments=("region", "state"),
        send={"Filters": "state && [{Name: 'state', Values: [state]}]"},
        returns={
            "id": "region",
            "region": "region",
            "state": "state",
            "names": "sort(AvailabilityZones[].ZoneName)",
            "zoneIds": "sort_by(AvailabilityZones, &ZoneName)[].ZoneId",
            "groupNames": "sort(AvailabilityZones[].GroupName || `[]`)",
        },
    ),
)
