"""AWS maintains databases and caches from Monday to Thursday, and upgrades none by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies import tokens
from policies.context import Context
from policies.reading import must_be_off
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

# Friday is not among them: in eastern time zones its night in UTC is Saturday already.
_DAYS = ("mon", "tue", "wed", "thu")
_WINDOWS: Mapping[str, str] = {
    tokens.DB_CLUSTER: "preferredMaintenanceWindow",
    tokens.DB_CLUSTER_INSTANCE: "preferredMaintenanceWindow",
    tokens.DB_INSTANCE: "maintenanceWindow",
    tokens.CACHE: "maintenanceWindow",
}


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    field = _WINDOWS[subject.type]
    window = subject.get(field)
    if window is None:
        yield f"{field} is absent: AWS would draw one, on any day."
    elif window is not UNKNOWN and not all(edge.lower().startswith(_DAYS) for edge in str(window).split("-")):
        yield f"{field} is {window!r}: it must be from Monday to Thursday."
    if subject.type != tokens.DB_CLUSTER:  # its instances have it
        yield from must_be_off(subject, "autoMinorVersionUpgrade")


RULE = Rule(
    id="keep-maintenance-off-weekends",
    why="Maintenance restarts a database. The block of deployments does not hold AWS back; only the window does.",
    fix="Set maintenance_window in the region's file, and leave minor versions to a reviewed change.",
    types=tuple(_WINDOWS),
    check=_check,
)
