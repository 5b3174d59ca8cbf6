"""Add-ons, access entries and pod identity associations of moto's EKS clusters, which moto has not."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from urllib.parse import unquote

from moto.eks import urls
from moto.eks.exceptions import ResourceInUseException, ResourceNotFoundException
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

Part = dict[str, Any]
_PATHS = (
    "addons",
    "addons/(?P<addonName>[^/]+)",
    "addons/(?P<addonName>[^/]+)/update",
    "access-entries",
    "access-entries/(?P<principalArn>.+)",
    "pod-identity-associations",
    "pod-identity-associations/(?P<associationId>[^/]+)",
)
_ADD_ON, _ENTRY, _IDENTITY = "addon", "access-entry", "podidentityassociation"


def install() -> None:
    """Change moto's class and paths. Once a process."""
    for path in _PATHS:
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}$"] = urls.response.dispatch
    for method in (
        create_addon,
        describe_addon,
        update_addon,
        delete_addon,
        create_access_entry,
        describe_access_entry,
        update_access_entry,
        delete_access_entry,
        associate_access_policy,
        list_associated_access_policies,
        disassociate_access_policy,
        create_pod_identity_association,
        describe_pod_identity_association,
        list_pod_identity_associations,
        update_pod_identity_association,
        delete_pod_identity_association,
    ):
        setattr(EKSResponse, method.__name__, method)


def tagged(backend: EKSBackend, arn: str) -> dict[str, str] | None:
    """The tags of what is not a cluster; None if there is nothing of this ARN."""
    for cluster in backend.clusters.values():
        for group in cluster.nodegroups.values():
            if group.arn == arn:
                return group.tags
        for part in getattr(cluster, "parts", {}).values():
            if part["arn"] == arn:
                return part["tags"]
    return None


def create_addon(self: EKSResponse) -> str:
    request = json.loads(self.body)
    made = {"addonVersion": "v1.0.0-eksbuild.1", "status": "ACTIVE", **request}
    for instruction in ("resolveConflicts", "clientRequestToken", "podIdentityAssociations"):
        made.pop(instruction, None)
    return json.dumps({"addon": _added(self, _ADD_ON, request["addonName"], "addonArn", made)})


def describe_addon(self: EKSResponse) -> str:
    return json.dumps({"addon": _told(_part(self, _ADD_ON, parameter(self, "addonName")))})


def update_addon(self: EKSResponse) -> str:
    request = json.loads(self.body)
    kept = ("addonVersion", "serviceAccountRoleArn", "configurationValues")
    _part(self, _ADD_ON, parameter(self, "addonName")).update({k: v for k, v in request.items() if k in kept})
    return "{}"


def delete_addon(self: EKSResponse) -> str:
    return json.dumps({"addon": _removed(self, _ADD_ON, parameter(self, "addonName"))})


def create_access_entry(self: EKSResponse) -> str:
    request = json.loads(self.body)
    principal = request["principalArn"]
    made = {"kubernetesGroups": [], "type": "STANDARD", "username": principal, "policies": {}, **request}
    return json.dumps({"accessEntry": _added(self, _ENTRY, principal, "accessEntryArn", made)})


def describe_access_entry(self: EKSResponse) -> str:
    return json.dumps({"accessEntry": _told(_entry(self))})


def update_access_entry(self: EKSResponse) -> str:
    entry, request = _entry(self), json.loads(self.body)
    entry.update({name: value for name, value in request.items() if name in ("kubernetesGroups", "username")})
    return json.dumps({"accessEntry": _told(entry)})


def delete_access_entry(self: EKSResponse) -> str:
    _removed(self, _ENTRY, _principal(self))
    return "{}"


def associate_access_policy(self: EKSResponse) -> str:
    request, now = json.loads(self.body), time.time()
    associated = {**request, "associatedAt": now, "modifiedAt": now}
    _entry(self)["policies"][request["policyArn"]] = associated
    return json.dumps({"associatedAccessPolicy": associated})


