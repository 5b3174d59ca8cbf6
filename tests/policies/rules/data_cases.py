"""What holds data: protected, backed up, private, marked, maintained on weekdays, without secrets in the state."""

from __future__ import annotations

from policies import tokens
from policies.rules import (
    complete_buckets,
    keep_backups,
    keep_buckets_private,
    keep_databases_private,
    keep_maintenance_off_weekends,
    keep_secrets_out_of_state,
    mark_payment_data,
    protect_data,
)
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_UNPROTECTED = "It is not protected: Pulumi would delete or replace it."
_PROTECTED = (
    Case(
        protect_data.RULE,
        (resource(tokens.DB_CLUSTER, {"deletionProtection": True, "skipFinalSnapshot": False}, protect=True),),
        (
            Bad("@protect", False, _UNPROTECTED),
            Bad("deletionProtection", False, "deletionProtection is False: it must be true."),
            Bad("deletionProtection", ABSENT, "deletionProtection is absent: it must be true."),
            Bad("skipFinalSnapshot", True, "skipFinalSnapshot is True: it must not be."),
        ),
    ),
    Case(
        protect_data.RULE,
        (
            resource(
                tokens.TABLE,
                {
                    "deletionProtectionEnabled": True,
                    "replicas": [{"regionName": "us-west-1", "deletionProtectionEnabled": True}],
                },
                protect=True,
            ),
        ),
        (
            Bad("@protect", False, _UNPROTECTED),
            Bad("deletionProtectionEnabled", ABSENT, "deletionProtectionEnabled is absent: it must be true."),
            Bad(
                "replicas>0>deletionProtectionEnabled",
                ABSENT,
                "The replica in 'us-west-1' has no deletionProtectionEnabled.",
            ),
        ),
        stack="prod",
    ),
    *(
        Case(
            protect_data.RULE,
            (resource(kind, {}, protect=True),),
            (Bad("@protect", False, _UNPROTECTED), Bad(shortcut, True, f"{shortcut} is True: it must not be.")),
        )
        for kind, shortcut in ((tokens.BUCKET, "forceDestroy"), (tokens.REPOSITORY, "forceDelete"))
    ),
    *(
        Case(protect_data.RULE, (resource(kind, {}, protect=True),), (Bad("@protect", False, _UNPROTECTED),))
        for kind in (tokens.DB_CLUSTER_INSTANCE, tokens.KEY, tokens.FILE_SYSTEM, tokens.CLAIM)
    ),
    # Where the environment does not protect its data, everything may go.
    Case(protect_data.RULE, (resource(tokens.DB_CLUSTER, {"skipFinalSnapshot": True}),), stack="local-us-east-1"),
)

_KEPT = (
    Case(
        keep_backups.RULE,
        (resource(tokens.DB_CLUSTER, {"backupRetentionPeriod": 35}),),
        (
            Bad("backupRetentionPeriod", 34, "backupRetentionPeriod is 34: it must be 35 days."),
            Bad("backupRetentionPeriod", ABSENT, "backupRetentionPeriod is absent: it must be 35 days."),
        ),
    ),
    Case(
        keep_backups.RULE,
        (
            resource(
                tokens.TABLE,
                {
                    "pointInTimeRecovery": {"enabled": True},
                    "replicas": [{"regionName": "us-west-1", "pointInTimeRecovery": True}],
                },
            ),
        ),
        (
            Bad("pointInTimeRecovery>enabled", False, "pointInTimeRecovery.enabled is False: it must be true."),
            Bad("replicas>0>pointInTimeRecovery", ABSENT, "The replica in 'us-west-1' has no pointInTimeRecovery."),
        ),
    ),
    Case(
        keep_backups.RULE,
        (resource(tokens.BUCKET_VERSIONING, {"versioningConfiguration": {"status": "Enabled"}}),),
        (
            Bad(
                "versioningConfiguration>status",
                "Suspended",
                "versioningConfiguration.status is 'Suspended': it must be 'Enabled'.",
            ),
        ),
    ),
)

