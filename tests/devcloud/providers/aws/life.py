"""A resource's whole life at the local endpoint, and what must hold at every age of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import boto3

from devcloud.providers.aws.types import TYPES
from devcloud.providers.plugin import Resource, State

Inputs = dict[str, Any]
HOME, ABROAD = "us-east-1", "eu-central-1"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"%s"}}]}'
)
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"%s","Resource":"*"}]}'
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"%s","Resource":"*"}]}'
UNTOLD_AND_REPLACING = {"bootstrapSelfManagedAddons"}
"""The service does not report them and they cannot be changed: here as there, an import with them is a replacement."""
_NUMBERS = itertools.count(1)  # the tests of a session share an endpoint


class World:
    """What resources need around them, made by the provider as well, with names that no other test has."""

    def __init__(self, aws: Any, resource: Callable[..., Resource]) -> None:
        self._aws, self._resource = aws, resource
        self.title = f"world-{next(_NUMBERS)}"
        self.made: list[tuple[Resource, State]] = []
        self._vpc = ""
        self._subnets: dict[int, str] = {}

    def make(self, pulumi_type: str, inputs: Inputs) -> State:
        this = self._resource(pulumi_type, f"{self.title}-{len(self.made)}")
        state = self._aws.create(this, dict(inputs))
        self.made.append((this, state))
        return state

    def client(self, service: Any, region: str = HOME) -> Any:
        """The service itself, asked without the provider."""
        return boto3.client(service, region_name=region, aws_access_key_id="local", aws_secret_access_key="local")

    def tags(self, what: str = "it") -> dict[str, str]:
        return {"Name": f"{self.title}-{what}"}

    def vpc(self) -> str:
        if not self._vpc:
            self._vpc = self.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.9.0.0/16", "tags": self.tags("vpc")}).identifier
        return self._vpc

    def subnet(self, number: int = 1) -> str:
        if number not in self._subnets:
            inputs = {"vpcId": self.vpc(), "availabilityZone": f"{HOME}{' abc'[number]}"}
            made = self.make("aws:ec2/subnet:Subnet", {**inputs, "cidrBlock": f"10.9.{number}.0/24"})
            self._subnets[number] = made.identifier
        return self._subnets[number]

    def subnets(self) -> list[str]:
        return [self.subnet(1), self.subnet(2)]

    def group(self) -> str:
        inputs = {"name": f"{self.title}-{len(self.made)}", "vpcId": self.vpc()}
        return self.make("aws:ec2/securityGroup:SecurityGroup", inputs).identifier

    def key(self) -> str:
        return self.make("aws:kms/key:Key", {"tags": self.tags("key")}).outputs["arn"]

    def role(self, service: str = "rds.amazonaws.com") -> State:
        return self.make("aws:iam/role:Role", {"assumeRolePolicy": TRUST % service})

    def log_group(self) -> str:
        inputs = {"name": f"/{self.title}/{len(self.made)}"}
        return self.make("aws:cloudwatch/logGroup:LogGroup", inputs).outputs["arn"]


W = TypeVar("W", bound=World)
Wanted = Callable[[W], Inputs]


@dataclass(frozen=True)
class Case(Generic[W]):
    """One type: what is asked for, and what then becomes of it.

    Attributes:
        changed: what is changed of it first (None: taken away), if anything can be.
        outputs: those that must be there.
        then: further changes, one after the other.
        replaces: other values, each of which takes another object.
        asked: something that the service itself tells after the changes.
        answer: what it is then, and was not before.
    """

    pulumi_type: str
    inputs: Wanted[W]
    changed: Inputs | Wanted[W]
    outputs: set[str] = field(default_factory=set[str])
    then: tuple[Inputs, ...] = ()
    replaces: Inputs | None = None
    asked: Callable[[W, State], object] | None = None
    answer: object = None


class Life:
    """Puts one resource through its steps; asserts what must hold after each of them."""

    def __init__(self, aws: Any, this: Resource) -> None:
        self._aws, self._this = aws, this
        self.state = State("", {}, {})
        self.wanted: Inputs = {}
        self._checked: Inputs = {}

    def create(self, inputs: Inputs) -> State:
        """What a create made whose end nobody saw is found, as long as it is there."""
        self.wanted, self._checked = dict(inputs), self._aws.checked(self._this, inputs)
        assert self.found() is None
        self.state = self._aws.create(self._this, dict(inputs))
        assert self.state.outputs["id"] == self.state.identifier
        assert self.found() == self.state.identifier
        does_not_drift(self._aws, self._this, self.state, inputs)
        return self.state

    def change(self, changed: Inputs) -> State:
        """Bring new values to it, None to take one away; nothing of it is a replacement."""
        self.wanted = {name: value for name, value in {**self.wanted, **changed}.items() if value is not None}
        difference = self._aws.diff(self._this, self.state, self.wanted)
        assert {change.path[0] for change in difference.changes} <= set(changed)
        assert not any(change.replace for change in difference.changes)
        before, self.state = self.state, self._aws.update(self._this, self.state, self.wanted)
        refreshed = self._aws.refresh(self._this, self.state)
        assert refreshed.inputs == self._aws.checked(self._this, self.wanted, before.inputs)
        assert refreshed.outputs.get("tagsAll", {}) == self.wanted.get("tags", {})
        does_not_drift(self._aws, self._this, self.state, self.wanted)
        return self.state

    def import_(self) -> None:
        """An import finds what was asked for, as far as the service tells it."""
        imported = self._aws.imported(self._this, self.state)
        assert self._aws.checked(self._this, imported.inputs, imported.inputs) == imported.inputs
        inputs = TYPES[self._this.type].inputs
        changes = self._aws.diff(self._this, imported, self.wanted).changes
        assert {change.path[0] for change in changes} <= {name for name in inputs if inputs[name].live is None}
        assert {change.path[0] for change in changes if change.replace} <= UNTOLD_AND_REPLACING

    def is_replaced_by(self, name: str, value: object) -> bool:
        difference = self._aws.diff(self._this, self.state, {**self.wanted, name: value})
        return {(change.path[0], change.replace) for change in difference.changes} == {(name, True)}

    def delete(self) -> None:
        for _ in range(2):
            self._aws.delete(self._this, self.state)
        assert self._aws.provider.read(self._this, self.state) is None
        assert self.found() is None

    def found(self) -> str | None:
        return self._aws.provider.find(self._this, self._checked)


def does_not_drift(aws: Any, this: Resource, state: State, inputs: Inputs) -> None:
    assert aws.diff(this, state, inputs).changes == []
    refreshed = aws.refresh(this, state)
    assert refreshed.inputs == state.inputs
    assert refreshed.outputs == state.outputs
    assert aws.diff(this, refreshed, inputs).changes == []


def live_through(aws: Any, resource: Callable[..., Resource], world: W, case: Case[W]) -> None:
    """One resource for all its ages: a cluster for each of several tests would take minutes."""
    inputs, tagged = case.inputs(world), "tags" in TYPES[case.pulumi_type].inputs
    if tagged:
        inputs["tags"] = {**world.tags("this"), "stage": "test"}
    life = Life(aws, resource(case.pulumi_type, world.title))
    state = life.create(inputs)
    assert case.outputs <= {name for name, value in state.outputs.items() if value is not None}
    life.import_()
    if case.asked:
        assert case.asked(world, life.state) != case.answer
    changed = case.changed(world) if callable(case.changed) else case.changed
    for change in ({**changed, **({"tags": {"Name": "changed", "team": "database"}} if tagged else {})}, *case.then):
        life.change(change)
    if case.asked:
        assert case.asked(world, life.state) == case.answer
    for name, value in (case.replaces or {}).items():
        assert life.is_replaced_by(name, value), name
    life.delete()