def list_associated_access_policies(self: EKSResponse) -> str:
    return json.dumps({"associatedAccessPolicies": list(_entry(self)["policies"].values())})


def disassociate_access_policy(self: EKSResponse) -> str:
    _entry(self)["policies"].pop(unquote(parameter(self, "policyArn")), None)
    return "{}"


def create_pod_identity_association(self: EKSResponse) -> str:
    request = json.loads(self.body)
    account = (request["namespace"], request["serviceAccount"])
    if any((each["namespace"], each["serviceAccount"]) == account for each in _all(self, _IDENTITY)):
        raise ResourceInUseException(message=f"Association already exists: {'/'.join(account)}")
    identifier = f"a-{uuid.uuid4().hex[:17]}"
    made = {"disableSessionTags": False, "associationId": identifier, **request}
    return json.dumps({"association": _added(self, _IDENTITY, identifier, "associationArn", made)})


def describe_pod_identity_association(self: EKSResponse) -> str:
    return json.dumps({"association": _told(_part(self, _IDENTITY, parameter(self, "associationId")))})


def list_pod_identity_associations(self: EKSResponse) -> str:
    wanted = {name: parameter(self, name) for name in ("namespace", "serviceAccount")}
    found = [
        _told(each)
        for each in _all(self, _IDENTITY)
        if all(value in (None, each[name]) for name, value in wanted.items())
    ]
    return json.dumps({"associations": found})


def update_pod_identity_association(self: EKSResponse) -> str:
    association, request = _part(self, _IDENTITY, parameter(self, "associationId")), json.loads(self.body)
    kept = ("roleArn", "disableSessionTags", "targetRoleArn", "policy")
    association.update({name: value for name, value in request.items() if name in kept})
    return json.dumps({"association": _told(association)})


def delete_pod_identity_association(self: EKSResponse) -> str:
    return json.dumps({"association": _removed(self, _IDENTITY, parameter(self, "associationId"))})


def _cluster(self: EKSResponse) -> Any:
    """The path's cluster, with its parts by kind and key; they are saved with it."""
    cluster: Any = self.eks_backend.describe_cluster(parameter(self, "name"))
    if not hasattr(cluster, "parts"):
        cluster.parts = {}
    return cluster


def _all(self: EKSResponse, kind: str) -> list[Part]:
    return [part for (each, _), part in _cluster(self).parts.items() if each == kind]


def _added(self: EKSResponse, kind: str, key: str, arn_name: str, made: Part) -> Part:
    cluster = _cluster(self)
    if (kind, key) in cluster.parts:
        raise ResourceInUseException(message=f"{kind} already exists: {key}")
    arn = f"{cluster.arn.replace(':cluster/', f':{kind}/')}/{key.replace(':', '/')}/{uuid.uuid4()}"
    now = time.time()
    part = {
        "tags": {},
        "clusterName": cluster.name,
        "createdAt": now,
        "modifiedAt": now,
        **made,
        arn_name: arn,
        "arn": arn,
    }
    cluster.parts[kind, key] = part
    return _told(part)


def _part(self: EKSResponse, kind: str, key: str) -> Part:
    found = _cluster(self).parts.get((kind, key))
    if found is None:
        raise ResourceNotFoundException(message=f"No {kind} found: {key}")
    return found


def _removed(self: EKSResponse, kind: str, key: str) -> Part:
    part = _part(self, kind, key)
    del _cluster(self).parts[kind, key]
    return _told(part)


def _told(part: Part) -> Part:
    return {name: value for name, value in part.items() if name not in ("arn", "policies")}


def _entry(self: EKSResponse) -> Part:
    return _part(self, _ENTRY, _principal(self))


def _principal(self: EKSResponse) -> str:
    return unquote(parameter(self, "principalArn"))


def parameter(self: Any, name: str) -> Any:
    """One of the request's, whether of its path or of its body."""
    return self._get_param(name)
