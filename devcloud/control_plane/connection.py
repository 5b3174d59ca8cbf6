"""A plain HTTPS client of one API server."""

from __future__ import annotations

import ssl

import httpx

from devcloud.control_plane.kubeconfig import Access

# Comfortably above a slow first answer on two busy cores; no request here is a long one.
REQUEST_SECONDS = 10.0


def connect(access: Access) -> httpx.Client:
    """A client that is authenticated by `access`' certificate.

    Proxies of the environment are ignored: everything is on loopback.
    """
    context = ssl.create_default_context(cafile=str(access.ca))
    context.load_cert_chain(access.client.certificate, access.client.key)
    return httpx.Client(base_url=access.server, verify=context, trust_env=False, timeout=REQUEST_SECONDS)
