"""Encryption, of what is kept and of what is on its way."""

from __future__ import annotations

import json
from collections.abc import Mapping

from policies import tokens
from policies.rules import encrypt_at_rest, encrypt_in_transit
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_PLAIN = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
_OTHER = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject"}


def _policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Statement": statements})


_AT_REST = (
    Case(
        encrypt_at_rest.RULE,
        (
            resource(
                tokens.DB_CLUSTER,
                {
                    "storageEncrypted": True,
                    "kmsKeyId": "key",
                    "performanceInsightsEnabled": True,
                    "performanceInsightsKmsKeyId": "key",
                },
            ),
        ),
        (
            Bad("storageEncrypted", False, "storageEncrypted is False: it must be true."),
            Bad("storageEncrypted", ABSENT, "storageEncrypted is absent: it must be true."),
            Bad("kmsKeyId", ABSENT, "kmsKeyId is absent."),
            Bad("kmsKeyId", "", "kmsKeyId is absent."),
            Bad("performanceInsightsKmsKeyId", None, "performanceInsightsKmsKeyId is absent."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (
            resource(tokens.GLOBAL_CLUSTER, {"storageEncrypted": True}),
            # Around an existing cluster its encryption is that cluster's.
            resource(tokens.GLOBAL_CLUSTER, {"sourceDbClusterIdentifier": "arn"}),
        ),
        (Bad("storageEncrypted", ABSENT, "storageEncrypted is absent: it must be true."),),
    ),
    Case(
        encrypt_at_rest.RULE,
        (resource(tokens.CACHE, {"atRestEncryptionEnabled": "true", "kmsKeyId": "key"}),),
        (
            Bad("atRestEncryptionEnabled", "false", "atRestEncryptionEnabled is 'false': it must be true."),
            Bad("kmsKeyId", ABSENT, "kmsKeyId is absent."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (
            resource(
                tokens.TABLE,
                {
                    "serverSideEncryption": {"enabled": True, "kmsKeyArn": "key"},
                    "replicas": [{"regionName": "us-west-1", "kmsKeyArn": "key"}],
                },
            ),
        ),
        (
            Bad("serverSideEncryption>enabled", ABSENT, "serverSideEncryption.enabled is absent: it must be true."),
            Bad("serverSideEncryption>kmsKeyArn", ABSENT, "serverSideEncryption.kmsKeyArn is absent."),
            Bad("replicas>0>kmsKeyArn", ABSENT, "The replica in 'us-west-1' has no kmsKeyArn."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (
            resource(
                tokens.LAUNCH_TEMPLATE,
                {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}]},
            ),
        ),
        (
            Bad("blockDeviceMappings>0>ebs>encrypted", "false", "Volume '/dev/xvda' is not encrypted."),
            Bad("blockDeviceMappings", [], "blockDeviceMappings is absent: volumes would be as the image has them."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (
            resource(
                tokens.BUCKET_ENCRYPTION,
                {
                    "rules": [
                        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "key"}}
                    ]
                },
            ),
        ),
        (
            Bad(
                "rules>0>applyServerSideEncryptionByDefault>sseAlgorithm",
                "AES256",
                "sseAlgorithm is 'AES256': it must be 'aws:kms'.",
            ),
            Bad("rules>0>applyServerSideEncryptionByDefault>kmsMasterKeyId", ABSENT, "kmsMasterKeyId is absent."),
            Bad("rules", ABSENT, "rules is absent."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (resource(tokens.REPOSITORY, {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "key"}]}),),
        (
            Bad("encryptionConfigurations>0>kmsKey", ABSENT, "encryptionConfigurations has no kmsKey."),
            Bad("encryptionConfigurations", ABSENT, "encryptionConfigurations has no kmsKey."),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (
            resource(
                tokens.CLUSTER, {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": "arn:key"}}}
            ),
        ),
        (
            Bad("encryptionConfig>provider>keyArn", ABSENT, "encryptionConfig.provider.keyArn is absent."),
            Bad(
                "encryptionConfig>resources",
                [],
                "encryptionConfig.resources is []: it must contain 'secrets'.",
            ),
        ),
    ),
    Case(
        encrypt_at_rest.RULE,
        (resource(tokens.KEY, {"enableKeyRotation": True}),),
        (Bad("enableKeyRotation", ABSENT, "enableKeyRotation is absent: it must be true."),),
    ),
    *(
        Case(encrypt_at_rest.RULE, (resource(kind, {field: "key"}),), (Bad(field, ABSENT, f"{field} is absent."),))
        for kind, field in (
            (tokens.LOG_GROUP, "kmsKeyId"),
            (tokens.SECRET, "kmsKeyId"),
            (tokens.TOPIC, "kmsMasterKeyId"),
            (tokens.QUEUE, "kmsMasterKeyId"),
            (tokens.BACKUP_VAULT, "kmsKeyArn"),
        )
    ),
    *(
        Case(
            encrypt_at_rest.RULE,
            (resource(kind, {"encrypted": True, "kmsKeyId": "key"}),),
            (
                Bad("encrypted", ABSENT, "encrypted is absent: it must be true."),
                Bad("kmsKeyId", ABSENT, "kmsKeyId is absent."),
            ),
        )
        for kind in (tokens.FILE_SYSTEM, tokens.VOLUME)
    ),
)

_IN_TRANSIT = (
    Case(
        encrypt_in_transit.RULE,
        (resource(tokens.CACHE, {"transitEncryptionEnabled": True}),),
        (
            Bad("transitEncryptionEnabled", False, "transitEncryptionEnabled is False: it must be true."),
            Bad(
                "transitEncryptionMode",
                "preferred",
                "transitEncryptionMode is 'preferred': clients without TLS would be served.",
            ),
        ),
    ),
    Case(
        encrypt_in_transit.RULE,
        (resource(tokens.DB_CLUSTER_PARAMETERS, {"parameters": [{"name": "rds.force_ssl", "value": "1"}]}),),
        (
            Bad("parameters>0>value", "0", "Parameter rds.force_ssl is '0': it must be '1'."),
            Bad("parameters", ABSENT, "Parameter rds.force_ssl is absent: it must be '1'."),
        ),
    ),
    *(
        Case(
            encrypt_in_transit.RULE,
            (resource(kind, {"policy": _policy(_OTHER, _PLAIN)}),),
            (
                Bad("policy", _policy(_OTHER), "policy denies nobody who comes without TLS (aws:SecureTransport)."),
                Bad(
                    "policy",
                    _policy({**_PLAIN, "Effect": "Allow"}),
                    "policy denies nobody who comes without TLS (aws:SecureTransport).",
                ),
                Bad("policy", ABSENT, "policy denies nobody who comes without TLS (aws:SecureTransport)."),
            ),
        )
        for kind in (tokens.BUCKET_POLICY, tokens.TOPIC_POLICY, tokens.FILE_SYSTEM_POLICY)
    ),
    Case(
        encrypt_in_transit.RULE,
        (
            resource(
                tokens.GATEWAYS[0],
                {
                    "spec": {
                        "servers": [
                            {"port": {"number": 8443, "protocol": "HTTPS"}},
                            {"port": {"number": 80, "protocol": "HTTP"}, "tls": {"httpsRedirect": True}},
                        ]
                    }
                },
            ),
        ),
        (
            Bad(
                "spec>servers>0>port>protocol",
                "HTTP",
                "Port 8443 of the gateway speaks 'HTTP': it must be one of HTTPS, TLS.",
            ),
            Bad(
                "spec>servers>1>tls",
                {"httpsRedirect": False},
                "Port 80 of the gateway speaks 'HTTP': it must be one of HTTPS, TLS.",
            ),
        ),
    ),
)

CASES: tuple[Case, ...] = (*_AT_REST, *_IN_TRANSIT)
