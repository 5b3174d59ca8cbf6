"""Everything that keeps data has it encrypted, with a key of ours, and keys rotate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from policies import tokens
from policies.context import Context
from policies.reading import at, is_on, mappings, must_be_given, must_be_on, words, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_KMS = ("aws:kms", "aws:kms:dsse")

_SWITCHES: Mapping[str, str] = {
    tokens.DB_CLUSTER: "storageEncrypted",
    tokens.DB_INSTANCE: "storageEncrypted",
    tokens.CACHE: "atRestEncryptionEnabled",
    tokens.TABLE: "serverSideEncryption.enabled",
    tokens.FILE_SYSTEM: "encrypted",
    tokens.VOLUME: "encrypted",
    tokens.KEY: "enableKeyRotation",
}
"""What must be on, by type."""

_KEYS: Mapping[str, str] = {
    tokens.DB_CLUSTER: "kmsKeyId",
    tokens.DB_INSTANCE: "kmsKeyId",
    tokens.CACHE: "kmsKeyId",
    tokens.TABLE: "serverSideEncryption.kmsKeyArn",
    tokens.FILE_SYSTEM: "kmsKeyId",
    tokens.VOLUME: "kmsKeyId",
    tokens.BACKUP_VAULT: "kmsKeyArn",
    tokens.SECRET: "kmsKeyId",
    tokens.LOG_GROUP: "kmsKeyId",
    tokens.TOPIC: "kmsMasterKeyId",
    tokens.QUEUE: "kmsMasterKeyId",
    tokens.CLUSTER: "encryptionConfig.provider.keyArn",
}
"""Where the key must be given, by type: without one, it is AWS's, which policies of ours cannot guard."""


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type in _SWITCHES:
        yield from must_be_on(subject, _SWITCHES[subject.type])
    if subject.type in _KEYS:
        yield from must_be_given(subject, _KEYS[subject.type])
    if subject.type in _PARTS:
        yield from _PARTS[subject.type](subject)


def _global_cluster(subject: Subject) -> Iterator[str]:
    # Around an existing cluster, its encryption is that cluster's, and RDS refuses to be told.
    if not subject.get("sourceDbClusterIdentifier"):
        yield from must_be_on(subject, "storageEncrypted")


def _insights(subject: Subject) -> Iterator[str]:
    if is_on(subject.get("performanceInsightsEnabled")):
        yield from must_be_given(subject, "performanceInsightsKmsKeyId")


def _replicas(subject: Subject) -> Iterator[str]:
    for each in mappings(subject.get("replicas")):
        if at(each, "kmsKeyArn") is None:
            yield f"The replica in {written(each.get('regionName'))} has no kmsKeyArn."


def _volumes(subject: Subject) -> Iterator[str]:
    found = subject.get("blockDeviceMappings")
    if not found:  # a preview may not know them
        yield "blockDeviceMappings is absent: volumes would be as the image has them."
    for each in mappings(found):
        encrypted = at(each, "ebs.encrypted")
        if encrypted is not UNKNOWN and not is_on(encrypted):
            yield f"Volume {written(each.get('deviceName'))} is not encrypted."


def _bucket(subject: Subject) -> Iterator[str]:
    rules = subject.get("rules", [])
    if rules == []:
        yield "rules is absent."
    for each in mappings(rules):
        algorithm = at(each, "applyServerSideEncryptionByDefault.sseAlgorithm")
        if algorithm is not UNKNOWN and algorithm not in _KMS:
            yield f"sseAlgorithm is {written(algorithm)}: it must be 'aws:kms'."
        if at(each, "applyServerSideEncryptionByDefault.kmsMasterKeyId") is None:
            yield "kmsMasterKeyId is absent."


def _repository(subject: Subject) -> Iterator[str]:
    found = subject.get("encryptionConfigurations", [])
    if found == [] or any(at(each, "kmsKey") is None for each in mappings(found)):
        yield "encryptionConfigurations has no kmsKey."


def _cluster(subject: Subject) -> Iterator[str]:
    encrypted = subject.get("encryptionConfig.resources", [])
    if encrypted is not UNKNOWN and "secrets" not in words(encrypted):
        yield f"encryptionConfig.resources is {written(encrypted)}: it must contain 'secrets'."


_PARTS: Mapping[str, Callable[[Subject], Iterator[str]]] = {
    tokens.GLOBAL_CLUSTER: _global_cluster,
    tokens.DB_CLUSTER: _insights,
    tokens.TABLE: _replicas,
    tokens.LAUNCH_TEMPLATE: _volumes,
    tokens.BUCKET_ENCRYPTION: _bucket,
    tokens.REPOSITORY: _repository,
    tokens.CLUSTER: _cluster,
}

RULE = Rule(
    id="encrypt-at-rest",
    why="Most of it cannot be encrypted later: the database, cache or file system would have to be made anew, and its"
    " backups were readable until then.",
    fix="Switch encryption on, with the key of the stack, or the residents' own for their data.",
    types=tuple(dict.fromkeys((*_SWITCHES, *_KEYS, *_PARTS))),
    check=_check,
)
