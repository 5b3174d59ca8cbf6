"""CustomResourceDefinitions of the add-ons that a real cluster has, from the projects' own Go modules.

The modules are pinned and checked like those of the built tools; only YAML files are taken out of them. Each definition
becomes a JSON file of its own, `<name>.json`: control planes read them at every start.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from devcloud.toolchain.cache import Entry, cache_directory, key_of
from devcloud.toolchain.errors import ToolchainError, explain
from devcloud.toolchain.golang import Go, find_go
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.tools import MODULES

_PINS = MODULES / "crds"
_DOWNLOAD_SECONDS = 600
# Those that the regions' objects are of; each definition costs every API server memory.
FILES = {
    "istio.io/api": ("kubernetes/customresourcedefinitions.gen.yaml",),
    "github.com/external-secrets/external-secrets": (
        "config/crds/bases/external-secrets.io_clustersecretstores.yaml",
        "config/crds/bases/external-secrets.io_externalsecrets.yaml",
        "config/crds/bases/external-secrets.io_secretstores.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
}


def definition_files(progress: Progress) -> tuple[Path, ...]:
    """One JSON file for each definition, named as it is, fetched now unless the cache has them.

    Raises:
        ToolchainError: a module cannot be had, or is not the pinned one.
    """
    pins = [(_PINS / name).read_bytes() for name in ("go.mod", "go.sum")]
    directory = cache_directory() / f"crds-{key_of([*pins, json.dumps(FILES).encode()])}"
    made = Entry("CustomResourceDefinitions", directory, lambda draft: _fetch(draft, directory, progress))
    # Their names have dots; manifest.json has none.
    return tuple(sorted(made.ensure(progress).glob("*.*.json")))


def _fetch(draft: Path, directory: Path, progress: Progress) -> Iterable[Path]:
    progress.line("fetching CustomResourceDefinitions, once for this machine")
    pins = (_PINS / "go.mod").read_text()
    go = find_go(_only(r"^go (\S+)", pins), progress)
    for module, files in FILES.items():
        version = _only(rf"^\s*{re.escape(module)} (v\S+)", pins)
        source = _download(go, module, version, directory.with_suffix(".log"))
        for file in files:
            yield from _split(source / file, draft)


def _split(file: Path, target: Path) -> Iterable[Path]:
    # The C parser: the files have megabytes.
    documents: Iterable[dict[str, Any] | None] = yaml.load_all(file.read_text(), yaml.CSafeLoader)
    for definition in filter(None, documents):
        made = target / f"{definition['metadata']['name']}.json"
        made.write_text(json.dumps(definition))
        yield made


def _download(go: Go, module: str, version: str, log: Path) -> Path:
    """The module's directory in Go's own cache, its checksum compared with the pinned one."""
    what = f"downloading {module} {version}"
    try:
        done = subprocess.run(
            [go.executable, "mod", "download", "-json", f"{module}@{version}"],
            cwd=log.parent,
            env=go.environment,
            capture_output=True,
            text=True,
            timeout=_DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolchainError(f"{what} took longer than {_DOWNLOAD_SECONDS} s") from error
    log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise explain(what, log.read_text().splitlines(), log)
    answer = json.loads(done.stdout)
    if f"{module} {version} {answer['Sum']}" not in (_PINS / "go.sum").read_text().splitlines():
        raise ToolchainError(f"{what}: its checksum {answer['Sum']} is not the one in {_PINS / 'go.sum'}")
    return Path(answer["Dir"])


def _only(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise LookupError(f"{_PINS / 'go.mod'} has nothing like {pattern}")
    return found[1]
