"""Which API server a kubeconfig's context names, and as whom."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from components.cluster.kubeconfig import kubeconfig
from delivery.kubeconfig import ApiServer, api_server, read_kubeconfig
from delivery.steps import StepError


def config(user: dict[str, Any], **cluster: str) -> dict[str, Any]:
    about = {"server": "https://cluster.test", "certificate-authority-data": "QQ=="} | cluster
    return {
        "contexts": [{"name": "here", "context": {"cluster": "one", "user": "me"}}],
        "clusters": [{"name": "one", "cluster": about}],
        "users": [{"name": "me", "user": user}],
    }


def plugin(program: str, **more: Any) -> dict[str, Any]:
    return {"exec": {"command": sys.executable, "args": ["-c", program], **more}}


def test_a_client_certificate_is_taken_with_its_key() -> None:
    found = api_server(config({"client-certificate-data": "Qw==", "client-key-data": "Sw=="}), "here")
    assert found == ApiServer("https://cluster.test", "QQ==", certificate=b"C\nK")


def test_a_token_is_taken() -> None:
    assert api_server(config({"token": "t"}), "here").token == "t"


def test_a_plugin_makes_the_token() -> None:
    program = "import json, os; print(json.dumps({'status': {'token': os.environ['WHO']}}))"
    found = api_server(config(plugin(program, env=[{"name": "WHO", "value": "somebody"}])), "here")
    assert found.token == "somebody"


@pytest.mark.parametrize(
    ("document", "context", "says"),
    [
        (config({"token": "t"}), "there", "no context 'there'; it has here"),
        (config({}), "here", "user me: none of client-certificate-data, token and exec"),
        (config({"token": "t"}, **{"certificate-authority-data": ""}), "here", "certificate-authority-data is missing"),
        (config(plugin("raise SystemExit('log in first')")), "here", "gave no token: log in first"),
        (config(plugin("print('nothing')")), "here", "gave no token: JSONDecodeError"),
        (
            config({"exec": {"command": "no-such-program", "args": None, "installHint": "Install it."}}),
            "here",
            "no-such-program: not found. Install it.",
        ),
    ],
)
def test_what_is_wrong_is_said(document: dict[str, Any], context: str, says: str) -> None:
    with pytest.raises(StepError, match=says):
        api_server(document, context)


def test_the_kubeconfig_of_an_eks_cluster_is_one_of_these() -> None:
    document = json.loads(kubeconfig("wedsync-prod-us-east-1", "https://1.eks.amazonaws.com", "QQ==", "us-east-1"))
    document["users"][0]["user"]["exec"] |= plugin('print(\'{"status": {"token": "t"}}\')')["exec"]
    assert api_server(document, "wedsync-prod-us-east-1") == ApiServer("https://1.eks.amazonaws.com", "QQ==", "t")


def test_the_file_is_the_one_that_kubectl_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    with pytest.raises(StepError, match=r"kubeconfig .*/config: cannot be read"):
        read_kubeconfig()
    (tmp_path / "config").write_text("contexts: []")
    assert read_kubeconfig() == {"contexts": []}


def test_credentials_are_not_shown_by_accident() -> None:
    shown = repr(ApiServer("https://cluster.test", "QQ==", token="canary-token", certificate=b"canary-key"))
    assert "canary" not in shown
