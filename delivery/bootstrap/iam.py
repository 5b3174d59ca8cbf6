"""IAM objects as bootstrap wants them: boundaries, GitHub's identity provider, roles. Observe, decide, act."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from components.security.bootstrap_roles import ROLES_PATH
from delivery.bootstrap.guard import GITHUB, oidc_provider_arn
from delivery.bootstrap.roles import AUDIENCE, RoleSpec
from delivery.steps import Call, Plan, of_calls

_POLICY_NAME = "allowed"
_MOST_VERSIONS = 5


@dataclass(frozen=True)
class BoundarySpec:
    """A managed policy that is somebody's permissions boundary; `document` is its text."""

    arn: str
    description: str
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def path(self) -> str:
        """Its IAM path: all between the kind and the name."""
        return self.arn.split(":policy", 1)[1].removesuffix(self.name)


def plan_boundary(iam: Any, spec: BoundarySpec) -> Plan:
    """Look at a boundary policy, and decide."""
    arn, wanted = spec.arn, spec.document
    try:
        default = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    except iam.exceptions.NoSuchEntityException:
        made = {
            "PolicyName": spec.name,
            "Path": spec.path,
            "PolicyDocument": _text(wanted),
            "Description": spec.description,
        }
        return of_calls(iam, [Call("create_policy", made, "policy")], exists=False)
    found = iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]["Document"]
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"] if found != wanted else []
    return of_calls(iam, decide_boundary(arn, found, wanted, versions), exists=True)


def decide_boundary(arn: str, found: Any, wanted: dict[str, Any], versions: list[dict[str, Any]]) -> list[Call]:
    """The calls that make `wanted` the policy's text. IAM keeps five versions: the oldest makes room."""
    if found == wanted:
        return []
    calls: list[Call] = []
    if len(versions) >= _MOST_VERSIONS:
        oldest = min((each for each in versions if not each["IsDefaultVersion"]), key=lambda each: each["CreateDate"])
        gone = {"PolicyArn": arn, "VersionId": oldest["VersionId"]}
        calls.append(Call("delete_policy_version", gone, "oldest version removed"))
    made = {"PolicyArn": arn, "PolicyDocument": _text(wanted), "SetAsDefault": True}
    return [*calls, Call("create_policy_version", made, "text")]


def plan_identity_provider(iam: Any, account_id: str) -> Plan:
    """Look at the account's identity provider for GitHub, and decide. It is the account's: it may have other users."""
    arn = oidc_provider_arn(account_id)
    try:
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    except iam.exceptions.NoSuchEntityException:
        # Without thumbprints: IAM trusts the authorities that GitHub's certificates come from.
        made = {"Url": f"https://{GITHUB}", "ClientIDList": [AUDIENCE]}
        return of_calls(iam, [Call("create_open_id_connect_provider", made, "provider")], exists=False)
    audience = {"OpenIDConnectProviderArn": arn, "ClientID": AUDIENCE}
    calls = [Call("add_client_id_to_open_id_connect_provider", audience, "audience")]
    return of_calls(iam, [] if AUDIENCE in found["ClientIDList"] else calls, exists=True)


def plan_role(iam: Any, spec: RoleSpec) -> Plan:
    """Look at a role, and decide."""
    try:
        role = iam.get_role(RoleName=spec.name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return of_calls(iam, decide_role(None, None, spec), exists=False)
    try:
        policy = iam.get_role_policy(RoleName=spec.name, PolicyName=_POLICY_NAME)["PolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        policy = None
    return of_calls(iam, decide_role(role, policy, spec), exists=True)


def decide_role(role: dict[str, Any] | None, policy: Any, spec: RoleSpec) -> list[Call]:
    """The calls that make a role what it is to be.

    Args:
        role, policy: as IAM answered; None where there is no such thing.
    """
    named, calls = {"RoleName": spec.name}, list[Call]()
    tags = [{"Key": key, "Value": value} for key, value in spec.tags.items()]
    if role is None:
        made = {
            **named,
            "Path": ROLES_PATH,
            "Description": spec.description,
            "AssumeRolePolicyDocument": _text(spec.trust),
            "MaxSessionDuration": spec.session_seconds,
            "Tags": tags,
            **({"PermissionsBoundary": spec.boundary} if spec.boundary else {}),
        }
        calls.append(Call("create_role", made, "role"))
    else:
        if role["AssumeRolePolicyDocument"] != spec.trust:
            trust = {**named, "PolicyDocument": _text(spec.trust)}
            calls.append(Call("update_assume_role_policy", trust, "who may take it"))
        if (role["MaxSessionDuration"], role.get("Description")) != (spec.session_seconds, spec.description):
            session = {**named, "MaxSessionDuration": spec.session_seconds, "Description": spec.description}
            calls.append(Call("update_role", session, "session"))
        if any(tag not in role.get("Tags", []) for tag in tags):
            calls.append(Call("tag_role", {**named, "Tags": tags}, "tags"))
        calls += _decide_bound(role, spec)
    if policy != spec.policy:
        allowed = {**named, "PolicyName": _POLICY_NAME, "PolicyDocument": _text(spec.policy)}
        calls.append(Call("put_role_policy", allowed, "what it may do"))
    return calls


def _decide_bound(role: dict[str, Any], spec: RoleSpec) -> list[Call]:
    found = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    if found == spec.boundary:
        return []
    if spec.boundary is None:
        return [Call("delete_role_permissions_boundary", {"RoleName": spec.name}, "boundary")]
    bound = {"RoleName": spec.name, "PermissionsBoundary": spec.boundary}
    return [Call("put_role_permissions_boundary", bound, "boundary")]


def _text(document: dict[str, Any]) -> str:
    # Without spaces: IAM counts them in some limits and not in others.
    return json.dumps(document, separators=(",", ":"))
