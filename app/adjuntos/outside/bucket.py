"""Files in a bucket that speaks S3. Imported when one is used: boto3 takes a second."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any, BinaryIO, cast

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from app.adjuntos.outside.storage import FileMissing, StorageDown, StoredFile, check_key
from app.adjuntos.rules import S3

#: In bytes. Larger downloads are spooled to disk instead of memory.
_IN_MEMORY = 2 * 1024 * 1024


class S3Storage:
    """Store files in a bucket of Amazon S3 or of a compatible service."""

    name = S3

    def __init__(
        self, bucket: str, *, region: str, key_id: str, secret: str, endpoint: str = ""
    ) -> None:
        self.bucket = bucket
        self.client = _client(region, key_id, secret, endpoint)

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """One request: S3 keeps a whole object or none."""
        if not isinstance(data, bytes):
            data.seek(0)
        self._call("put_object", key, Body=data)

    def open(self, key: str) -> BinaryIO:
        """Download the whole file first, so that a lost connection fails here."""
        if not key:
            raise FileMissing
        answer = self._call("get_object", key)
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # handed on
        try:
            for chunk in answer["Body"].iter_chunks(256 * 1024):
                file.write(chunk)
        except (BotoCoreError, OSError):
            file.close()
            raise StorageDown from None
        file.seek(0)
        return cast(BinaryIO, cast(IO[bytes], file))

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""
        self._call("delete_object", key)

    def move(self, key: str, to: str) -> None:
        """Give a file another key. It counts as changed now."""
        self._call("copy_object", to, CopySource={"Bucket": self.bucket, "Key": key})
        self.delete(key)

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            self._call("head_object", key)
        except FileMissing:
            return False
        return True

    def files(self, prefix: str) -> Iterator[StoredFile]:
        """What is under a prefix."""
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=f"{prefix}/"):
                for item in page.get("Contents", ()):
                    yield StoredFile(item["Key"], item["LastModified"])
        except (BotoCoreError, ClientError, OSError):
            raise StorageDown from None

    def _call(self, verb: str, key: str, **values: Any) -> Any:
        check_key(key)
        try:
            return getattr(self.client, verb)(Bucket=self.bucket, Key=key, **values)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise FileMissing from None
            raise StorageDown from error
        except (BotoCoreError, OSError) as error:
            raise StorageDown from error


def is_bucket_there(bucket: str, *, region: str, key_id: str, secret: str, endpoint: str) -> bool:
    """Whether the bucket answers and accepts a small object; times out within seconds."""
    client = _client(region, key_id, secret, endpoint, hurried=True)
    try:
        client.put_object(Bucket=bucket, Key="salud/prueba.txt", Body=b"x")
    except (BotoCoreError, ClientError, OSError):
        return False
    return True


@lru_cache(maxsize=8)
def _client(region: str, key_id: str, secret: str, endpoint: str, *, hurried: bool = False) -> Any:
    """Return the shared boto3 client: thread-safe, slow to build, with short timeouts."""
    settings = ClientConfig(
        connect_timeout=2 if hurried else 5,
        read_timeout=3 if hurried else 30,
        retries={"total_max_attempts": 1 if hurried else 3, "mode": "standard"},
        s3={"addressing_style": "path" if endpoint else "auto"},
        # S3-compatible services reject the checksums that newer boto3 adds by default.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        region_name=region or None,
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret or None,
        endpoint_url=endpoint or None,
        config=settings,
    )
