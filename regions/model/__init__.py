"""The shape of regions/*.yaml: frozen models whose descriptions are the editors' documentation."""

from regions.model.database import Database, Replication, Residency
from regions.model.market import Market, Phase, Season
from regions.model.network import Network, Subnet
from regions.model.region import Region
from regions.model.workloads import Workloads

__all__ = [
    "Database",
    "Market",
    "Network",
    "Phase",
    "Region",
    "Replication",
    "Residency",
    "Season",
    "Subnet",
    "Workloads",
]
