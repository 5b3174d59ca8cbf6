"""What cannot be priced is named with its reason, and nothing is guessed in its place."""

from __future__ import annotations

import re

import pytest

from costs import tokens
from costs.free import free_reason, load_free
from costs.lines import Unpriced
from costs.pricers import PRICERS
from costs.resources import UNKNOWN, Resource
from tests.costs.bill import cluster, instance, nodes, priced

GROUP, TEMPLATE = nodes()


def _of(token: str, **inputs: object) -> list[Resource]:
    return [Resource(token, "it", inputs)]


def _disks(*disks: object) -> Resource:
    return Resource(tokens.LAUNCH_TEMPLATE, GROUP.name, {"blockDeviceMappings": list(disks)})


CASES: list[tuple[list[Resource], str]] = [
    ([instance(instanceClass="db.r6g.large"), cluster()], r"instanceClass is db\.r6g\.large: the price book has"),
    ([instance()], "cluster wedsync-worldwide is not among the resources"),
    ([instance(clusterIdentifier=UNKNOWN), cluster()], "clusterIdentifier is not known yet"),
    ([instance(clusterIdentifier=None), cluster()], "clusterIdentifier is missing"),
    ([instance(), cluster(serverlessv2ScalingConfiguration=UNKNOWN)], r"minCapacity is not known yet"),
    ([instance(), cluster(serverlessv2ScalingConfiguration=None)], r"minCapacity is missing"),
    ([cluster(backupRetentionPeriod=UNKNOWN)], "backupRetentionPeriod is not known yet"),
    ([cluster(backupRetentionPeriod="many")], "backupRetentionPeriod is 'many', which is no number of 0 or more"),
    ([cluster(backupRetentionPeriod=-1)], "backupRetentionPeriod is -1, which is no number of 0 or more"),
    ([cluster(backupRetentionPeriod=True)], "backupRetentionPeriod is True, which is no number"),
    ([nodes(instanceTypes=["m6i.2xlarge", "m5.2xlarge"])[0], TEMPLATE], "instanceTypes are 2: only nodes of one type"),
    ([nodes(instanceTypes=["x9.large"])[0], TEMPLATE], r"the price book of us-east-1 has no ec2\.x9\.large"),
    ([nodes(instanceTypes=UNKNOWN)[0], TEMPLATE], "instanceTypes is not known yet"),
    ([nodes(instanceTypes="m6i.2xlarge")[0], TEMPLATE], "instanceTypes is 'm6i.2xlarge', which is no list"),
    ([nodes(capacityType="SPOT")[0], TEMPLATE], "capacityType is not ON_DEMAND"),
    ([nodes(scalingConfig={"minSize": UNKNOWN})[0], TEMPLATE], r"scalingConfig\.minSize is not known yet"),
    ([nodes(labels=UNKNOWN)[0], TEMPLATE], "labels is not known yet"),
    ([GROUP], "launch template nodes-general is not among the resources"),
    ([GROUP, _disks({"ebs": {"volumeType": "io2"}})], "a disk of the nodes is io2"),
    ([GROUP, _disks(UNKNOWN)], r"blockDeviceMappings\[0\] is not known yet"),
    (_of(tokens.SERVICE, spec={"type": UNKNOWN}), r"spec\.type is not known yet"),
    (_of(tokens.SERVICE, spec={"type": 7}), r"spec\.type is 7, which is no text"),
    (
        _of(tokens.SERVICE, spec={"type": "LoadBalancer"}, metadata={"annotations": 7}),
        "is 7, which is no mapping",
    ),
    (_of(tokens.ENDPOINT, vpcEndpointType="Interface", subnetIds=UNKNOWN), "subnetIds is not known yet"),
    (_of(tokens.ENDPOINT, vpcEndpointType="GatewayLoadBalancer"), "vpcEndpointType is GatewayLoadBalancer"),
    (_of(tokens.FILE_SYSTEM), "throughputMode is bursting: only elastic"),
    (_of(tokens.TABLE), "billingMode is PROVISIONED: only PAY_PER_REQUEST"),
    (_of(tokens.TABLE, billingMode="PAY_PER_REQUEST", replicas=UNKNOWN), "replicas is not known yet"),
    (_of(tokens.BUCKET, bucket="photos"), "the cluster of photos is not among the resources"),
    ([*_of(tokens.STATE_MACHINE, name=UNKNOWN), cluster()], "name is not known yet"),
    (_of(tokens.LOG_GROUP, name="/a/b"), "retentionInDays is missing"),
    (_of(tokens.LOG_GROUP, name="/a/b", retentionInDays=0), "what is kept for ever"),
    (_of(tokens.SUBSCRIPTION, protocol="sms"), "protocol is sms: only e-mails"),
    (_of(tokens.HEALTH_CHECK, type="HTTPS", measureLatency="yes"), "neither true nor false"),
    (_of(tokens.CLAIM, spec={"resources": {"requests": {"storage": "a lot"}}}), "'a lot' is no quantity"),
    (_of(tokens.EXTERNAL_SECRET, spec={"data": [], "refreshInterval": "often"}), "refreshInterval is 'often'"),
    ([Resource(tokens.NAT_GATEWAY, "n", {}, "mars-north-1")], "there is no price book for mars-north-1"),
    (_of("aws:lambda/function:Function"), "nothing in costs/ knows what aws:lambda/function:Function costs"),
]


@pytest.mark.parametrize(("resources", "reason"), CASES)
def test_it_is_named_with_its_reason(resources: list[Resource], reason: str) -> None:
    result = priced(resources)
    wanted = resources[0]
    assert wanted.label not in {line.resource for line in result.lines}
    (found,) = [each for each in result.unpriced if each.resource == wanted.label]
    assert re.search(reason, found.reason)


def test_a_tier_that_the_book_lacks() -> None:
    moves = [{"days": 1, "storageClass": "ONEZONE_IA"}]
    rules = {"bucket": "wedsync-worldwide-exports", "rules": [{"transitions": moves}]}
    bucket = Resource(tokens.BUCKET, "exports", {"bucket": "wedsync-worldwide-exports"})
    result = priced([bucket, Resource(tokens.LIFECYCLE, "exports", rules), cluster()])
    assert result.unpriced == [
        Unpriced(
            bucket.label,
            "a lifecycle rule of wedsync-worldwide-exports moves to ONEZONE_IA, which the price book lacks",
        )
    ]


def test_a_type_is_priced_or_free_but_not_both() -> None:
    free = load_free()
    both = [token for token in PRICERS if free_reason(free, token) is not None]
    assert both == []


def test_whole_kinds_are_free_by_their_beginning() -> None:
    free = load_free()
    assert free_reason(free, "wedsync:database:RegionalDatabase") == "a component; what it is made of is priced"
    assert free_reason(free, "aws:ec2/instance:Instance") is None
    assert free_reason({"aws:ec2/route:Route": "routes are free"}, "aws:ec2/route:Router") is None
