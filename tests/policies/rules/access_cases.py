"""Who may what, and from where: roles, policies, endpoints, open ports, tags."""

from __future__ import annotations

import json
from typing import Any

from policies import tokens
from policies.rules import bound_roles, grant_least_privilege, limit_cluster_endpoint, limit_open_ports, tag_everything
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_ACCOUNT = "444455556666"
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"


def _allow(**fields: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", **fields}]})


_NARROW = _allow(Action=["s3:GetObject*"], Resource="arn")
_EVERYBODY = "policy allows everybody, without a condition."

_IDENTITIES = tuple(
    Case(
        grant_least_privilege.RULE,
        (resource(kind, {"policy": _NARROW}),),
        (
            Bad("policy", _allow(Action="*", Resource="arn"), "It allows '*': name the actions."),
            Bad("policy", _allow(Action=["a:B", "s3:*"], Resource="*"), "It allows 's3:*': name the actions."),
            Bad(
                "policy",
                _allow(NotAction="iam:*", Resource="*"),
                "It allows by NotAction: that is all but a few, and more with every new service.",
            ),
            Bad(
                "policy",
                _allow(Action="s3:GetObject", NotResource="arn"),
                "It allows by NotResource: that is all but a few, and more with every new service.",
            ),
        ),
    )
    for kind in (tokens.ROLE_POLICY, tokens.IAM_POLICY)
)

_ROLES = (
    Case(
        grant_least_privilege.RULE,
        (
            resource(
                tokens.ROLE,
                {
                    "assumeRolePolicy": _allow(Principal={"Service": "eks.amazonaws.com"}, Action="sts:AssumeRole"),
                    "inlinePolicies": [{"policy": _NARROW}],
                    "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"],
                },
            ),
        ),
        (
            Bad(
                "assumeRolePolicy",
                _allow(Principal="*", Action="sts:AssumeRole", Condition={"Bool": {"a": "b"}}),
                "assumeRolePolicy lets everybody assume the role.",
            ),
            Bad(
                "assumeRolePolicy",
                _allow(Principal={"AWS": ["*"]}, Action="sts:AssumeRole"),
                "assumeRolePolicy lets everybody assume the role.",
            ),
            Bad(
                "inlinePolicies>0>policy", _allow(Action="kms:*", Resource="a"), "It allows 'kms:*': name the actions."
            ),
            Bad(
                "managedPolicyArns>0",
                "arn:aws:iam::aws:policy/AdministratorAccess",
                "It has arn:aws:iam::aws:policy/AdministratorAccess: that is everything, or everything of a service.",
            ),
        ),
    ),
    Case(
        grant_least_privilege.RULE,
        (resource(tokens.ROLE_POLICY_ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"}),),
        (
            Bad(
                "policyArn",
                "arn:aws:iam::aws:policy/AmazonS3FullAccess",
                "It has arn:aws:iam::aws:policy/AmazonS3FullAccess: that is everything, or everything of a service.",
            ),
        ),
    ),
    Case(
        bound_roles.RULE,
        (resource(tokens.ROLE, {"permissionsBoundary": f"arn:aws:iam::{_ACCOUNT}:policy/wedsync-prod-boundary"}),),
        (
            Bad(
                "permissionsBoundary",
                ABSENT,
                f"permissionsBoundary is absent: it must be a policy of account {_ACCOUNT}.",
            ),
            Bad(
                "permissionsBoundary",
                "arn:aws:iam::1:policy/boundary",
                f"permissionsBoundary is 'arn:aws:iam::1:policy/boundary': it must be a policy of account {_ACCOUNT}.",
            ),
            Bad("@type", tokens.USER, "Users and their keys live until somebody remembers them."),
        ),
    ),
)

_RESOURCES = (
    *(
        Case(
            grant_least_privilege.RULE,
            (
                resource(
                    kind, {"policy": _allow(Principal="*", Action="*", Resource="*", Condition={"Bool": {"a": "b"}})}
                ),
            ),
            (
                Bad("policy", _allow(Principal="*", Action="a:B", Resource="*"), _EVERYBODY),
                Bad("policy", _allow(Principal={"AWS": "*"}, Action="a:B", Resource="*"), _EVERYBODY),
            ),
        )
        for kind in (tokens.BUCKET_POLICY, tokens.TOPIC_POLICY, tokens.FILE_SYSTEM_POLICY, tokens.VPC_ENDPOINT)
    ),
    Case(
        grant_least_privilege.RULE,
        (
            # In a key's policy `*` is the key, and the account's root is whoever IAM lets.
            resource(
                tokens.KEY,
                {"policy": _allow(Principal={"AWS": f"arn:aws:iam::{_ACCOUNT}:root"}, Action="kms:*", Resource="*")},
            ),
            # Through an endpoint everybody may reach a bucket of AWS's.
            resource(tokens.VPC_ENDPOINT, {"policy": _allow(Principal="*", Action="a:B", Resource="arn:aws:s3:::b/*")}),
        ),
        (Bad("policy", _allow(Principal="*", Action="kms:*", Resource="*"), _EVERYBODY),),
    ),
)

_PRIVATE_ENDPOINT = "vpcConfig.endpointPrivateAccess is False: it must be true."
_ENDPOINTS = (
    Case(
        limit_cluster_endpoint.RULE,
        (
            resource(
                tokens.CLUSTER,
                {
                    "vpcConfig": {
                        "endpointPrivateAccess": True,
                        "endpointPublicAccess": True,
                        "publicAccessCidrs": ["203.0.113.0/24"],
                    }
                },
            ),
        ),
        (
            Bad("vpcConfig>endpointPrivateAccess", False, _PRIVATE_ENDPOINT),
            Bad(
                "vpcConfig>publicAccessCidrs",
                ["203.0.113.0/24", "198.51.100.0/24"],
                "vpcConfig.publicAccessCidrs lets 198.51.100.0/24 in: cluster_endpoint.allowed_cidrs does not.",
            ),
            Bad(
                "vpcConfig>publicAccessCidrs",
                ABSENT,
                "vpcConfig.publicAccessCidrs lets 0.0.0.0/0 in: cluster_endpoint.allowed_cidrs does not.",
            ),
        ),
    ),
    Case(
        limit_cluster_endpoint.RULE,
        (resource(tokens.CLUSTER, {"vpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": False}}),),
        (Bad("vpcConfig>endpointPrivateAccess", False, _PRIVATE_ENDPOINT),),
        "local-us-east-1",
    ),
)


def _ports(first: int, last: int, **source: Any) -> dict[str, Any]:
    return {"fromPort": first, "toPort": last, **source}


_PORTS = (
    Case(
        limit_open_ports.RULE,
        (
            resource(tokens.INGRESS_RULE, _ports(5432, 5432, cidrIpv4="10.0.0.0/8")),
            resource(tokens.INGRESS_RULE, _ports(443, 443, cidrIpv4="0.0.0.0/0")),
            resource(tokens.SECURITY_GROUP, {"ingress": [_ports(22, 22, cidrBlocks=["10.0.0.0/16"])]}),
            resource(tokens.SECURITY_GROUP_RULE, {"type": "egress", **_ports(0, 0, cidrBlocks=["0.0.0.0/0"])}),
            resource(tokens.PREFIX_LIST, {"entries": [{"cidr": "10.10.0.0/16"}]}),
        ),
        (
            Bad("cidrIpv4", "0.0.0.0/0", "Ports 5432 to 5432 are open to 0.0.0.0/0: only 443 may be."),
            Bad("cidrIpv4", "128.0.0.0/1", "Ports 5432 to 5432 are open to 128.0.0.0/1: only 443 may be."),
            Bad("cidrIpv6", "::/0", "Ports 5432 to 5432 are open to ::/0: only 443 may be."),
            Bad("toPort", 8443, "Ports 443 to 8443 are open to 0.0.0.0/0: only 443 may be.", of=1),
            Bad("fromPort", ABSENT, "Ports absent to 443 are open to 0.0.0.0/0: only 443 may be.", of=1),
            Bad("ingress>0>cidrBlocks>0", "0.0.0.0/0", "Ports 22 to 22 are open to 0.0.0.0/0: only 443 may be.", of=2),
            Bad("type", "ingress", "Ports 0 to 0 are open to 0.0.0.0/0: only 443 may be.", of=3),
            Bad("entries>0>cidr", "0.0.0.0/0", "It contains 0.0.0.0/0: that is everybody.", of=4),
        ),
    ),
    Case(
        limit_open_ports.RULE,
        (
            resource(
                tokens.SERVICES[0],
                {
                    "metadata": {"namespace": "istio-ingress", "annotations": {_SCHEME: "internet-facing"}},
                    "spec": {"type": "LoadBalancer", "ports": [{"port": 443}]},
                },
            ),
            resource(
                tokens.SERVICES[0],
                {
                    "metadata": {"namespace": "elsewhere", "annotations": {_SCHEME: "internal"}},
                    "spec": {"type": "LoadBalancer", "ports": [{"port": 15443}]},
                },
            ),
            resource(tokens.SERVICES[0], {"spec": {"ports": [{"port": 8080}]}}),
        ),
        (
            Bad("spec>ports>0>port", 80, "Port 80 is open to the internet: only 443 may be."),
            Bad(
                "metadata>namespace",
                "database-optimization",
                "It is open to the internet in namespace 'database-optimization': only istio-ingress is the entry.",
            ),
            Bad(
                f"metadata>annotations>{_SCHEME}",
                ABSENT,
                f"A load balancer must say whom it is for: annotation {_SCHEME} is absent.",
                of=1,
            ),
        ),
    ),
)

_OURS = {
    "Name": "wedsync-prod-us-east-1-page",
    "wedsync:environment": "prod",
    "wedsync:stack": "prod-us-east-1",
    "wedsync:managed-by": "pulumi",
}
_TAGS = (
    Case(
        tag_everything.RULE,
        (
            resource(tokens.TOPIC, {"tags": _OURS}),
            resource(tokens.TOPIC_POLICY, {}),
            resource("kubernetes:core/v1:ConfigMap", {}),
        ),
        (
            Bad(
                "tags>wedsync:stack",
                "prod-us-west-1",
                "Tag wedsync:stack is 'prod-us-west-1': it must be 'prod-us-east-1'.",
            ),
            Bad("tags>wedsync:environment", ABSENT, "Tag wedsync:environment is absent: it must be 'prod'."),
            Bad("tags>wedsync:managed-by", "hand", "Tag wedsync:managed-by is 'hand': it must be 'pulumi'."),
            Bad("tags>Name", "page", "Tag Name is 'page': it must begin with 'wedsync-'."),
            Bad("tags>Name", ABSENT, "Tag Name is absent: it must begin with 'wedsync-'."),
        ),
    ),
    Case(
        tag_everything.RULE,
        (
            resource(
                tokens.LAUNCH_TEMPLATE,
                {"tags": _OURS, "tagSpecifications": [{"resourceType": "volume", "tags": _OURS}]},
            ),
        ),
        (
            Bad(
                "tagSpecifications>0>tags>wedsync:stack",
                ABSENT,
                "On each volume, tag wedsync:stack is absent: it must be 'prod-us-east-1'.",
            ),
        ),
    ),
)

CASES: tuple[Case, ...] = (*_IDENTITIES, *_ROLES, *_RESOURCES, *_ENDPOINTS, *_PORTS, *_TAGS)
