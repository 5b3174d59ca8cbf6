"""Roles, the policies in them, and those attached to them. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same

ROLE = ResourceType(
    pulumi_type="aws:iam/role:Role",
    service="iam",
    regional=False,
    name=Name("name", 64, prefix_input="namePrefix"),
    id="response.Role.RoleName",
    create=Call("CreateRole", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("GetRole", {"RoleName": "id"}, at="Role"),
        Read("ListAttachedRolePolicies", {"RoleName": "id"}, at="AttachedPolicies[].PolicyArn", into="Attached"),
    ),
    update=Call("UpdateRole", {"RoleName": "id"}),
    then=(
        Call(
            "UpdateAssumeRolePolicy",
            {"RoleName": "id", "PolicyDocument": "input.assumeRolePolicy"},
            on=("assumeRolePolicy",),
            when="old",
        ),
        Call(
            "PutRolePermissionsBoundary",
            {"RoleName": "id", "PermissionsBoundary": "input.permissionsBoundary"},
            on=("permissionsBoundary",),
            when="old && input.permissionsBoundary",
        ),
        Call(
            "DeleteRolePermissionsBoundary",
            {"RoleName": "id"},
            on=("permissionsBoundary",),
            when="old.permissionsBoundary && !(input.permissionsBoundary)",
        ),
        Call(
            "AttachRolePolicy",
            {"RoleName": "id", "PolicyArn": "item"},
            on=("managedPolicyArns",),
            each="minus(input.managedPolicyArns, old.managedPolicyArns)",
        ),
        Call(
            "DetachRolePolicy",
            {"RoleName": "id", "PolicyArn": "item"},
            on=("managedPolicyArns",),
            each="minus(old.managedPolicyArns, input.managedPolicyArns)",
        ),
        Call(
            "TagRole",
            {"RoleName": "id", "Tags": "tag_list(changed(input.tags, old.tags))"},
            on=("tags",),
            when="old && changed(input.tags, old.tags)",
        ),
        Call(
            "UntagRole",
            {"RoleName": "id", "TagKeys": "dropped(input.tags, old.tags)"},
            on=("tags",),
            when="dropped(input.tags, old.tags)",
        ),
    ),
    before_delete=(
        Call(
            "DetachRolePolicy",
            {"RoleName": "id", "PolicyArn": "item"},
            when="input.forceDetachPolicies || input.managedPolicyArns",
            each="live.Attached",
        ),
    ),
    delete=Call("DeleteRole", {"RoleName": "id"}),
    missing=("NoSuchEntity",),
    inputs={
        "assumeRolePolicy": Input(
            "AssumeRolePolicyDocument", live="json_text(AssumeRolePolicyDocument)", same=Same.JSON
        ),
        "description": Input(absent=""),
        "forceDetachPolicies": Input(live=None, default=False, kind=bool),
        "managedPolicyArns": Input(live="Attached", kind=list, absent=[], same=Same.SET),
        "maxSessionDuration": Input(default=3600),
        "name": Input("RoleName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "path": Input(replace=True, default="/"),
        "permissionsBoundary": Input(live="PermissionsBoundary.PermissionsBoundaryArn", absent=""),
        "tags": Input(live="tag_map(Tags)", kind=dict, absent={}),
    },
    outputs={"arn": "Arn", "createDate": "CreateDate", "tagsAll": "tag_map(Tags)", "uniqueId": "RoleId"},
)

ROLE_POLICY = ResourceType(
    pulumi_type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    regional=False,
    name=Name("name", 128, prefix_input="namePrefix"),
    id="concat([input.role, ':', input.name])",
    create=Call("PutRolePolicy"),
    reads=(Read("GetRolePolicy", {"RoleName": "before_last(id, ':')", "PolicyName": "after_last(id, ':')"}),),
    update=Call("PutRolePolicy", {"RoleName": "before_last(id, ':')", "PolicyName": "after_last(id, ':')"}),
    delete=Call("DeleteRolePolicy", {"RoleName": "before_last(id, ':')", "PolicyName": "after_last(id, ':')"}),
    missing=("NoSuchEntity",),
    inputs={
        "name": Input("PolicyName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "policy": Input("PolicyDocument", live="json_text(PolicyDocument)", same=Same.JSON),
        "role": Input("RoleName", replace=True),
    },
    outputs={},
)

_ATTACHED = {"RoleName": "split(id, '/')[0]"}
_FOUND = "find(AttachedPolicies, 'PolicyArn', join('/', split(id, '/')[1:]))"

ROLE_POLICY_ATTACHMENT = ResourceType(
    pulumi_type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    regional=False,
    # What `pulumi import` takes; a role's name has no slash.
    id="concat([input.role, '/', input.policyArn])",
    create=Call("AttachRolePolicy"),
    reads=(
        Read(
            "ListAttachedRolePolicies",
            _ATTACHED,
            at=f"{_FOUND} && merge({_FOUND}, {{RoleName: split(id, '/')[0]}})",
        ),
    ),
    delete=Call("DetachRolePolicy", {**_ATTACHED, "PolicyArn": "join('/', split(id, '/')[1:])"}),
    missing=("NoSuchEntity",),
    inputs={"policyArn": Input("PolicyArn", replace=True), "role": Input("RoleName", replace=True)},
    outputs={},
)

TYPES = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT)
