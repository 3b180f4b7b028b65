"""Whether files can be stored right now, cached for the health check."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import LocalStorage, StorageDown, get_storage
from app.adjuntos.rules import LOCAL
from app.core.outages import Outage, find_outage
from app.core.remembered import Remembered
from app.db import db, release
from app.extensions import current_config

#: Seconds for which an answer holds. A question to a bucket costs a request and money.
_HOLDS = 30.0
#: What a probe writes and takes away again.
_PROBE = "salud/prueba.txt"
#: Number of stored files that one probe samples.
_SAMPLE = 5


def storage_trouble() -> str | None:
    """Why no file can be stored: ``full``, ``read_only``, ``down``; None when one can.

    It is tried at most every half a minute, within a few seconds, by one caller at a time; the
    others get the last answer. A small file is written, or the bucket is asked for.
    """
    remembered: Remembered[str | None] = current_app.extensions.setdefault(
        "rastro_storage", Remembered(_HOLDS, lambda: _ask())
    )
    return remembered.get()


def find_missing_file() -> bool:
    """Whether one of some stored files, chosen at random, is gone from its storage.

    A storage that does not answer is not a lost file.
    """
    chosen = db.session.execute(
        sa.select(Adjunto.almacen, Adjunto.original_key, Adjunto.copia_key)
        .order_by(sa.func.random())
        .limit(_SAMPLE)
    ).all()
    release()
    try:
        return any(
            not get_storage(row.almacen).exists(key)
            for row in chosen
            for key in (row.original_key, row.copia_key)
            if key
        )
    except (StorageDown, OSError):
        return False
    except ValueError:
        return True  # a row was altered: under what it names there is no file


def _ask() -> str | None:
    config = current_config()
    if config.storage_type == LOCAL:
        return _try_folder(LocalStorage(config.storage_dir))
    if not config.bucket_configured:
        return "down"
    from app.adjuntos.outside.bucket import is_bucket_there  # boto3 takes a second to import

    is_there = is_bucket_there(
        config.s3_bucket_name,
        region=config.aws_region,
        key_id=config.aws_access_key_id,
        secret=config.aws_secret_access_key,
        endpoint=config.s3_endpoint_url,
    )
    return None if is_there else "down"


def _try_folder(storage: LocalStorage) -> str | None:
    try:
        storage.put(_PROBE, b"x")
        storage.delete(_PROBE)
    except OSError as error:
        outage = find_outage(error)
        return outage.value if outage in {Outage.FULL, Outage.READ_ONLY} else "down"
    return None
