"""An environment's settings: one frozen model of `wedsync:environment` in Pulumi.<environment>.yaml.

Pulumi has no inheritance between stacks, so the program reads the environment's file itself, for its global stack and
for every region stack alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo, field_validator

from regions.fleet import Fleet
from regions.model import Workloads
from regions.yaml_reader import read_yaml

_PROJECT = Path(__file__).parent.parent
_KEY = "wedsync:environment"

ImageByDigest = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9./_-]+(:[0-9]+/[a-z0-9./_-]+)?@sha256:[0-9a-f]{64}$")
]
"""An image reference that can never mean something else tomorrow."""

Cidr = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")]
"""Owner and name, in characters of which none is a wildcard: a role's trust policy has it."""
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
GLOBAL = "global"
"""The global stack's name among the regions of `monthly_ceilings_usd`."""


class SettingsError(Exception):
    """The environment's file is missing or wrong; the message lists every mistake: field, value, what is allowed."""


class Images(BaseModel):
    """What runs, by digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    performance_monitor: ImageByDigest
    season_scaler: ImageByDigest
    coordinator: ImageByDigest
    wedding_api: ImageByDigest
    wedding_api_metrics: ImageByDigest
    pooler: ImageByDigest


class ClusterEndpoint(BaseModel):
    """Who reaches the API servers of the environment's clusters from outside of their VPCs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public: bool = Field(description="Whether the API server has an address outside of the VPC at all.")
    allowed_cidrs: tuple[Cidr, ...] = Field(description="IPv4 ranges that reach it there; none when it is not public.")

    @field_validator("allowed_cidrs")
    @classmethod
    def _belongs_to_public(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if bool(value) != info.data.get("public"):
            raise ValueError("must name the ranges of a public endpoint, and none of a private one")
        if "0.0.0.0/0" in value:
            raise ValueError("must not contain 0.0.0.0/0: that is everybody")
        return value


class Environment(BaseModel):
    """One environment: local, staging or prod."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
    account_id: AccountId = Field(description="The AWS account that it lives in; in any other one nothing is changed.")
    repository: Repository = Field(description="The GitHub repository whose workflows may deploy it.")
    regions: tuple[str, ...] = Field(min_length=1, description="Regions that are on, by the names of their files.")
    domain: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+\.)+[a-z]+$")]
    protect_data: bool = Field(description="Deletion protection and Pulumi's `protect` on everything that holds data.")
    freeze: bool = Field(description="Whether changes are blocked in freeze windows: around Saturdays and event days.")
    max_cost_increase_percent: int = Field(
        ge=0, le=1000, description="By how much of its monthly cost a stack may grow in one change, %."
    )
    kubernetes_context: str | None = Field(
        default=None,
        description="Kubeconfig context of a cluster that brings its nodes, add-ons and their APIs with it; {region} is"
        " the region's name. Absent: the cluster is EKS, and its add-ons are installed by their Helm charts.",
    )
    cluster_endpoint: ClusterEndpoint
    storage_class: str = Field(min_length=1, description="StorageClass of volumes that replicas share (EFS).")
    alert_emails: tuple[Email, ...] = Field(min_length=1, description="Who is told of alarms and budgets.")
    monthly_ceilings_usd: Mapping[str, Annotated[int, Field(ge=1)]] = Field(
        description=f"Most that a month may cost, $, by region; {GLOBAL!r} is the global stack's."
    )
    canary_percent: int = Field(ge=0, le=50, description="Share of wedding-api's requests that its canary serves, %.")
    canary_image: ImageByDigest | None = Field(
        default=None, validate_default=True, description="wedding-api's next release, while canary_percent is not 0."
    )
    images: Images

    @field_validator("canary_image")
    @classmethod
    def _belongs_to_requests(cls, value: str | None, info: ValidationInfo) -> str | None:
        percent = info.data.get("canary_percent")
        if percent is not None and (percent > 0) != (value is not None):
            raise ValueError("must be the canary's image where canary_percent is more than 0, and absent where it is 0")
        return value

    @field_validator("kubernetes_context")
    @classmethod
    def _names_the_region(cls, value: str | None) -> str | None:
        if value is not None and "{region}" not in value:
            raise ValueError("must contain {region}, or all regions would share a cluster")
        return value

    @field_validator("monthly_ceilings_usd")
    @classmethod
    def _one_each(cls, value: Mapping[str, int], info: ValidationInfo) -> Mapping[str, int]:
        expected, given = {GLOBAL, *info.data.get("regions", ())}, set(value)
        if "regions" in info.data and expected != given:
            raise ValueError(f"must name {', '.join(sorted(expected))}: {', '.join(sorted(expected ^ given))} differs")
        return value

    def context_of(self, region: str) -> str | None:
        """The kubeconfig context of `region`'s cluster, where one brings it."""
        return self.kubernetes_context and self.kubernetes_context.replace("{region}", region)


def environment_names(project: Path = _PROJECT) -> tuple[str, ...]:
    """Return the names of all environments, sorted."""
    return tuple(sorted(path.name.split(".")[1] for path in project.glob("Pulumi.*.yaml") if "-" not in path.name))


def load_environment(name: str, project: Path = _PROJECT) -> Environment:
    """Read Pulumi.<name>.yaml.

    Raises:
        SettingsError: it is missing, or any of its fields is wrong.
    """
    file = project / f"Pulumi.{name}.yaml"
    if not file.exists():
        known = ", ".join(environment_names(project))
        raise SettingsError(f"{file.name}: no such environment. Known: {known}. To add one, copy one of their files.")
    document, problems = read_yaml(file, file.name)
    if problems:
        raise SettingsError("\n".join(map(str, problems)))
    config = (document or {}).get("config")
    settings: Any = config.get(_KEY) if isinstance(config, dict) else None
    if not isinstance(settings, dict):
        raise SettingsError(f"{file.name}: config.{_KEY} must be a mapping; see Pulumi.local.yaml for its fields.")
    try:
        return Environment.model_validate({"name": name, **settings})
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(file.name, item) for item in error.errors())) from error


