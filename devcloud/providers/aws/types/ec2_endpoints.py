"""Endpoints of AWS services in a VPC, and the logs of its traffic. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.ec2_tags import OWNER, TAG_CALLS, TAGS, tagged


def _members(input_name: str, singular: str) -> Call:
    """What a list of the endpoint's has more, and what it has no more."""
    new, old = f"input.{input_name}", f"old.{input_name}"
    send = {
        "VpcEndpointId": "id",
        f"Add{singular}s": f"minus({new}, {old})",
        f"Remove{singular}s": f"minus({old}, {new})",
    }
    return Call("ModifyVpcEndpoint", send, on=(input_name,), when="old")


VPC_ENDPOINT = ResourceType(
    pulumi_type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    id="response.VpcEndpoint.VpcEndpointId",
    create=Call("CreateVpcEndpoint", tagged("vpc-endpoint")),
    reads=(
        Read("DescribeVpcEndpoints", {"VpcEndpointIds": "[id]"}, at="VpcEndpoints[0]"),
        Read(
            "DescribePrefixLists",
            {"Filters": "[{Name: 'prefix-list-name', Values: [live.ServiceName]}]"},
            at="PrefixLists[0]",
            into="PrefixList",
        ),
    ),
    then=(
        _members("routeTableIds", "RouteTableId"),
        _members("subnetIds", "SubnetId"),
        _members("securityGroupIds", "SecurityGroupId"),
        Call(
            "ModifyVpcEndpoint",
            {"VpcEndpointId": "id", "PolicyDocument": "input.policy", "ResetPolicy": "!(input.policy)"},
            on=("policy",),
            when="old",
        ),
        Call(
            "ModifyVpcEndpoint",
            {"VpcEndpointId": "id", "PrivateDnsEnabled": "input.privateDnsEnabled || `false`"},
            on=("privateDnsEnabled",),
            when="old",
        ),
        *TAG_CALLS,
    ),
    delete=Call("DeleteVpcEndpoints", {"VpcEndpointIds": "[id]"}),
    missing=("InvalidVpcEndpointId.NotFound",),
    gone="State == 'deleted'",
    find=Find(
        "DescribeVpcEndpoints",
        {"Filters": "[{Name: 'vpc-id', Values: [input.vpcId]}]"},
        ids="VpcEndpoints[].VpcEndpointId",
        by=("vpcId", "serviceName", "tags"),
    ),
    wait=Wait(
        "State",
        ready=("available", "pendingAcceptance"),
        failed=("failed", "rejected", "expired"),
        leaving=("deleting",),
    ),
    inputs={
        "policy": Input("PolicyDocument", same=Same.JSON),
        "privateDnsEnabled": Input(absent=False),
        "routeTableIds": Input(same=Same.SET),
        "securityGroupIds": Input(live="Groups[].GroupId", same=Same.SET),
        "serviceName": Input(replace=True),
        "subnetIds": Input(same=Same.SET),
        "tags": TAGS,
        "vpcEndpointType": Input(default="Gateway", replace=True),
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':vpc-endpoint/', VpcEndpointId])",
        "cidrBlocks": "VpcEndpointType == 'Gateway' && PrefixList.Cidrs || `[]`",
        "dnsEntries": "DnsEntries[].{dnsName: DnsName, hostedZoneId: HostedZoneId}",
        "networkInterfaceIds": "NetworkInterfaceIds",
        "ownerId": "OwnerId",
        "prefixListId": "VpcEndpointType == 'Gateway' && PrefixList.PrefixListId || null",
        "requesterManaged": "RequesterManaged || `false`",
        "state": "State",
        "tagsAll": "tag_map(Tags)",
    },
)


def _logged(prefix: str) -> Input:
    return Input(live=f"starts_with(ResourceId, '{prefix}-') && ResourceId || null", kind=str, replace=True)


FLOW_LOG = ResourceType(
    pulumi_type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    id="response.FlowLogIds[0]",
    create=Call(
        "CreateFlowLogs",
        {
            "ResourceIds": "[input.vpcId || input.subnetId]",
            "ResourceType": "input.vpcId && 'VPC' || 'Subnet'",
            **tagged("vpc-flow-log"),
        },
    ),
    reads=(Read("DescribeFlowLogs", {"FlowLogIds": "[id]"}, at="FlowLogs[0]"), OWNER),
    then=TAG_CALLS,
    delete=Call("DeleteFlowLogs", {"FlowLogIds": "[id]"}),
    missing=("InvalidFlowLogId.NotFound",),
    find=Find(
        "DescribeFlowLogs",
        {"Filter": "[{Name: 'resource-id', Values: [input.vpcId || input.subnetId]}]"},
        ids="FlowLogs[].FlowLogId",
        by=("logDestination", "tags"),
    ),
    inputs={
        "iamRoleArn": Input("DeliverLogsPermissionArn", replace=True),
        "logDestination": Input(replace=True),
        "logDestinationType": Input(default="cloud-watch-logs", replace=True),
        "logFormat": Input(replace=True),
        "maxAggregationInterval": Input(default=600, replace=True),
        "subnetId": _logged("subnet"),
        "tags": TAGS,
        "trafficType": Input(replace=True),
        "vpcId": _logged("vpc"),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', Owner, ':vpc-flow-log/', FlowLogId])",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (VPC_ENDPOINT, FLOW_LOG)
