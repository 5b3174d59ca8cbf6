"""Projects with generated regions: what benchmarks measure and tests try, of any number of regions.

Everything that a region file may say differs from region to region, within what is valid, names up to their limits.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

from regions.load import PACKAGE_DIRECTORY, WORKLOADS_FILE, region_files
from regions.model.base import time_zone_names

Document = dict[str, Any]

_GROUP_MEMBERS = 11  # Aurora's limit: a writer and ten secondaries
_NEIGHBOURS = 4  # most that are under one law
_LONGEST_NAME = 24
_AWS_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"),
    *("eu-central-1", "eu-central-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "eu-south-2"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-northeast-1", "ap-northeast-2"),
    *("ap-northeast-3", "ap-south-1", "ap-south-2", "ap-east-1", "me-south-1", "me-central-1", "il-central-1"),
    "af-south-1",
)
_LANGUAGES = ("en", "de", "fr", "es", "pt", "zh", "hi", "ja", "ko", "ar", "he", "fil")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Project(NamedTuple):
    """The files of a project: region files and workloads by name, and the settings of its one environment."""

    environment: str
    regions: Mapping[str, Document]
    workloads: Document
    settings: Document

    def write(self, directory: Path) -> Path:
        """Write `regions/*.yaml` and `Pulumi.<environment>.yaml`; returns the directory."""
        folder = directory / PACKAGE_DIRECTORY.name
        folder.mkdir()
        files = {folder / f"{name}.yaml": document for name, document in self.regions.items()}
        files |= {folder / WORKLOADS_FILE: self.workloads}
        files |= {directory / f"Pulumi.{self.environment}.yaml": self.settings}
        for file, document in files.items():
            file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return directory

    @property
    def stacks(self) -> list[str]:
        """The global stack's name, and each region's."""
        return [self.environment, *(f"{self.environment}-{name}" for name in self.regions)]


def project(count: int, seed: int, settings: Path, environment: str = "") -> Project:
    """A valid project of `count` regions, all of them on; a seed makes the same one every time.

    Args:
        settings: the Pulumi.<environment>.yaml to begin with.
        environment: the environment's name; by default the file's.
    """
    random = Random(seed)  # noqa: S311 - nothing here is a secret
    workloads = _read(PACKAGE_DIRECTORY / WORKLOADS_FILE)
    originals = [_read(path) for path in region_files(PACKAGE_DIRECTORY)]
    # Each region has a generator of its own, so that another region changes nothing of those before it.
    seeds = [random.getrandbits(64) for _ in range(count)]
    members = -(-count // _groups(count, random))
    aws_regions = _aws_regions(members, random)
    regions = [_region(place, aws_regions, Random(own), originals, workloads) for place, own in enumerate(seeds)]  # noqa: S311
    _replicate(regions, members, random)
    _reside(regions, random)
    for region in regions:
        _enlarge_pool(region, workloads["pooler"]["replicas"], random)
    return Project(
        environment or settings.name.split(".")[1],
        {region["name"]: region for region in regions},
        workloads,
        settings_for(_read(settings), [region["name"] for region in regions]),
    )


def settings_for(document: Document, regions: Sequence[str]) -> Document:
    """The settings with these regions on, each with the ceiling that it has already, or some."""
    changed = copy.deepcopy(document)
    settings = changed["config"]["wedsync:environment"]
    settings["regions"] = list(regions)
    ceilings = settings["monthly_ceilings_usd"]
    settings["monthly_ceilings_usd"] = {name: ceilings.get(name, 9000) for name in ("global", *regions)}
    return changed


def _groups(count: int, random: Random) -> int:
    """As many worldwide groups as so many regions need, sometimes one more."""
    return min(count, -(-count // _GROUP_MEMBERS) + random.choice([0, 0, 1]))


def _aws_regions(members: int, random: Random) -> list[str]:
    """AWS regions to go round: all there are, or so few that regions of different groups share one."""
    few = max(members, _NEIGHBOURS)
    return random.sample(_AWS_REGIONS, random.choice([few, len(_AWS_REGIONS)]))


def _read(file: Path) -> Document:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _region(
    place: int, aws_regions: Sequence[str], random: Random, originals: Sequence[Document], workloads: Document
) -> Document:
    """A region without its place in replication groups. It begins as one of the repository's."""
    region = copy.deepcopy(random.choice(originals))
    aws_region = aws_regions[place % len(aws_regions)]
    region |= {
        "name": _name(place, random),
        "aws_region": aws_region,
        "traffic_weight": random.choice([0.001, round(random.uniform(0.01, 10), 3), 1000]),
        "focus": _identifier(random),
        "aggressiveness": random.choice(["conservative", "moderate", "cultural_aware", "payment_focused"]),
        "languages": random.sample(_LANGUAGES, random.randint(1, 4)),
        "cultural_patterns": sorted({_identifier(random) for _ in range(random.randint(1, 4))}),
        "geography": f"geography_{place}",
        "optimization": _identifier(random),
        "season": _season(random),
        "markets": _markets(random, sorted(workloads["demand"]["cultures"])),
        "network": {
            **region["network"],
            "vpc_cidr": f"10.{place + 1}.0.0/{random.randint(16, 22)}",
            "zones": [f"{aws_region}{letter}" for letter in random.sample("abcdef", random.randint(2, 3))],
        },
    }
    region["database"] |= _database(random)
    for optional in ("residency", "cluster"):
        region.pop(optional, None)
    if random.random() < 0.3:
        region["cluster"] = {"existing": f"Existing_{_word(random, random.choice([1, 80]))}"}
    return region


