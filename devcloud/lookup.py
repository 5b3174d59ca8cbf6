"""`python -m devcloud.lookup`: which of the creates that a dead engine had in flight did happen, and under which id.

Standard input: JSON list of {"urn", "inputs", "provider": the provider resource's inputs}. Standard output: JSON object
urn → id of those that exist. A process of its own, because providers read where the cloud is from the environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from devcloud.engine import Engine, EngineError
from devcloud.providers.plugin import Resource, State


def live_identifiers(engine: Engine, creates: list[dict[str, Any]]) -> dict[str, str]:
    """Ask, in a process that has the engine's environment.

    Raises:
        EngineError: the look-up failed; with what it printed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "devcloud.lookup"],
        input=json.dumps(creates),
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EngineError(f"could not look up what the interrupted update had created:\n{done.stderr}")
    return json.loads(done.stdout)


def _find(create: dict[str, Any]) -> str | None:
    resource = Resource.of(create["urn"])
    package = resource.type.split(":", 1)[0]
    if package == "aws":
        return _in_aws(resource, create["inputs"], create["provider"])
    if package == "kubernetes":
        return _in_kubernetes(resource, create["inputs"], create["provider"])
    return None  # components and providers exist in the state alone


def _in_aws(resource: Resource, inputs: dict[str, Any], settings: dict[str, Any]) -> str | None:
    from devcloud.providers.aws.provider import AwsProvider

    provider = AwsProvider()
    provider.configure(settings)
    return provider.find(resource, inputs)


def _in_kubernetes(resource: Resource, inputs: dict[str, Any], settings: dict[str, Any]) -> str | None:
    from devcloud.providers.kubernetes.provider import KubernetesProvider

    provider = KubernetesProvider()
    provider.configure(settings)
    metadata = inputs["metadata"]
    identifier = "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)
    found = provider.read(resource, State(identifier, {}, inputs))
    return None if found is None else found.identifier


if __name__ == "__main__":
    found = {create["urn"]: _find(create) for create in json.load(sys.stdin)}
    json.dump({urn: identifier for urn, identifier in found.items() if identifier is not None}, sys.stdout)
