"""Reads the region files as one set: either a fleet that is right, or every mistake of every file."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from regions.checks import region_problems, workload_problems
from regions.draft import Draft, M, draft, unreadable
from regions.fleet import Fleet
from regions.fleet_checks import fleet_problems
from regions.model import Region, Workloads
from regions.model.demand import ObservedDates
from regions.problems import ABSENT, FleetError, Problem, Problems
from regions.special_day_checks import observed_dates_problems
from regions.yaml_reader import read_yaml

PACKAGE_DIRECTORY = Path(__file__).resolve().parent
SUFFIX = ".yaml"
WORKLOADS_FILE = f"workloads{SUFFIX}"
OBSERVED_DATES_FILE = f"observed_dates{SUFFIX}"

_NO_REGIONS = (WORKLOADS_FILE, OBSERVED_DATES_FILE)


def load_fleet(directory: Path | None = None) -> Fleet:
    """Read every region file of a directory, workloads.yaml, and observed_dates.yaml if there is one.

    Args:
        directory: where the files are; by default this package's own, wherever the program runs.
    Raises:
        FleetError: with all mistakes of all files; nothing is half loaded.
    """
    directory = PACKAGE_DIRECTORY if directory is None else directory
    paths = region_files(directory)
    reports = [_directory_problems(directory, paths)]
    workloads = _read(Workloads, directory / WORKLOADS_FILE, reports)
    regions = [_read(Region, path, reports) for path in paths if path.suffix == SUFFIX]
    observed = _observed_dates(directory / OBSERVED_DATES_FILE, reports)
    reports.append(workload_problems(workloads))
    reports.append(observed_dates_problems(observed, workloads))
    reports += [region_problems(region, workloads) for region in regions]
    reports.append(fleet_problems(regions, directory.name))
    problems = tuple(sorted((problem for report in reports for problem in report), key=lambda problem: problem.file))
    if problems or workloads.model is None or observed.model is None:
        raise FleetError(problems)
    in_order = _in_order([region.model for region in regions if region.model])
    return Fleet(in_order, workloads.model, observed.model.dates)


def region_files(directory: Path) -> list[Path]:
    """Return the files of a directory that should each be a region's, by name."""
    return sorted(path for path in directory.glob("*.y*ml") if path.name not in _NO_REGIONS)


def _directory_problems(directory: Path, paths: list[Path]) -> Problems:
    name = directory.name
    if not directory.is_dir():
        return (Problem(name, "", ABSENT, f"there is no directory {directory}; give the one with the region files"),)
    if not paths:
        return (Problem(name, "", ABSENT, f"no region file here; put <region>{SUFFIX} files into {directory}"),)
    # Left alone, a region would be missing from the fleet without a word.
    return tuple(
        Problem(f"{name}/{path.name}", "", ABSENT, f"is not read; rename it to {path.stem}{SUFFIX}")
        for path in paths
        if path.suffix != SUFFIX
    )


def _read(kind: type[M], path: Path, reports: list[Problems]) -> Draft[M]:
    """Read and check one file by itself; what is wrong with it is added to `reports`."""
    label = f"{path.parent.name}/{path.name}"
    raw, syntax = read_yaml(path, label)
    reports.append(syntax)
    if raw is None:
        return unreadable(label, path.stem)
    result, found = draft(kind, label, path.stem, raw)
    reports.append(found)
    return result


def _observed_dates(path: Path, reports: list[Problems]) -> Draft[ObservedDates]:
    if path.exists():
        return _read(ObservedDates, path, reports)
    return Draft(f"{path.parent.name}/{path.name}", path.stem, {}, frozenset(), ObservedDates(dates=()))


def _in_order(regions: list[Region]) -> MappingProxyType[str, Region]:
    regions = sorted(regions, key=lambda region: (not region.replication.bootstrap_writer, region.name))
    return MappingProxyType({region.name: region for region in regions})
