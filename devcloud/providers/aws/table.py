"""The words of the resource table: what an entry in types/ says about one resource type.

Everything in an entry is data. What has to be computed is a JMESPath expression (https://jmespath.org, with the
functions of expressions.py; mind that `!a.b` is `(!a).b` there and that 0 is true) over a document with these keys:

    input     the inputs as checked, write-only values included
    old       the inputs before this update; empty at create
    id        the resource's id; absent in the create call itself
    live      the object as the service describes it (see `Read`), and its `region`
    response  the create call's answer; only in `ResourceType.id`
    item      one element (or batch) of `Call.each` or `Read.each`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Absent(Enum):
    """What it means that a program does not set an input."""

    COMPUTED = "the service chooses; removing the input from the program changes nothing"


COMPUTED = Absent.COMPUTED


class Same(Enum):
    """When a wanted and a live value count as equal though they are spelled differently (see equality.py)."""

    EXACT = "exact"
    VERSION = "15 and 15.10 are satisfied by 15.10.1"
    SET = "lists in any order"
    JSON = "JSON texts of equal meaning"
    ARN = "an id and the ARN that ends in it"
    DNS = "without the closing dot, in any case"
    NO_CASE = "in any case"
    BLOCK = "blocks, or lists of them in any order, whose wanted members are as wanted; the service may report more"
    PERMISSIONS = "rules of a security group that let the same traffic through"
    PARAMETERS = "lists of name and value in any order; the apply method only where the program names it"


@dataclass(frozen=True)
class Input:
    """One input property."""

    api: str = ""
    """The member of the create and update calls; by default the one that is spelled the same but for case."""

    live: str | None = ""
    """Expression over the live object, in Pulumi's spelling; by default `api`. None: the service never tells."""

    replace: bool = False
    """Changing it replaces the resource."""

    default: Any = None
    """Filled in where the program says nothing, as the official provider does."""

    absent: Any = COMPUTED
    """The value that removing the input stands for."""

    same: Same = Same.EXACT
    kind: type | None = None
    """Its type, where no member of the create or update call says it."""

    block: Mapping[str, type] = field(default_factory=dict[str, type])
    """The members of a block (or of each block in a list), where no parameter's shape says them."""

    members: Mapping[str, str] = field(default_factory=dict[str, str])
    """Pulumi's name -> API member, for nested blocks where they differ by more than case."""

    write_only: str = ""
    """Reaches the service at create, and again when the input of this name changes; stored nowhere, not even
    encrypted."""

    secret: bool = False


@dataclass(frozen=True)
class Read:
    """A call that describes the object. The first one's result is the live object, others are added to it as `into`."""

    operation: str
    send: Mapping[str, str]
    at: str = "@"
    """Expression over the answer, in which `id` and `live` are as well."""

    into: str = ""
    missing: tuple[str, ...] = ()
    """Error codes that mean: there is none."""

    each: str = ""
    """Once for each element of this list, as `item`; the result is the list of what was found."""

    region: str = ""
    """Expression: where to ask, if not in the resource's own region."""


@dataclass(frozen=True)
class Call:
    """A call that changes something."""

    operation: str
    send: Mapping[str, str] = field(default_factory=dict[str, str])
    """API member -> expression; sent whenever it is not null."""

    on: tuple[str, ...] = ()
    """Inputs whose setting (at create) or change (at update) makes this call necessary; only in `ResourceType.then`."""

    when: str = ""
    """Only where this expression is true."""

    each: str = ""
    """Once for each element of this list, as `item`; with `batch`, for each batch of so many elements."""

    batch: int = 0
    reads: tuple[Read, ...] = ()
    """What to look up first; added to `live`."""

    whole: bool = False
    """An update that sets what it is not told back to its default: it is sent all the inputs, changed or not."""

    region: str = ""
    """Expression: where to call, if not in the resource's own region."""


@dataclass(frozen=True)
class Wait:
    """The live object is ready when `state` is one of `ready`; it never will be when it is one of `failed`."""

    state: str
    ready: tuple[str, ...]
    failed: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    """The states of an object that is being deleted."""


@dataclass(frozen=True)
class Find:
    """How an object is found whose id the service chose: a call that lists candidates, and what tells it from them."""

    operation: str
    send: Mapping[str, str]
    """API member -> expression over `input`; sent where it is not null."""

    ids: str
    """Expression over the answer: the ids of the candidates."""

    by: tuple[str, ...]
    """Inputs that, together, no other object has; a resource without one of them cannot be told from others."""

    alike: tuple[str, ...] = ()
    """Inputs that must be as asked for as well, which is: not there where the program does not set them."""


@dataclass(frozen=True)
class Name:
    """The input that names the resource: made up as `<resource name>-<7 hex>` where the program gives none."""

    input: str
    limit: int
    prefix_input: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class ResourceType:
    """One resource type of the official provider."""

    pulumi_type: str
    """Its token, such as `aws:rds/cluster:Cluster`."""

    service: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, str]
    """Output property -> expression over the live object; the inputs are outputs as well."""

    id: str
    """Expression over `response` and `input`."""

    create: Call
    reads: tuple[Read, ...]
    delete: Call | None
    """None: it is a part of something else, and stays as it is when the program lets go of it."""

    name: Name | None = None
    update: Call | None = None
    then: tuple[Call, ...] = ()
    """What create and update do besides their own call."""

    before_delete: tuple[Call, ...] = ()
    missing: tuple[str, ...] = ()
    """Error codes that mean: this object does not exist."""

    gone: str = ""
    """Expression over the live object: it still answers, but is deleted."""

    find: Find | None = None
    """Only where the id is neither the name nor made of inputs."""

    wait: Wait | None = None
    timeout: float = 1200
    """Seconds that create, update or delete may take where the program does not say."""

    regional: bool = True

    def all_inputs(self) -> Mapping[str, Input]:
        """The inputs of the table, with `region` where the service has regions."""
        return {**self.inputs, "region": REGION} if self.regional else self.inputs


REGION = Input(live=None, replace=True, kind=str)


@dataclass(frozen=True)
class Function:
    """An invoke: one call, and its result by property."""

    invoke: str
    """Its token, such as `aws:index/getRegion:getRegion`."""

    service: str
    operation: str
    returns: Mapping[str, str]
    """Property -> expression over the call's answer, with the `region` in it."""

    send: Mapping[str, str] = field(default_factory=dict[str, str])
    arguments: tuple[str, ...] = ()
