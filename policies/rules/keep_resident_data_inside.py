"""Residents' personal data stays in its jurisdiction, with its copies, backups, logs and exports.

`delivery/residency.py` asks the same of a whole stack or state, along its dependencies. A rule sees one resource,
before it is made: what holds the data carries its replication group as a tag or in a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import is_on, texts, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject
from regions.aws_names import named_regions
from regions.model import Region, Residency

_GROUP = "wedsync:replication-group"
# What takes data along to where it is told to, whether or not it names whose.
_SENDERS = frozenset((tokens.BACKUP_PLAN, tokens.LOG_SUBSCRIPTION, tokens.SECRET, tokens.TABLE))


def _check(subject: Subject, context: Context) -> Iterator[str]:
    own = [place.group for place in context.region.replications] if context.region else []
    for region in context.fleet.regions.values():
        group = _resident_group(region)
        if group and group not in own and _mentions(subject, group):
            yield f"It refers to {group}, the residents' data of {region.name}, which no other stack may."
    residency = context.region.residency if context.region else None
    if residency is not None and subject.type.startswith((tokens.AWS, tokens.AWS_PROVIDER)):
        yield from _inside(subject, residency)


def _inside(subject: Subject, residency: Residency) -> Iterator[str]:
    lawful = residency.aws_regions
    where = subject.get("region") or subject.aws_region
    if where is not UNKNOWN and where not in lawful:
        yield f"It is in {where or 'an AWS region that is not known'}, outside of {', '.join(lawful)}."
    if subject.type in tokens.COPIERS:
        yield "It copies data to another place."
    if subject.type == tokens.KEY and is_on(subject.get("multiRegion")):
        yield "It is a multi-region key: what it opens could be opened elsewhere."
    group = residency.resident_cluster.group if residency.resident_cluster else None
    carries = group is not None and _carries(subject, group)
    if carries or subject.type in _SENDERS:
        for text in texts(subject.props):
            for region in named_regions(text):
                if region not in lawful and region != where:
                    yield f"It names {region}, outside of {', '.join(lawful)}."
    joined = subject.get("globalClusterIdentifier")
    if carries and joined not in (None, UNKNOWN) and not _names(str(joined), str(group)):
        yield f"It is in the global cluster {written(joined)}, which is not the one of {group}."


def _resident_group(region: Region) -> str | None:
    place = region.residency.resident_cluster if region.residency else None
    return place.group if place else None


def _carries(subject: Subject, group: str) -> bool:
    return subject.get(f"tags.{_GROUP}") == group or _mentions(subject, group)


def _mentions(subject: Subject, group: str) -> bool:
    return _names(subject.name, group) or any(_names(text, group) for text in texts(subject.props))


def _names(text: str, group: str) -> bool:
    """Whether a text has the group's name as a word: "a-resident-eu-b" has "resident-eu", "resident-europe" has not."""
    start = text.find(group)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(group) : start + len(group) + 1]
        if not any(each.isascii() and (each.islower() or each.isdigit()) for each in around):
            return True
        start = text.find(group, start + 1)
    return False


RULE = Rule(
    id="keep-resident-data-inside",
    why="A law keeps it there. A copy elsewhere is a breach from its first second; deleting it does not undo that.",
    fix="Keep everything of the resident cluster in the AWS regions that `residency` in the region's file lists.",
    check=_check,
)
