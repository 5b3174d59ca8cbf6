"""A Kubernetes Secret that External Secrets keeps equal to secrets in AWS. Its values are never here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.security.secret_store import API_VERSION, STORE

if TYPE_CHECKING:
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

# A rotated password is in the cluster this long after its rotation; the old one is still valid then.
_REFRESH = "5m"
# https://github.com/pulumi/pulumi-kubernetes, 4.18: custom resources count as done at once otherwise.
_AWAIT = {"pulumi.com/waitFor": "condition=Ready"}


@dataclass(frozen=True)
class SyncedSecretArgs:
    """What a SyncedSecret needs.

    `template` makes each key of the Secret from the properties of the AWS secrets in `sources`: alias → name of the
    secret; property `password` of alias `app` is `{{ .app_password }}` in the template. Without a template the Secret
    has the first source's properties as they are. What depends on an `awaited` one finds the Secret there, and not only
    the order for it.
    """

    namespace: pulumi.Input[str]
    secret: str
    sources: Mapping[str, str]
    properties: tuple[str, ...] = ("username", "password")
    template: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    awaited: bool = False


class SyncedSecret(pulumi.ComponentResource):
    """An ExternalSecret.

    SyncedSecret("redis", SyncedSecretArgs("apps", "redis-secrets", {"cache": "wedsync/prod/cache/eu"},
        template={"cluster_url": "rediss://{{ .cache_username }}:{{ .cache_password | urlquery }}@cache:6379"}))
    """

    resource: k8s.apiextensions.CustomResource

    def __init__(self, name: str, args: SyncedSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:security:SyncedSecret", name, None, opts)
        template: dict[str, object] = {
            "engineVersion": "v2",
            "metadata": {"labels": dict(args.labels), "annotations": dict(args.annotations)},
        }
        if args.template:
            template["data"] = dict(args.template)
        metadata: ObjectMetaArgsDict = {"name": args.secret, "namespace": args.namespace}
        self.resource = k8s.apiextensions.CustomResource(
            name,
            api_version=API_VERSION,
            kind="ExternalSecret",
            metadata=metadata | {"annotations": _AWAIT} if args.awaited else metadata,
            spec={
                "refreshInterval": _REFRESH,
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE},
                "target": {
                    "name": args.secret,
                    "creationPolicy": "Owner",
                    "deletionPolicy": "Retain",
                    "template": template,
                },
                "data": [
                    {
                        "secretKey": f"{alias}_{each}" if args.template else each,
                        "remoteRef": {"key": key, "property": each},
                    }
                    for alias, key in args.sources.items()
                    for each in args.properties
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
