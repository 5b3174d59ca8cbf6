"""How Kubernetes clients reach an EKS cluster: with a token that the AWS CLI makes for each command. Pure."""

from __future__ import annotations

import json


def kubeconfig(name: str, endpoint: str, authority: str, aws_region: str) -> str:
    """Return a kubeconfig for one cluster, as JSON; there is no secret in it.

    Args:
        name: the cluster's, in EKS; also that of the context.
        endpoint: address of its API server, e.g. "https://….eks.amazonaws.com".
        authority: the certificate of its authority, base64.
    """
    # Credentials and, in CI, the role are those of the environment that runs it: the deploy role's.
    token = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", aws_region, "--output", "json"],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
        "installHint": "Install the AWS CLI, version 2: it makes the cluster's tokens.",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}},
            ],
            "users": [{"name": name, "user": {"exec": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
