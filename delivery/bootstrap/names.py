"""What bootstrap makes, by name: other programs, and people, refer to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from components.scope import Scope
from components.security.secret_names import secrets_key_alias
from regions.fleet import Fleet
from stacks.environment import Environment

_PROJECT_FILE = Path(__file__).parents[2] / "Pulumi.yaml"
_BUCKET_NAME_LIMIT = 63


def project() -> str:
    """The Pulumi project's name: part of the objects' keys in the state bucket."""
    settings: dict[str, Any] = yaml.safe_load(_PROJECT_FILE.read_text())
    return str(settings["name"])


def state_bucket(environment: Environment) -> str:
    """The bucket of the environment's Pulumi states. Bucket names are the world's: the account makes it ours."""
    return Scope(environment.name).name(f"state-{environment.account_id}", _BUCKET_NAME_LIMIT)


def backend_url(environment: Environment, fleet: Fleet) -> str:
    """What `pulumi login` takes."""
    return f"s3://{state_bucket(environment)}?region={fleet.home}"


def secrets_provider(environment: Environment, fleet: Fleet) -> str:
    """What `pulumi stack init --secrets-provider` takes."""
    return f"awskms://{secrets_key_alias(environment.name)}?region={fleet.home}"


def mesh_root(environment: str) -> str:
    """The secret of the mesh's root authority. Only bootstrap reads it: no cluster may."""
    return f"{bootstrap_secrets(environment)}mesh-root"


def bootstrap_secrets(environment: str) -> str:
    """The prefix of the secrets that are for bootstrap alone."""
    return f"wedsync/{environment}/bootstrap/"
