"""The API server of a cluster is reached from where the environment's settings say, and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import is_on, must_be_on, words
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_EVERYBODY = "0.0.0.0/0"


def _check(subject: Subject, context: Context) -> Iterator[str]:
    settings = context.environment.cluster_endpoint
    yield from must_be_on(subject, "vpcConfig.endpointPrivateAccess")
    public = subject.get("vpcConfig.endpointPublicAccess", True)  # EKS's default
    if public is not UNKNOWN and is_on(public) != settings.public:
        yield f"vpcConfig.endpointPublicAccess is {public}: cluster_endpoint.public is {settings.public}."
    ranges = subject.get("vpcConfig.publicAccessCidrs", [_EVERYBODY])  # EKS's default
    if not is_on(public) or ranges is UNKNOWN:
        return
    if others := [each for each in words(ranges) if each not in settings.allowed_cidrs]:
        yield f"vpcConfig.publicAccessCidrs lets {', '.join(others)} in: cluster_endpoint.allowed_cidrs does not."


RULE = Rule(
    id="limit-cluster-endpoint",
    why="Who reaches the API server and holds a token can change everything in the cluster, on a Saturday too.",
    fix="Change cluster_endpoint in Pulumi.<environment>.yaml, where it is reviewed, and let the program follow it.",
    types=(tokens.CLUSTER,),
    check=_check,
)