def check_canary(environment: Environment, workloads: Workloads) -> None:
    """Check that the canary can serve its share.

    Raises:
        SettingsError: it gets more of the requests than its replicas are for.
    """
    most = workloads.wedding_api.canary_share
    if environment.canary_percent > most:
        raise SettingsError(
            f"Pulumi.{environment.name}.yaml: canary_percent is {environment.canary_percent}: the canary's replicas "
            f"are for {most} at most. Lower it, or raise wedding_api.canary_replicas in regions/workloads.yaml."
        )


def check_regions(environment: Environment, fleet: Fleet) -> None:
    """Check that the regions which are on exist, and that they can be brought up.

    Raises:
        SettingsError: a region has no file, or a replication group's bootstrap writer is off.
    """
    file = f"Pulumi.{environment.name}.yaml"
    if unknown := [name for name in environment.regions if name not in fleet.regions]:
        known = ", ".join(fleet.regions)
        raise SettingsError(f"{file}: regions names {', '.join(unknown)}, without a file in regions/. Known: {known}.")
    for name in environment.regions:
        group = fleet.region(name).replication.group
        writer = fleet.bootstrap_writer(group).name
        if writer not in environment.regions:
            raise SettingsError(
                f"{file}: {name} joins replication group {group}, whose first writer {writer} is not among the "
                f"regions. Add it, or make another region the bootstrap writer."
            )


def _sentence(file: str, item: Any) -> str:
    field = ".".join(str(step) for step in item["loc"])
    if item["type"] == "missing":
        return f"{file}: {field} is missing."
    if item["type"] == "extra_forbidden":
        return f"{file}: {field} is not a setting (value {item['input']!r}). Remove it or correct its name."
    return f"{file}: {field} is {item['input']!r}: {item['msg']}."
