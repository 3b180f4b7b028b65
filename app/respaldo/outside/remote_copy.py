"""The off-site copy: an S3-compatible bucket, under the prefix ``respaldos/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from app.respaldo.rules import made_at
from app.respaldo.rules.backup_errors import BackupError
from config import Config

PREFIX = "respaldos/"


class Bucket:
    """The bucket of the configuration."""

    def __init__(self, config: Config) -> None:
        self.name = config.s3_bucket_name
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=config.s3_endpoint_url or None,
            region_name=config.aws_region,
            aws_access_key_id=config.aws_access_key_id or None,
            aws_secret_access_key=config.aws_secret_access_key or None,
            config=BotoConfig(connect_timeout=10, read_timeout=60, retries={"max_attempts": 3}),
        )

    def upload(self, path: Path) -> None:
        """Copy one archive there, in parts, and see that it arrived whole.

        Raises:
            BackupError: it did not.
        """
        key = PREFIX + path.name
        try:
            self._client.upload_file(str(path), self.name, key)
            size = self._client.head_object(Bucket=self.name, Key=key)["ContentLength"]
        except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
            raise BackupError(f"No se pudo copiar al bucket {self.name}: {error}") from None
        if size != path.stat().st_size:
            raise BackupError(f"La copia en el bucket {self.name} quedó incompleta.")

    def names(self) -> list[str]:
        """The archives that are there; what else lies beside them is none of ours.

        Raises:
            BackupError: nobody could tell.
        """
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=PREFIX
            )
            found = [
                item["Key"].removeprefix(PREFIX)
                for page in pages
                for item in page.get("Contents", [])
            ]
        except (BotoCoreError, ClientError) as error:
            raise BackupError(f"No se pudo leer el bucket {self.name}: {error}") from None
        return [name for name in found if made_at(name)]

    def download(self, name: str, target: Path) -> None:
        """Bring one archive back.

        Raises:
            BackupError: it is not there, or the bucket does not answer.
        """
        try:
            self._client.download_file(self.name, PREFIX + name, str(target))
        except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
            raise BackupError(f"No se pudo traer {name} del bucket: {error}") from None

    def remove(self, name: str) -> None:
        """Take one away.

        Raises:
            BackupError: the bucket does not allow it.
        """
        try:
            self._client.delete_object(Bucket=self.name, Key=PREFIX + name)
        except (BotoCoreError, ClientError) as error:
            raise BackupError(f"No se pudo borrar {name} del bucket: {error}") from None
