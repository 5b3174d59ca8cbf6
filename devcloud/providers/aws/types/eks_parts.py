"""A cluster's add-ons, who may enter it, and what its pods are in AWS. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.eks import MISSING, TAGS, tagged

_ADD_ON = {"clusterName": "split(id, ':')[0]", "addonName": "split(id, ':')[1]"}

ADD_ON = ResourceType(
    pulumi_type="aws:eks/addon:Addon",
    service="eks",
    name=Name("addonName", 100),
    id="concat([input.clusterName, ':', input.addonName])",
    create=Call("CreateAddon", {"resolveConflicts": "input.resolveConflictsOnCreate"}),
    reads=(Read("DescribeAddon", _ADD_ON, at="addon"),),
    update=Call("UpdateAddon", {**_ADD_ON, "resolveConflicts": "input.resolveConflictsOnUpdate"}),
    then=tagged("live.addonArn"),
    delete=Call("DeleteAddon", _ADD_ON),
    missing=MISSING,
    wait=Wait("status", ready=("ACTIVE",), failed=("CREATE_FAILED", "UPDATE_FAILED"), leaving=("DELETING",)),
    inputs={
        "addonName": Input(replace=True),
        "addonVersion": Input(),
        "clusterName": Input(replace=True),
        "configurationValues": Input(absent="", same=Same.JSON),
        "resolveConflictsOnCreate": Input(live=None, kind=str),
        "resolveConflictsOnUpdate": Input(live=None, kind=str),
        "serviceAccountRoleArn": Input(absent=""),
        "tags": TAGS,
    },
    outputs={
        "arn": "addonArn",
        "createdAt": "createdAt",
        "modifiedAt": "modifiedAt",
        "tagsAll": "tags || `{}`",
    },
)

_ENTRY = {"clusterName": "split(id, ':')[0]", "principalArn": "join(':', split(id, ':')[1:])"}

ACCESS_ENTRY = ResourceType(
    pulumi_type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    id="concat([input.clusterName, ':', input.principalArn])",
    create=Call("CreateAccessEntry"),
    reads=(Read("DescribeAccessEntry", _ENTRY, at="accessEntry"),),
    update=Call("UpdateAccessEntry", _ENTRY),
    then=tagged("live.accessEntryArn"),
    delete=Call("DeleteAccessEntry", _ENTRY),
    missing=MISSING,
    inputs={
        "clusterName": Input(replace=True),
        "kubernetesGroups": Input(absent=[], same=Same.SET),
        "principalArn": Input(replace=True),
        "tags": TAGS,
        "type": Input(replace=True),
        "userName": Input("username"),
    },
    outputs={
        "accessEntryArn": "accessEntryArn",
        "createdAt": "createdAt",
        "modifiedAt": "modifiedAt",
        "tagsAll": "tags || `{}`",
    },
)

_ASSOCIATED = {"clusterName": "split(id, '#')[0]", "principalArn": "split(id, '#')[1]"}
_FOUND = "find(associatedAccessPolicies, 'policyArn', split(id, '#')[2])"

ACCESS_POLICY_ASSOCIATION = ResourceType(
    pulumi_type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    id="join('#', [input.clusterName, input.principalArn, input.policyArn])",
    create=Call("AssociateAccessPolicy"),
    reads=(
        Read(
            "ListAssociatedAccessPolicies",
            _ASSOCIATED,
            at=f"{_FOUND} && merge({_FOUND}, {{clusterName: split(id, '#')[0], principalArn: split(id, '#')[1]}})",
        ),
    ),
    delete=Call("DisassociateAccessPolicy", {**_ASSOCIATED, "policyArn": "split(id, '#')[2]"}),
    missing=MISSING,
    inputs={
        "accessScope": Input(same=Same.BLOCK, replace=True),
        "clusterName": Input(replace=True),
        "policyArn": Input(replace=True),
        "principalArn": Input(replace=True),
    },
    outputs={"associatedAt": "associatedAt", "modifiedAt": "modifiedAt"},
)

_IDENTITY = {"clusterName": "split(id, ',')[0]", "associationId": "split(id, ',')[1]"}

POD_IDENTITY_ASSOCIATION = ResourceType(
    pulumi_type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    # The service finds an association by its cluster's name and its own id.
    id="concat([input.clusterName, ',', response.association.associationId])",
    create=Call("CreatePodIdentityAssociation"),
    reads=(Read("DescribePodIdentityAssociation", _IDENTITY, at="association"),),
    update=Call("UpdatePodIdentityAssociation", _IDENTITY),
    then=tagged("live.associationArn"),
    delete=Call("DeletePodIdentityAssociation", _IDENTITY),
    missing=MISSING,
    find=Find(
        "ListPodIdentityAssociations",
        {name: f"input.{name}" for name in ("clusterName", "namespace", "serviceAccount")},
        ids="associations[].concat([clusterName, ',', associationId])",
        by=("clusterName", "namespace", "serviceAccount"),
    ),
    inputs={
        "clusterName": Input(replace=True),
        "disableSessionTags": Input(absent=False),
        "namespace": Input(replace=True),
        "roleArn": Input(),
        "serviceAccount": Input(replace=True),
        "tags": TAGS,
        "targetRoleArn": Input(absent=""),
    },
    outputs={
        "associationArn": "associationArn",
        "associationId": "associationId",
        "externalId": "externalId",
        "tagsAll": "tags || `{}`",
    },
)

TYPES = (ADD_ON, ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, POD_IDENTITY_ASSOCIATION)
