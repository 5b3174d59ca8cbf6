"""The executable that the Pulumi engine starts: `python -m devcloud.providers.kubernetes <engine address>`."""

from contextlib import closing

from devcloud.providers.kubernetes.provider import KubernetesProvider
from devcloud.providers.plugin import serve

if __name__ == "__main__":
    with closing(KubernetesProvider()) as provider:
        serve(provider)
