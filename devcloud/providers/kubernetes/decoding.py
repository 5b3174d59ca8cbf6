"""YAML text as Kubernetes objects, for the SDK's ConfigFile and ConfigGroup."""

from __future__ import annotations

from typing import Any

import yaml

from devcloud.providers.plugin import ProviderError


class _Loader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: a date is a string."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML declares it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def objects(text: str) -> list[dict[str, Any]]:
    """The objects of all documents, the items of `List`s one by one.

    Raises:
        ProviderError: it is not YAML, or a document is not an object.
    """
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise ProviderError(f"not YAML: {error}") from error
    found: list[dict[str, Any]] = []
    for document in documents:
        if document is None:
            continue
        if not isinstance(document, dict) or "kind" not in document or "apiVersion" not in document:
            raise ProviderError(f"not a Kubernetes object (apiVersion and kind are needed): {str(document)[:80]}")
        found += document["items"] if document["kind"] == "List" else [document]
    return found
