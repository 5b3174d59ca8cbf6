"""What the commands are given, checked: an environment, time zones."""

from __future__ import annotations

from delivery.steps import InputError
from regions.fleet import Fleet
from regions.model import Region
from regions.model.base import did_you_mean, time_zone_names


def environment_regions(fleet: Fleet, name: str) -> list[Region]:
    """Return the regions of the environment of this name.

    Raises:
        SettingsError: there is none, or its file is wrong.
    """
    from stacks.environment import check_regions, load_environment

    environment = load_environment(name)
    check_regions(environment, fleet)
    return [fleet.region(each) for each in environment.regions]


def zones_of(text: str) -> tuple[str, ...]:
    """Return the IANA time zones of a list such as "Europe/Berlin,Asia/Tokyo", each once.

    Raises:
        InputError: one of them is none; all such are told.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    known = time_zone_names()
    wrong = [
        f"--zones {name!r}: no IANA time zone{did_you_mean(name, known)}"
        for name in names
        if name and name not in known
    ]
    if "" in names:
        wrong.append(f"--zones {text!r}: has a place without a name; leave out the comma that is too many.")
    if wrong:
        raise InputError("\n".join(wrong))
    return names
