"""The secrets that the region stacks read before anything of theirs runs. What is absent is made, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from components.security.secret_names import api_certificate, cache_user, mesh_authority, secrets_key_alias
from delivery import cache_access
from delivery.aws import Clients
from delivery.bootstrap.api_certificate import ApiCertificate, api_names, self_signed, signs_its_own
from delivery.bootstrap.certificates import new_authority, new_root
from delivery.bootstrap.names import mesh_root
from delivery.credentials import credentials_secret
from delivery.database_roles import role_secrets
from delivery.steps import Plan, Step, StepError
from delivery.stored_secrets import Change, StoredSecret, plan_secret
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment


@dataclass(frozen=True)
class Secrets:
    """The secrets of an environment.

    `fleet` is of the regions that are on; `certificate` is the API's, if one was given.
    """

    environment: Environment
    fleet: Fleet
    clients: Clients
    now: datetime
    certificate: ApiCertificate | None

    def steps(self) -> Iterator[Step]:
        """A step for each."""
        for group in self.fleet.groups:
            yield from self._database_roles(group)
        for region in self.fleet.regions.values():
            yield self._cache_user(region)
        yield self._step(self.fleet.home, self._mesh_root())
        for region in self.fleet.regions.values():
            yield self._step(region.aws_region, self._authority(region))
        yield Step(f"secret {api_certificate(self.environment.name)}", self._api_certificate)

    @property
    def _key(self) -> str:
        return secrets_key_alias(self.environment.name)

    @property
    def _elsewhere(self) -> tuple[str, ...]:
        return self.fleet.aws_regions[1:]

    def _step(self, aws_region: str, wanted: StoredSecret) -> Step:
        secrets = self.clients("secretsmanager", aws_region)
        return Step(f"secret {wanted.name} in {aws_region}", lambda: plan_secret(secrets, wanted))

    def _database_roles(self, group: str) -> Iterator[Step]:
        """In the AWS regions of the group's members, and in no other."""
        home, *others = dict.fromkeys(region.aws_region for region in self.fleet.members(group))
        secrets = self.clients("secretsmanager", home)
        for wanted in role_secrets(secrets, self.environment.name, group, others, self._key):
            yield self._step(home, wanted)

    def _cache_user(self, region: Region) -> Step:
        secrets = self.clients("secretsmanager", region.aws_region)
        name = cache_user(self.environment.name, region.name)
        return self._step(region.aws_region, credentials_secret(secrets, name, cache_access.USERNAME, key=self._key))

    def _mesh_root(self) -> StoredSecret:
        name = self.environment.name
        return StoredSecret(
            mesh_root(name), "The mesh's root authority", lambda: new_root(name, self.now), key=self._key
        )

    def _authority(self, region: Region) -> StoredSecret:
        environment = self.environment.name

        def value() -> str:
            home = self.clients("secretsmanager", self.fleet.home)
            root = home.get_secret_value(SecretId=mesh_root(environment))["SecretString"]
            return new_authority(environment, region.name, root, self.now)

        name = mesh_authority(environment, region.name)
        return StoredSecret(name, f"Authority of {region.name} in the mesh", value, key=self._key)

    def _api_certificate(self) -> Plan:
        name, secrets = api_certificate(self.environment.name), self.clients("secretsmanager", self.fleet.home)
        wanted = StoredSecret(name, "Certificate of the API", self._certificate, self._elsewhere, self._key)
        plan = plan_secret(secrets, wanted)
        absent = not plan.exists or Change.FILL in plan.changes
        if self.certificate and not absent:
            self._same_certificate(secrets, name, self.certificate)
        if not absent or self.certificate or signs_its_own(self.environment):
            return plan
        names = ", ".join(api_names(self.environment, self.fleet))
        why = f"get a certificate for {names}, then give it: --api-certificate FILE --api-key FILE"
        return replace(plan, changes=(), missing=why)

    def _certificate(self) -> str:
        return (self.certificate or self_signed(api_names(self.environment, self.fleet), self.now)).secret()

    def _same_certificate(self, secrets: Any, name: str, given: ApiCertificate) -> None:
        """It would be a surprise if a file that was given were passed over."""
        known = secrets.get_secret_value(SecretId=name)["SecretString"]
        if json.loads(known) != json.loads(given.secret()):
            raise StepError(
                f"Secret {name} holds another certificate, and bootstrap overwrites nothing. To replace it: "
                f"aws secretsmanager put-secret-value --secret-id {name} --region {self.fleet.home} "
                f"--secret-string file://FILE, with FILE as JSON of tls.crt and tls.key. Otherwise leave "
                f"--api-certificate out."
            )