def _name(place: int, random: Random) -> str:
    """Short, or as long as it may be; its last part makes it unique."""
    if random.random() < 0.5:
        return f"{random.choice(['eu', 'us', 'pacific'])}-{place}"
    end = f"-{place:04d}"
    parts = [_word(random, 12), _word(random, 12)]
    return "-".join(parts)[: _LONGEST_NAME - len(end)].rstrip("-") + end


def _season(random: Random) -> Document:
    """Months in a row from any month on, so that many seasons cross the year's end; up to all twelve."""
    start, length = random.randint(1, 12), random.choice([1, 3, 6, 11, 12])
    season: Document = {"peak_months": [(start + month - 1) % 12 + 1 for month in range(length)]}
    if random.random() < 0.5:
        season["engagement_months"] = sorted(random.sample(range(1, 13), random.randint(0, 4)))
    return season


def _markets(random: Random, cultures: Sequence[str]) -> list[Document]:
    zones = random.sample(sorted(time_zone_names()), random.choice([1, 2, 8]))
    markets: list[Document] = []
    for zone, share in zip(zones, _shares(random, len(zones)), strict=True):
        there = random.sample(cultures, random.randint(1, len(cultures)))
        name = f"{random.choice(['São Paulo', 'Łódź', '東京', 'Berlin'])} {len(markets)}"
        market: Document = {"name": name, "time_zone": zone, "traffic_share": share}
        market["cultures"] = dict(zip(there, _shares(random, len(there)), strict=True))
        markets.append(market | ({"season": _season(random)} if random.random() < 0.3 else {}))
    return markets


def _database(random: Random) -> Document:
    floor = random.choice([0.5, 2, 16])
    hour, day = random.randint(0, 20), random.choice(["mon", "tue", "wed", "thu"])
    return {
        "engine_version": f"15.{random.randint(4, 12)}",
        "min_acu": floor,
        "max_acu": random.choice([floor, 64, 256]),
        "readers": random.choice([1, 2, 15]),
        "query_timeout_ms": random.choice([100, 30_000, 300_000]),
        "backup_retention_days": random.choice([1, 7, 35]),
        "backup_window": f"{hour:02d}:00-{hour:02d}:30",
        "maintenance_window": f"{day}:{hour + 2:02d}:00-{day}:{hour + 2:02d}:30",
    }


def _replicate(regions: Sequence[Document], members: int, random: Random) -> None:
    """Put the regions, in their order, into worldwide groups of so many members."""
    for start in range(0, len(regions), members):
        group = regions[start : start + members]
        title = f"{random.choice(['worldwide', _word(random, 60)])}-{start // members}"
        for region, place in zip(group, _places(group, title, random), strict=True):
            region["replication"] = place


def _places(members: Sequence[Document], group: str, random: Random) -> list[Document]:
    """Each member's place in the group: one first writer, and any failover orders among those that are targets."""
    writer = random.randrange(len(members))
    targets = [place == writer or random.random() < 0.7 for place in range(len(members))]
    places: list[Document] = []
    for place in range(len(members)):
        others = [each["name"] for index, each in enumerate(members) if targets[index] and index != place]
        places.append(
            {
                "group": group,
                "bootstrap_writer": place == writer,
                "failover_target": targets[place],
                "failover_order": random.sample(others, random.randint(0, len(others))),
            }
        )
    return places


def _reside(regions: Sequence[Document], random: Random) -> None:
    """Put some neighbours under one law; some of them with clusters for residents, in one group."""
    if random.random() < 0.4:
        return
    first = random.randrange(len(regions))
    # Of different AWS regions: Aurora has one member of a group in each.
    subjects = regions[first : first + random.randint(1, _NEIGHBOURS)]
    lawful = [region["aws_region"] for region in subjects]
    holders = [region for region in subjects if random.random() < 0.7]
    places = _places(holders, random.choice(["resident", _word(random, 63)]), random) if holders else []
    for region in subjects:
        region["residency"] = {"jurisdiction": "EU", "law": "GDPR", "aws_regions": lawful}
    for region, place in zip(holders, places, strict=True):
        region["residency"]["resident_cluster"] = place


def _enlarge_pool(region: Document, replicas: int, random: Random) -> None:
    """A connection for each replica of the pooler to each database, or more."""
    databases = 2 + ("resident_cluster" in region.get("residency", {}))
    region["database"]["pool_size"] = random.choice([replicas * databases, 60, 5000])


def _shares(random: Random, count: int) -> list[float]:
    """Parts of 1."""
    cuts = sorted(random.sample(range(1, 1000), count - 1))
    return [round((end - start) / 1000, 3) for start, end in zip([0, *cuts], [*cuts, 1000], strict=True)]


def _identifier(random: Random) -> str:
    return _word(random, random.choice([1, 12, 63])).replace("-", "_")


def _word(random: Random, length: int) -> str:
    return "".join(random.choice(_LETTERS) for _ in range(length))
