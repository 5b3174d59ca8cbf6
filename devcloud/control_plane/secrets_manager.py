"""Reads secrets from the embedded AWS."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


class SecretsManager:
    """A reader of secrets by region and name, for ExternalSecrets."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def read(self, region: str, name: str) -> str:
        """The secret's text.

        Raises:
            LookupError: there is none, or AWS does not answer.
        """
        try:
            return str(self._client(region).get_secret_value(SecretId=name)["SecretString"])
        except KeyError:
            raise LookupError(f"secret {name} in {region} is binary") from None
        except ClientError as error:
            raise LookupError(f"secret {name} in {region}: {error.response.get('Error', {}).get('Code')}") from None
        except BotoCoreError as error:
            raise LookupError(f"secret {name} in {region}: {type(error).__name__}") from None

    def _client(self, region: str) -> Any:
        if region not in self._clients:
            own = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
            own.set_config_variable("config_file", os.devnull)
            own.set_config_variable("credentials_file", os.devnull)
            session: Any = boto3.Session("local", "local", region_name=region, botocore_session=own)
            config = Config(proxies={}, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
            self._clients[region] = session.client("secretsmanager", endpoint_url=self._endpoint, config=config)
        return self._clients[region]
