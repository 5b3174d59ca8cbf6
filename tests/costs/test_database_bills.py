"""Bills of databases worked out by hand: each expected amount is written as its arithmetic."""

from __future__ import annotations

from decimal import Decimal

from tests.costs.bill import basis, cluster, instance, lines_of, season, usd

D = Decimal


def test_capacity_by_the_plans_floors() -> None:
    # 600 h at 4 units and 120 h (five Saturdays) at 32: 2,400 + 3,840 = 6,240 unit hours, times 1.5 in use: 9,360.
    saturdays = season({"4": "600", "32": "120"})
    assert usd(lines_of(instance(), cluster(), on=basis(saturdays))) == {
        "capacity": D("9360") * D("0.12"),  # 1,123.20
        "Database Insights": D("9360") * D("0.003125"),  # 29.25
        "enhanced monitoring": D("1.5") * D("0.50"),
    }


def test_what_is_declared_bounds_the_plan() -> None:
    # Declared 8 to 16: the plan's 4 counts as 8, its 32 as 16. 600 x 8 + 120 x 16 = 6,720, times 1.5: 10,080.
    declared = {"minCapacity": 8, "maxCapacity": 16}
    lines = lines_of(
        instance(),
        cluster(serverlessv2ScalingConfiguration=declared),
        on=basis(season({"4": "600", "32": "120"})),
    )
    assert lines["capacity"].quantity == 10_080
    assert lines["capacity"].monthly_usd == D("1209.60")


def test_capacity_of_an_io_optimized_cluster_costs_a_third_more() -> None:
    lines = lines_of(instance(), cluster(storageType="aurora-iopt1"), on=basis(season({"4": "720"})))
    assert lines["capacity"].monthly_usd == 720 * 4 * D("1.5") * D("0.16")  # 691.20


def test_the_writers_storage() -> None:
    # 1,000 operations/s for 720 h: 2,592 million. Half of the reads are its own: 0.5 x 0.8 x 2,592 = 1,036.8 million;
    # all writes are its: 0.2 x 2,592 = 518.4. At half a request each: 777.6 million requests.
    # Backups: 2 % of 500 GB a day, 35 days: 350 GB.
    assert usd(lines_of(cluster(masterUsername="admin"))) == {
        "storage": 500 * D("0.10"),  # 50.00
        "I/O requests": D("777.6") * D("0.20"),  # 155.52
        "backups": 350 * D("0.021"),  # 7.35
    }


def test_another_members_storage() -> None:
    # Own reads alone: 1,036.8 million; and it gets every write: 518.4 million. Half a request each.
    assert usd(lines_of(cluster(), on=basis(aws_region="eu-central-1"))) == {
        "storage": D("50.00"),
        "I/O requests": D("518.4") * D("0.20"),  # 103.68
        "backups": D("7.35"),
        "replicated writes": D("259.2") * D("0.20"),  # 51.84
        "changes from the writer's region": 600 * D("0.02"),  # us-east-1 sends, and has the price: 12.00
    }


def test_a_resident_clusters_storage() -> None:
    # Own operations: 1,296 million; 30 % of them are residents', half a request each: 194.4 million.
    resident = cluster("resident", globalClusterIdentifier=None, masterUsername="admin")
    assert usd(lines_of(resident)) == {
        "storage": 100 * D("0.10"),
        "I/O requests": D("194.4") * D("0.20"),  # 38.88
        "backups": 70 * D("0.021"),  # 100 GB x 2 % x 35 days
    }
    # It belongs to no global cluster: nothing is copied to it, whoever declares its credentials.
    assert usd(lines_of(cluster("resident", globalClusterIdentifier=None))) == usd(lines_of(resident))
    # Beside it, the worldwide member has 70 % of the reads: 1,036.8 x 0.7 = 725.76, half a request each.
    assert lines_of(cluster(), resident)["I/O requests"].quantity == D("362.88")


def test_io_optimized_storage_has_no_requests() -> None:
    assert usd(lines_of(cluster(masterUsername="admin", storageType="aurora-iopt1"))) == {
        "storage": 500 * D("0.225"),  # 112.50
        "backups": D("7.35"),
    }
