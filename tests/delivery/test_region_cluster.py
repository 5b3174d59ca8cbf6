"""Which API server is a region's: EKS as moto answers, or a context of the kubeconfig."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from delivery.kubeconfig import ApiServer
from delivery.region_cluster import cluster_of
from delivery.steps import StepError
from regions.load import load_fleet
from stacks.environment import load_environment

REGION = load_fleet().region("eu-central-1")
NAME = "wedsync-prod-eu-central-1"


@pytest.fixture
def eks() -> Generator[Any]:
    with mock_aws():
        session: Any = boto3.Session("test", "test", region_name=REGION.aws_region)
        yield session.client("eks")


@pytest.fixture
def aws_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An `aws` that knows how to make one cluster's tokens."""
    file = tmp_path / "aws"
    token = json.dumps({"status": {"token": "made-by-aws"}})
    wanted = f"eks get-token --cluster-name {NAME} --region {REGION.aws_region} --output json"
    file.write_text(f"#!/bin/sh\n[ \"$*\" = '{wanted}' ] && echo '{token}'\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


@pytest.mark.usefixtures("aws_cli")
def test_a_region_of_eks_is_its_cluster_there(eks: Any) -> None:
    role = "arn:aws:iam::123456789012:role/some-role"
    made = eks.create_cluster(name=NAME, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]})["cluster"]
    clients = {("eks", REGION.aws_region): eks}
    found = cluster_of(load_environment("prod"), REGION, lambda *asked: clients[asked])
    assert found == ApiServer(made["endpoint"], made["certificateAuthority"]["data"], token="made-by-aws")


def test_without_the_cluster_it_says_what_to_do(eks: Any) -> None:
    with pytest.raises(StepError, match=f"There is no EKS cluster {NAME}: `pulumi up` the region's stack first"):
        cluster_of(load_environment("prod"), REGION, lambda *_: eks)


def test_a_cluster_that_is_brought_along_is_a_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = {"server": "https://cluster.test", "certificate-authority-data": "QQ=="}
    config = {
        "contexts": [{"name": "wedsync-eu-central-1", "context": {"cluster": "one", "user": "me"}}],
        "clusters": [{"name": "one", "cluster": about}],
        "users": [{"name": "me", "user": {"token": "t"}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))

    def none(service: str, aws_region: str) -> None:
        raise AssertionError(f"asked {service} in {aws_region}")

    assert cluster_of(load_environment("local"), REGION, none) == ApiServer("https://cluster.test", "QQ==", "t")