_PRIVATE = (
    Case(
        keep_databases_private.RULE,
        (resource(tokens.DB_CLUSTER_INSTANCE, {"publiclyAccessible": False}),),
        (
            Bad("publiclyAccessible", True, "publiclyAccessible is True: it must be false."),
            Bad("publiclyAccessible", ABSENT, "publiclyAccessible is absent: it must be false."),
        ),
    ),
    Case(
        keep_databases_private.RULE,
        (resource(tokens.SUBNET, {"cidrBlock": "10.0.0.0/18"}),),
        (Bad("mapPublicIpOnLaunch", True, "mapPublicIpOnLaunch is True: it must not be."),),
    ),
    Case(
        keep_databases_private.RULE,
        (resource(tokens.LAUNCH_TEMPLATE, {"networkInterfaces": [{"associatePublicIpAddress": "false"}]}),),
        (
            Bad(
                "networkInterfaces>0>associatePublicIpAddress",
                "true",
                "networkInterfaces have associatePublicIpAddress: nodes would have public addresses.",
            ),
        ),
    ),
    Case(
        keep_buckets_private.RULE,
        (
            resource(
                tokens.BUCKET_PUBLIC_ACCESS_BLOCK,
                dict.fromkeys(
                    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
                ),
            ),
        ),
        (
            Bad("blockPublicPolicy", False, "blockPublicPolicy is False: it must be true."),
            Bad("restrictPublicBuckets", ABSENT, "restrictPublicBuckets is absent: it must be true."),
        ),
    ),
    Case(
        complete_buckets.RULE,
        tuple(
            resource(kind, {"bucket": "exports"})
            for kind in (
                tokens.BUCKET,
                tokens.BUCKET_ENCRYPTION,
                tokens.BUCKET_PUBLIC_ACCESS_BLOCK,
                tokens.BUCKET_POLICY,
                tokens.BUCKET_VERSIONING,
            )
        ),
        (
            Bad("bucket", "other", "Bucket it has no BucketPublicAccessBlock.", of=2),
            Bad("bucket", ABSENT, "Bucket it has no BucketVersioning.", of=4),
        ),
    ),
)

_MAINTAINED = (
    Case(
        keep_maintenance_off_weekends.RULE,
        (
            resource(
                tokens.DB_CLUSTER_INSTANCE,
                {"preferredMaintenanceWindow": "tue:02:00-tue:02:30", "autoMinorVersionUpgrade": False},
            ),
        ),
        (
            Bad(
                "preferredMaintenanceWindow",
                "thu:23:30-fri:00:30",
                "preferredMaintenanceWindow is 'thu:23:30-fri:00:30': it must be from Monday to Thursday.",
            ),
            Bad(
                "preferredMaintenanceWindow",
                ABSENT,
                "preferredMaintenanceWindow is absent: AWS would draw one, on any day.",
            ),
            Bad("autoMinorVersionUpgrade", ABSENT, "autoMinorVersionUpgrade is absent: it must be false."),
        ),
    ),
    Case(
        keep_maintenance_off_weekends.RULE,
        (resource(tokens.CACHE, {"maintenanceWindow": "wed:02:00-wed:03:00", "autoMinorVersionUpgrade": "false"}),),
        (
            Bad(
                "maintenanceWindow",
                "Sat:02:00-Sat:03:00",
                "maintenanceWindow is 'Sat:02:00-Sat:03:00': it must be from Monday to Thursday.",
            ),
        ),
    ),
)

_KEPT_OUT = "is given: the stack's state would keep it."
_SECRETS = (
    Case(
        keep_secrets_out_of_state.RULE,
        (resource(tokens.DB_CLUSTER, {"masterPasswordWo": "once", "globalClusterIdentifier": "worldwide"}),),
        (
            Bad("masterPassword", "hunter2", f"masterPassword {_KEPT_OUT}", known_later=False),
            Bad(
                "manageMasterUserPassword",
                True,
                "manageMasterUserPassword does not work for members of a global cluster.",
                known_later=False,
            ),
        ),
    ),
    *(
        Case(
            keep_secrets_out_of_state.RULE,
            (resource(kind, {}),),
            (Bad(field, value, f"{field} {_KEPT_OUT}", known_later=False),),
        )
        for kind, field, value in (
            (tokens.SECRETS[0], "data", {"password": "aHVudGVyMg=="}),
            (tokens.SECRETS[0], "stringData", {"password": "hunter2"}),
            (tokens.SECRET_VERSION, "secretString", "hunter2"),
            (tokens.CACHE, "authToken", "hunter2"),
            (tokens.CACHE_USER, "passwords", ["hunter2"]),
            (tokens.DB_INSTANCE, "password", "hunter2"),
        )
    ),
)

_MARKED = tuple(
    Case(
        mark_payment_data.RULE,
        (resource(kind, {"tags": {"wedsync:pci-dss": "in-scope"}}),),
        (
            Bad("tags>wedsync:pci-dss", ABSENT, "Tag wedsync:pci-dss is absent: it must be 'in-scope'."),
            Bad("tags>wedsync:pci-dss", "no", "Tag wedsync:pci-dss is 'no': it must be 'in-scope'."),
            Bad("tags", ABSENT, "Tag wedsync:pci-dss is absent: it must be 'in-scope'."),
        ),
    )
    for kind in (tokens.GLOBAL_CLUSTER, tokens.DB_CLUSTER, tokens.DB_CLUSTER_INSTANCE, tokens.CACHE, tokens.BUCKET)
)

CASES: tuple[Case, ...] = (
    *_PROTECTED,
    *_KEPT,
    *_PRIVATE,
    *_MAINTAINED,
    *_SECRETS,
    *_MARKED,
)
