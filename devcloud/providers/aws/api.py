"""Calls to the AWS endpoint: one client a service and region, errors passed through whole."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, Shape

from devcloud.providers.aws.settings import Settings
from devcloud.providers.plugin import ProviderError

# An RDS call answers after PostgreSQL did what it asks for, which takes seconds; a restore may take minutes.
_READ_TIMEOUT = 600
_CONNECT_TIMEOUT = 10
_CONNECTIONS = 32


class ServiceError(ProviderError):
    """The service refused an operation; `code` is its own."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code


class Api:
    """The AWS API at the configured endpoint."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = _session()
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()  # making a client is not thread-safe, using it is

    def operation(self, service: str, operation: str) -> OperationModel:
        """botocore's model of an operation."""
        with self._lock:
            return self._session.get_service_model(service).operation_model(operation)

    def call(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of one call, all pages of it.

        Raises:
            ServiceError: the service refused.
            ProviderError: the call is not valid under botocore's model, or the endpoint did not answer.
        """
        client = self._client(service, region)
        method = botocore.xform_name(operation)
        try:
            if client.can_paginate(method):
                return client.get_paginator(method).paginate(**parameters).build_full_result()
            return getattr(client, method)(**parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise ServiceError(operation, details.get("Code", ""), details.get("Message", "")) from error
        except BotoCoreError as error:
            raise ProviderError(f"{operation} of {service} at {client.meta.endpoint_url}: {error}") from error

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._new_client(service, region)
            return self._clients[service, region]

    def _new_client(self, service: str, region: str) -> Any:
        settings = self._settings
        return self._session.create_client(
            service,  # pyright: ignore[reportArgumentType] - the stubs list the services that have stubs
            region_name=region,
            endpoint_url=settings.endpoints.get(service, settings.endpoint),
            aws_access_key_id=settings.access_key,
            aws_secret_access_key=settings.secret_key,
            aws_session_token=settings.token,
            config=Config(
                # The endpoint is on this machine: no proxy in between, and an error is an error at the first time.
                proxies={},
                retries={"total_max_attempts": 1},
                connect_timeout=_CONNECT_TIMEOUT,
                read_timeout=_READ_TIMEOUT,
                max_pool_connections=_CONNECTIONS,
            ),
        )


def input_members(operation: OperationModel) -> Mapping[str, Shape]:
    """The parameters of an operation by name."""
    shape = operation.input_shape
    return getattr(shape, "members", {}) if shape else {}


def _session() -> botocore.session.Session:
    """A session that reads no profile, configuration or credentials of the person who runs it."""
    return botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
