"""What every model of region and workload data shares: frozen, strict, and the field types with their checks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from regions.cities import country_codes

T = TypeVar("T")

SHARE_TOLERANCE = 1e-6  # shares are written with a few decimals; this only forgives binary fractions


class Model(BaseModel):
    """Frozen data that refuses unknown fields and never converts: "6" is not 6, and yes is not true."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # importing regions must not pay for schemas that a command does not use
    )


@cache
def time_zone_names() -> frozenset[str]:
    """Every IANA name of the pinned tzdata package; the host's own zone files are not asked."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def closest(word: str, known: frozenset[str]) -> str | None:
    """Return the known word that `word` was probably meant to be, or None."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def did_you_mean(word: str, known: frozenset[str]) -> str:
    """Return "; did you mean 'x'?" for the closest known word, or nothing."""
    name = closest(word, known)
    return f"; did you mean {name!r}?" if name else ""


def suggestion(word: str, known: tuple[str, ...]) -> str:
    """Return what a wrong word may have been meant to be: the closest known one, else all known ones."""
    return did_you_mean(word, frozenset(known)) or f"; known: {', '.join(known)}"


def shares_problem(shares: tuple[float, ...]) -> str | None:
    """Return why these shares do not describe a whole, or None if they sum to 1."""
    total = sum(shares)
    if abs(total - 1) <= SHARE_TOLERANCE:
        return None
    return f"the shares must sum to 1, but sum to {total:.6g}"


def _time_zone(name: str) -> str:
    if name not in time_zone_names():
        raise PydanticCustomError(
            "time_zone",
            "must be an IANA time zone such as 'Europe/Berlin'{hint}",
            {"hint": did_you_mean(name, time_zone_names())},
        )
    return name


def _country(code: str) -> str:
    if code not in country_codes():
        raise PydanticCustomError("country", "must be a country's two letters (ISO 3166), such as 'DE'")
    return code


# A quarter of a VPC becomes sixteen subnets, and AWS has none smaller than /28; it has no VPC larger than /16.
_VPC_PREFIXES = range(16, 23)


def _vpc_cidr(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError as error:
        raise PydanticCustomError(
            "cidr", "must be an IPv4 network such as '10.10.0.0/16' ({reason})", {"reason": str(error)}
        ) from error
    if network.prefixlen not in _VPC_PREFIXES or not network.is_private:
        raise PydanticCustomError("cidr", "must be a private network from /16 to /22, such as '10.10.0.0/16'")
    return text


def _whole(shares: Mapping[str, float]) -> Mapping[str, float]:
    if problem := shares_problem(tuple(shares.values())):
        raise PydanticCustomError("shares", "{problem}", {"problem": problem})
    return shares


def _unique(items: tuple[T, ...]) -> tuple[T, ...]:
    twice = sorted({str(item) for item in items if items.count(item) > 1})
    if twice:
        raise PydanticCustomError("unique", "must list each once; {twice} is there twice", {"twice": ", ".join(twice)})
    return items


def _frozen(mapping: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType(dict(mapping))


# The name becomes part of stack, cluster, namespace and file names, whose tightest limit (63 characters for a
# Kubernetes label and for an Aurora identifier) must leave room for what is put around it.
RegionName = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,12}(-[a-z0-9]{1,12}){1,3}$", max_length=24), Field(examples=["us-east-1"])
]
AwsRegion = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+){1,2}-[0-9]$"), Field(examples=["ap-southeast-1"])
]
AwsZone = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+){1,2}-[0-9][a-z]$"), Field(examples=["us-east-1a"])
]
DnsLabel = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"), Field(examples=["wedding-api"])
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$"), Field(examples=["booking_surge"])]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$"), Field(examples=["en"])]
CountryCode = Annotated[str, AfterValidator(_country)]
SubdivisionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,6}$"), Field(examples=["BY"])]
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$"), Field(examples=["EU"])]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]
EngineVersion = Annotated[
    str, StringConstraints(pattern=r"^(1[5-9]|[2-9][0-9])\.[0-9]{1,2}$"), Field(examples=["15.10"])
]
Quantity = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?$"), Field(examples=["512Mi"])
]
Disruptions = Annotated[
    str, StringConstraints(pattern=r"^([1-9][0-9]{0,2}|([1-9][0-9]?|100)%)$"), Field(examples=["1", "25%"])
]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/-]*$"), Field(examples=["/app/logs"])]
LabelKey = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9.-]+/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"),
    Field(examples=["wedding-critical"]),
]
LabelValue = Annotated[
    str, StringConstraints(pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"), Field(examples=["true"])
]
# Aurora Serverless v2 capacity comes in half units.
Acu = Annotated[float, Field(ge=0.5, le=256, multiple_of=0.5)]
Month = Annotated[int, Field(ge=1, le=12)]
Share = Annotated[float, Field(gt=0, le=1)]
Weight = Annotated[float, Field(gt=0, le=1000)]
Factor = Annotated[float, Field(ge=1, le=100)]
Count = Annotated[int, Field(ge=1, le=1000)]
Percent = Annotated[int, Field(ge=1, le=100)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Port = Annotated[int, Field(ge=1, le=65_535)]
TimeZoneName = Annotated[str, AfterValidator(_time_zone)]
VpcCidr = Annotated[str, AfterValidator(_vpc_cidr)]
UniqueTuple = Annotated[tuple[T, ...], AfterValidator(_unique)]
FrozenMapping = Annotated[Mapping[str, T], AfterValidator(_frozen)]
ShareMapping = Annotated[Mapping[str, Share], AfterValidator(_whole), AfterValidator(_frozen)]
Labels = Annotated[Mapping[LabelKey, LabelValue], AfterValidator(_frozen)]
