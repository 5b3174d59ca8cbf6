"""kube-score as the toolchain builds it: it finds fault, and asks no network."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devcloud.toolchain import ConsoleProgress, Tool, ensure

pytestmark = pytest.mark.cluster

_SECONDS = 30
_JOB: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "scaler"},
    "spec": {
        "schedule": "0 8 1 5 *",
        "startingDeadlineSeconds": 300,
        "jobTemplate": {
            "spec": {
                "template": {
                    "metadata": {"labels": {"app": "scaler"}},
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [
                            {
                                "name": "scaler",
                                "image": "example.test/scaler:1@sha256:" + "0" * 64,
                                "imagePullPolicy": "Always",
                                "resources": {
                                    size: {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"}
                                    for size in ("requests", "limits")
                                },
                                "securityContext": {
                                    "runAsUser": 10001,
                                    "runAsGroup": 10001,
                                    "readOnlyRootFilesystem": True,
                                },
                            }
                        ],
                    },
                }
            }
        },
    },
}
_POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "scaler"},
    "spec": {"podSelector": {"matchLabels": {"app": "scaler"}}, "policyTypes": ["Ingress", "Egress"]},
}


@pytest.fixture(scope="session")
def kube_score() -> Path:
    return ensure([Tool.KUBE_SCORE], ConsoleProgress(sys.stderr))[Tool.KUBE_SCORE]


def _criticals(kube_score: Path, *manifests: dict[str, Any]) -> set[str]:
    """The ids of the checks that `manifests` fail."""
    text = "\n---\n".join(json.dumps(each) for each in manifests)
    nowhere = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(
        [kube_score, "score", "--output-format", "json", "--kubernetes-version", "v1.35", "-"],
        input=text,
        env=nowhere,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    checks = [check for each in json.loads(done.stdout) for check in each["checks"]]
    failed = {check["check"]["id"] for check in checks if not check["skipped"] and check["grade"] == 1}
    assert done.returncode == (1 if failed else 0), done.stderr
    return failed


def test_it_has_nothing_against_what_is_right(kube_score: Path) -> None:
    assert _criticals(kube_score, _JOB, _POLICY) == set()


def test_it_finds_what_is_broken(kube_score: Path) -> None:
    broken = copy.deepcopy(_JOB)
    container = broken["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "example.test/scaler:latest"

    assert _criticals(kube_score, broken, _POLICY) == {"container-image-tag"}
    assert _criticals(kube_score, _JOB) == {"pod-networkpolicy"}
