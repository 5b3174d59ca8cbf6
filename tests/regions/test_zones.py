"""Time zones come from the pinned package, whatever the host has."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from regions.model.base import time_zone_names
from regions.zones import time_zone


@pytest.fixture
def wrong_host(tmp_path: Path) -> Generator[None]:
    """A host whose file of Berlin is Tokyo's."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    zoneinfo.reset_tzpath([tmp_path])
    zoneinfo.ZoneInfo.clear_cache()
    time_zone.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("wrong_host")
def test_the_files_of_the_host_are_not_asked() -> None:
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert noon.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset() == timedelta(hours=9)
    assert noon.astimezone(time_zone("Europe/Berlin")).utcoffset() == timedelta(hours=1)


def test_a_zone_knows_its_name_and_is_one_object() -> None:
    assert time_zone("America/Argentina/Buenos_Aires").key == "America/Argentina/Buenos_Aires"
    assert time_zone("Asia/Tokyo") is time_zone("Asia/Tokyo")


def test_every_zone_that_a_market_may_name_can_be_read() -> None:
    assert {time_zone(name).key for name in time_zone_names()} == time_zone_names()


@pytest.mark.parametrize("name", ["Europe/Berln", "Europe", "", "../__init__.py", "zone.tab"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError, match=f"no time zone {re.escape(repr(name))}"):
        time_zone(name)
