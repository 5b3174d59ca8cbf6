"""The fleet: all regions together, and the workloads that run in each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from regions.model import Region, Replication, Workloads
from regions.model.base import suggestion
from regions.model.demand import ObservedDate


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every region by name (bootstrap writers of the worldwide groups first, then by name) and the workloads.

    Made by `regions.load.load_fleet`, which has checked it; the methods rely on that.
    """

    regions: Mapping[str, Region]
    workloads: Workloads
    observed_dates: tuple[ObservedDate, ...] = ()
    """Lunar events that were observed on other days than computed."""

    def region(self, name: str) -> Region:
        """Return the region of this name.

        Raises:
            KeyError: there is none; the message names the known ones.
        """
        if name not in self.regions:
            known = tuple(self.regions)
            raise KeyError(f"no region {name!r}{suggestion(name, known)}")
        return self.regions[name]

    def restricted(self, names: Collection[str]) -> Fleet:
        """Return the fleet of these regions alone: no failover order names another one.

        Raises:
            KeyError: one of them is not in the fleet.
        """
        for name in names:
            self.region(name)
        kept = {name: _among(region, names) for name, region in self.regions.items() if name in names}
        return Fleet(MappingProxyType(kept), self.workloads, self.observed_dates)

    @property
    def groups(self) -> tuple[str, ...]:
        """Every replication group, in the order of the regions."""
        return tuple(dict.fromkeys(r.group for region in self.regions.values() for r in region.replications))

    @property
    def home(self) -> str:
        """The AWS region of what an environment has in one place: that of its first bootstrap writer."""
        return self.bootstrap_writer(self.groups[0]).aws_region

    @property
    def aws_regions(self) -> tuple[str, ...]:
        """Every AWS region that has a region of the fleet, the home first."""
        return tuple(dict.fromkeys((self.home, *(region.aws_region for region in self.regions.values()))))

    def members(self, group: str) -> tuple[Region, ...]:
        """Return the regions with a cluster in `group`, its bootstrap writer first.

        Raises:
            KeyError: no region is in such a group.
        """
        members = [region for region in self.regions.values() if _place(region, group)]
        if not members:
            raise KeyError(f"no replication group {group!r} (known: {', '.join(self.groups)})")
        return tuple(sorted(members, key=lambda region: not self.replication(region, group).bootstrap_writer))

    def bootstrap_writer(self, group: str) -> Region:
        """Return the region that creates the group's first writer.

        Raises:
            KeyError: no region is in such a group.
        """
        return self.members(group)[0]

    def replication(self, region: Region, group: str) -> Replication:
        """Return the region's place in `group`.

        Raises:
            KeyError: the region is not in it.
        """
        place = _place(region, group)
        if place is None:
            raise KeyError(f"{region.name} is not in replication group {group!r}")
        return place

    def failover_order(self, group: str) -> tuple[str, ...]:
        """Return the regions that write for `group`, by name: the bootstrap writer, then who takes over."""
        writer = self.bootstrap_writer(group)
        return (writer.name, *self.replication(writer, group).failover_order)

    @property
    def regional_optimizations(self) -> dict[str, str]:
        """What the optimiser does in each geography: regional_optimizations of wedding-season-config."""
        return {region.geography: region.optimization for region in self.regions.values()}

    def traffic_share(self, region: Region) -> float:
        """Return the region's part of the fleet's traffic: above 0 to 1, all regions sum to 1."""
        return region.traffic_weight / sum(other.traffic_weight for other in self.regions.values())

    def operations_per_second(self, region: Region) -> float:
        """Return the mean database operations a second of one region."""
        return self.traffic_share(region) * self.workloads.demand.mean_operations_per_second


def _among(region: Region, names: Collection[str]) -> Region:
    """The region with failover orders of these regions alone."""

    def only(place: Replication) -> Replication:
        order = tuple(name for name in place.failover_order if name in names)
        return place.model_copy(update={"failover_order": order})

    changed: dict[str, object] = {"replication": only(region.replication)}
    if region.residency and region.residency.resident_cluster:
        resident = only(region.residency.resident_cluster)
        changed["residency"] = region.residency.model_copy(update={"resident_cluster": resident})
    return region.model_copy(update=changed)


def _place(region: Region, group: str) -> Replication | None:
    return next((place for place in region.replications if place.group == group), None)
