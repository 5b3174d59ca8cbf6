"""Bills worked out by hand: each expected amount is written as its arithmetic, quantity times public price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from costs import tokens
from costs.resources import Resource
from tests.costs.bill import basis, cluster, instance, lines_of, nodes, priced, season, usd

D = Decimal


def test_nodes_by_the_plans_floors() -> None:
    # 600 h at 6 nodes, 120 h at 15: 3,600 + 1,800 = 5,400 node hours. Disks: 5,400 x 100 GB / 720 h = 750 GB-months.
    group, template = nodes()
    assert usd(lines_of(group, template, on=basis(season(pools={"general": {6: "600", 15: "120"}})))) == {
        "nodes, m6i.2xlarge": D("5400") * D("0.384"),  # 2,073.60
        "disks": 750 * D("0.08"),  # 60.00
    }


def test_nodes_that_are_declared_run_whatever_the_plan_says() -> None:
    # 12 declared: the plan's 6 count as 12. 600 x 12 + 120 x 15 = 9,000.
    group, template = nodes(scalingConfig={"minSize": 12, "maxSize": 21})
    lines = lines_of(group, template, on=basis(season(pools={"general": {6: "600", 15: "120"}})))
    assert lines["nodes, m6i.2xlarge"].monthly_usd == D("3456.00")


def test_a_pool_without_a_plan_runs_as_declared() -> None:
    # The larger of the two sizes: that is how many there are at first.
    group, template = nodes(labels={}, scalingConfig={"minSize": 6, "desiredSize": 10})
    assert lines_of(group, template)["nodes, m6i.2xlarge"].quantity == 10 * 720
    group, template = nodes(labels={})
    lines = lines_of(group, template, on=basis(season(pools={"general": {60: "720"}})))
    assert lines["nodes, m6i.2xlarge"].quantity == 6 * 720


def test_a_control_plane() -> None:
    control_plane = Resource(tokens.KUBERNETES_CLUSTER, "cluster", {})
    assert usd(lines_of(control_plane)) == {"control plane": D("72.00")}  # 720 x 0.10


def test_a_public_load_balancer() -> None:
    annotations = {tokens.SCHEME_ANNOTATION: "internet-facing"}
    entry = Resource(
        tokens.SERVICE, "ingress", {"spec": {"type": "LoadBalancer"}, "metadata": {"annotations": annotations}}
    )
    addresses = [Resource(tokens.ELASTIC_IP, f"zone-{zone}", {}) for zone in "abc"]
    assert usd(lines_of(entry, *addresses)) == {
        "load balancer": 720 * D("0.0225"),  # 16.20
        "capacity": 20 * D("0.5") * 720 * D("0.006"),  # half of the fleet's 20 units: 43.20
        "public addresses": 3 * 720 * D("0.005"),  # 10.80
    }


def test_an_internal_load_balancer_and_none() -> None:
    internal = Resource(tokens.SERVICE, "east-west", {"spec": {"type": "LoadBalancer"}, "metadata": {}})
    assert usd(lines_of(internal)) == {"load balancer": D("16.20"), "capacity": 720 * D("0.006")}
    assert lines_of(Resource(tokens.SERVICE, "api", {"spec": {"ports": []}})) == {}


def test_volumes() -> None:
    # 200 GiB asked, 60 % used: 120; half of it in infrequent access.
    claim = Resource(tokens.CLAIM, "logs", {"spec": {"resources": {"requests": {"storage": "200Gi"}}}})
    assert usd(lines_of(claim)) == {
        "files": 60 * D("0.30"),  # 18.00
        "files, infrequent access": 60 * D("0.025"),  # 1.50
    }
    files = Resource(tokens.FILE_SYSTEM, "files", {"throughputMode": "elastic"})
    assert usd(lines_of(files)) == {"read": 150 * D("0.03"), "written": 300 * D("0.06")}  # half of the fleet's


def test_secrets_are_paid_once_and_looked_at_by_all() -> None:
    def copies(name: str, *keys: str) -> Resource:
        data = [{"remoteRef": {"key": key}} for key in keys]
        return Resource(tokens.EXTERNAL_SECRET, name, {"spec": {"refreshInterval": "5m", "data": data}})

    # 720 h, 12 looks an hour: 8,640 a secret. Two fields of one secret are one secret.
    first, second = copies("first", "a", "a", "b"), copies("second", "b", "c")
    assert usd(lines_of(first, second)) == {"secrets": 2 * D("0.40"), "requests": D("1.728") * D("0.05")}
    lines = {line.item: line for line in priced([first, second]).lines if line.resource == second.label}
    assert usd(lines) == {"secrets": D("0.40"), "requests": D("0.0864")}


def test_a_vpcs_transfer_in_tiers() -> None:
    # Between zones: half of 10,000 GB, paid on both sides. To the internet: half of 400,000 GB in four tiers:
    # 10,240 + 40,960 + 102,400, and the rest, 46,400.
    usage = basis().usage
    much = usage.model_copy(update={"network": usage.network.model_copy(update={"internet_gb": D(400_000)})})
    result = priced([Resource(tokens.NETWORK, "network", {})], basis(usage=much))
    assert [(line.quantity, line.monthly_usd) for line in result.lines] == [
        (D(10_000), D("100.00")),
        (D(10_240), 10_240 * D("0.09")),  # 921.60
        (D(40_960), 40_960 * D("0.085")),  # 3,481.60
        (D(102_400), 102_400 * D("0.07")),  # 7,168.00
        (D(46_400), 46_400 * D("0.05")),  # 2,320.00
    ]


def test_gateways_and_addresses() -> None:
    # Half of the fleet's 900 GB, split by three gateways: 150 GB each.
    gateways = [Resource(tokens.NAT_GATEWAY, f"zone-{zone}", {}) for zone in "abc"]
    assert usd(lines_of(*gateways)) == {"NAT gateway": 720 * D("0.045"), "through it": 150 * D("0.045")}
    assert usd(lines_of(Resource(tokens.ELASTIC_IP, "zone-a", {}))) == {"public address": D("3.60")}


def test_endpoints() -> None:
    secrets = Resource(tokens.ENDPOINT, "secrets", {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]})
    keys = Resource(tokens.ENDPOINT, "keys", {"vpcEndpointType": "Interface", "subnetIds": ["a"]})
    storage = Resource(tokens.ENDPOINT, "s3", {"vpcEndpointType": "Gateway"})
    assert usd(lines_of(secrets, keys, storage)) == {
        "endpoint": 3 * 720 * D("0.01"),  # 21.60
        "through it": 100 * D("0.01"),  # half of 400 GB, one of two interface endpoints
    }
    assert lines_of(storage, secrets) == {}


def test_the_path_between_regions() -> None:
    own = Resource(tokens.TRANSIT_ATTACHMENT, "backbone", {})
    assert usd(lines_of(own)) == {
        "attachment": 720 * D("0.05"),
        "through the transit gateway": 50 * D("0.02"),
        "to other regions": 50 * D("0.02"),
    }
    # Each side of a peering pays in its own region.
    assert usd(lines_of(Resource(tokens.PEERING, "a-b", {}, "eu-central-1"))) == {"attachment": D("43.20")}
    assert usd(lines_of(Resource(tokens.PEERING_ACCEPTER, "a-b", {}, "us-east-1"))) == {"attachment": D("36.00")}


def test_a_cache() -> None:
    cache = Resource(
        tokens.CACHE, "cache", {"nodeType": "cache.r7g.large", "numCacheClusters": 3, "snapshotRetentionLimit": 7}
    )
    assert usd(lines_of(cache)) == {
        "nodes, cache.r7g.large": 3 * 720 * D("0.219"),  # 473.04
        "snapshots": 6 * 8 * D("0.085"),  # the newest of seven is free: 4.08
    }


def test_a_table_with_a_replica() -> None:
    table = Resource(
        tokens.TABLE,
        "locks",
        {
            "billingMode": "PAY_PER_REQUEST",
            "pointInTimeRecovery": {"enabled": True},
            "replicas": [{"regionName": "eu-central-1", "pointInTimeRecovery": False}],
        },
    )
    assert usd(lines_of(table)) == {
        "reads": 3 * D("0.125"),
        "writes in us-east-1": D("0.625"),
        "storage in us-east-1": 2 * D("0.25"),
        "point-in-time recovery in us-east-1": 2 * D("0.20"),
        "writes in eu-central-1": D("0.625"),
        "storage in eu-central-1": 2 * D("0.306"),
    }


def test_exports_grow_colder() -> None:
    # 24 exports of 30 % of 500 GB: those of 0 days in Standard, of 30 to 360 in Glacier IR, of 390 and more in Deep
    # Archive: 1, 12 and 11 of 150 GB.
    rules = {
        "bucket": "wedsync-worldwide-exports",
        "rules": [
            {
                "transitions": [
                    {"days": 365, "storageClass": "DEEP_ARCHIVE"},
                    {"days": 30, "storageClass": "GLACIER_IR"},
                ]
            }
        ],
    }
    exports = Resource(tokens.BUCKET, "exports", {"bucket": "wedsync-worldwide-exports"})
    lifecycle = Resource(tokens.LIFECYCLE, "exports", rules)
    assert usd(lines_of(exports, lifecycle, cluster())) == {
        "exports, hot": 150 * D("0.023"),  # 3.45
        "exports, warm": 12 * 150 * D("0.004"),  # 7.20
        "exports, cold": 11 * 150 * D("0.00099"),  # 1.6335
        "puts": D("0.005"),
    }
    assert usd(lines_of(exports, cluster()))["exports, hot"] == 24 * 150 * D("0.023")  # nothing moves them: 82.80


def test_an_export() -> None:
    machine = Resource(tokens.STATE_MACHINE, "export", {"name": "wedsync-resident-export"})
    resident = cluster("resident", globalClusterIdentifier=None)
    assert usd(lines_of(machine, cluster(), resident)) == {"steps": D("0.6") * D("0.025"), "export": D("1.00")}


def test_logs() -> None:
    # Half of the fleet's 300 GB; a year of it at 15 %: 150 x 0.15 x 360 / 30 = 270 GB.
    flow = Resource(tokens.LOG_GROUP, "flow", {"name": "/wedsync/prod/flow-logs", "retentionInDays": 360})
    assert usd(lines_of(flow)) == {"taken in": 150 * D("0.50"), "kept": 270 * D("0.03")}  # 75.00 and 8.10
    unnamed = Resource(tokens.LOG_GROUP, "steps", {"name": "/aws/vendedlogs/states/export", "retentionInDays": 30})
    assert usd(lines_of(unnamed)) == {"taken in": D("0.5") * D("0.50"), "kept": D("0.075") * D("0.03")}


def test_alarms() -> None:
    assert usd(lines_of(Resource(tokens.ALARM, "cpu", {"period": 60}))) == {"alarm": D("0.10")}
    assert usd(lines_of(Resource(tokens.ALARM, "fast", {"period": 10}))) == {"alarm": D("0.30")}
    metrics = [{"expression": "SUM(METRICS())"}, *({"metric": {"period": 300}} for _ in range(5))]
    assert usd(lines_of(Resource(tokens.ALARM, "failed", {"metricQueries": metrics}))) == {"alarm": 5 * D("0.10")}
    assert usd(lines_of(Resource(tokens.COMPOSITE_ALARM, "fleet", {}))) == {"composite alarm": D("0.50")}


def test_names_and_health_checks() -> None:
    assert usd(lines_of(Resource(tokens.ZONE, "zone", {}))) == {"zone": D("0.50"), "queries": 60 * D("0.40")}
    fast = Resource(tokens.HEALTH_CHECK, "us", {"type": "HTTPS", "requestInterval": 10})
    assert usd(lines_of(fast)) == {"health check": D("0.50"), "features": D("2.00")}
    calculated = Resource(tokens.HEALTH_CHECK, "fleet", {"type": "CALCULATED"})
    assert usd(lines_of(calculated)) == {"health check": D("0.50")}


@pytest.mark.parametrize("token", [tokens.KEY, tokens.REPLICA_KEY])
def test_keys(token: str) -> None:
    assert usd(lines_of(Resource(token, "key", {}))) == {"key": D("1.00"), "requests": 30 * D("0.03")}


def test_images_and_mails() -> None:
    assert usd(lines_of(Resource(tokens.REPOSITORY, "images", {}))) == {"images": 3 * D("0.10")}
    mails = Resource(tokens.SUBSCRIPTION, "page", {"protocol": "email"})
    assert usd(lines_of(mails)) == {"e-mails": D("0.003") * D("2.00")}
    assert lines_of(Resource(tokens.SUBSCRIPTION, "queue", {"protocol": "sqs"})) == {}


def test_a_small_region() -> None:
    # Writer with one instance at 4 units all month, six nodes, a control plane:
    # capacity 720 x 4 x 1.5 = 4,320: 518.40; insights 13.50; monitoring 0.75; storage 212.87 (see above);
    # nodes 4,320 x 0.384 = 1,658.88; disks 600 x 0.08 = 48.00; control plane 72.00.
    resources = [
        cluster(masterUsername="admin"),
        instance(),
        *nodes(),
        Resource(tokens.KUBERNETES_CLUSTER, "cluster", {}),
    ]
    assert priced(resources).total_usd == D("2524.40")
