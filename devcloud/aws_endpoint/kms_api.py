"""Multi-region keys: replicas with a policy, description, tags and state of their own, where moto copies the primary's.

And ids as KMS makes them: moto's are longer than what it writes into a ciphertext, which then no key decrypts.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.kms import models
from moto.kms.exceptions import AlreadyExistsException, ValidationException
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse

# https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
_MULTI_REGION = "mrk-"


def install() -> None:
    """Change moto's class, and how it makes ids. Once a process."""
    validate: Any = KmsResponse._validate_cmk_id  # pyright: ignore[reportPrivateUsage]

    def validate_key_id(self: Any, name: str) -> None:
        # An id that is not known falls through to moto's error.
        if not (name.startswith(_MULTI_REGION) and name in self.kms_backend.keys):
            validate(self, name)

    for owner, name, replacement in (
        (KmsResponse, "_validate_cmk_id", validate_key_id),
        (KmsResponse, "replicate_key", replicate_key),
        (models, "generate_key_id", new_id),
    ):
        setattr(owner, name, replacement)


def new_id(multi_region: bool) -> str:
    return f"{_MULTI_REGION}{uuid.uuid4().hex}" if multi_region else str(uuid.uuid4())


def replicate_key(self: Any) -> str:
    name, region = self._get_param("KeyId"), self._get_param("ReplicaRegion")
    self._validate_key_id(name)
    primary = self.kms_backend.describe_key(self.kms_backend.any_id_to_key_id(name))
    if not primary.multi_region:
        raise ValidationException(f"{primary.arn} is not a multi-region key")
    there = kms_backends[self.current_account][region]
    if primary.id in there.keys:
        raise AlreadyExistsException(f"{primary.id} is already replicated to {region}")
    replica = self.kms_backend.replicate_key(primary.id, region)
    # Which keys belong together is the same list for all; what kind each is, is its own.
    replica.multi_region_configuration = {**primary.multi_region_configuration, "MultiRegionKeyType": "REPLICA"}
    replica.description = self._get_param("Description") or ""
    replica.policy = self._get_param("Policy") or replica.generate_default_policy()
    replica.enabled, replica.key_state = True, "Enabled"
    replica.aliases, replica.grants = {}, {}
    there.tagger.tag_resource(replica.id, self._get_param("Tags") or [])
    metadata = replica.to_dict()["KeyMetadata"]
    return json.dumps({"ReplicaKeyMetadata": metadata, "ReplicaPolicy": replica.policy})
