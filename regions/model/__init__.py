"""The shape of regions/*.yaml: frozen models whose descriptions are the editors' documentation."""

from regions.model.cache import Cache, CacheStandard
from regions.model.cluster import ClusterStandard, ExistingCluster
from regions.model.database import Database, DatabaseStandard, Replication, Residency
from regions.model.market import Market, Phase, Season
from regions.model.network import Network, NetworkStandard, Subnet
from regions.model.operations import BudgetAlerts, Entry, ImageRetention
from regions.model.region import Region
from regions.model.workloads import Workloads

__all__ = [
    "BudgetAlerts",
    "Cache",
    "CacheStandard",
    "ClusterStandard",
    "Database",
    "DatabaseStandard",
    "Entry",
    "ExistingCluster",
    "ImageRetention",
    "Market",
    "Network",
    "NetworkStandard",
    "Phase",
    "Region",
    "Replication",
    "Residency",
    "Season",
    "Subnet",
    "Workloads",
]
