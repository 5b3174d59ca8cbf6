"""checkov as the toolchain installs it: it finds fault, beside none of our packages, and asks no network."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from devcloud.toolchain import Checkov, ConsoleProgress, find_checkov

pytestmark = pytest.mark.cluster

_SECONDS = 120
_ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: everything
  namespace: apps
rules:
  - apiGroups: [{group}]
    resources: [{resource}]
    verbs: [{verb}]
"""


@pytest.fixture(scope="module")
def checkov() -> Checkov:
    return find_checkov(ConsoleProgress(sys.stderr))


@pytest.fixture
def proxy() -> Generator[socket.socket]:
    """Where everything would go that leaves the machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def test_it_finds_what_is_broken_and_asks_nobody(checkov: Checkov, proxy: socket.socket, tmp_path: Path) -> None:
    (tmp_path / "right.yaml").write_text(_ROLE.format(group="apps", resource="deployments", verb="get"))
    (tmp_path / "wrong.yaml").write_text(_ROLE.format(group="'*'", resource="'*'", verb="'*'"))
    url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
    through = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), url)
    memory = tmp_path / "memory"  # or an answer of a run before would be as good as none
    memory.mkdir()

    done = subprocess.run(
        checkov.command("--directory", str(tmp_path), "--framework", "kubernetes", "--output", "json"),
        env={**checkov.environment(), **through, "HOME": str(memory), "XDG_CACHE_HOME": str(memory)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    failed = json.loads(done.stdout)["results"]["failed_checks"]
    assert {each["file_path"] for each in failed} == {"/wrong.yaml"}
    assert "CKV_K8S_49" in {each["check_id"] for each in failed}  # wildcards in roles
    with pytest.raises(BlockingIOError):  # nobody has connected
        proxy.accept()


def test_its_packages_are_its_own(checkov: Checkov) -> None:
    asked = "import boto3, pathlib; print(pathlib.Path(boto3.__file__).parents[1])"
    command = [*checkov.command()[:3], "-c", asked]
    done = subprocess.run(
        command, env=checkov.environment(), capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    assert Path(done.stdout.strip()) == checkov.directory
