"""Whether files can be stored right now, for who is asked often and must answer at once."""

from __future__ import annotations

import os
import threading
import time

from flask import current_app

from app.adjuntos.rules import LOCAL
from app.extensions import current_config

#: Seconds for which a bucket's answer holds. Each question costs a request and money.
_HOLDS = 30.0

_asking = threading.Lock()


def is_storage_up() -> bool:
    """Whether new files can be stored: the folder may be written to, or the bucket is there.

    A bucket is asked at most every half a minute, within a few seconds, by one caller at a time;
    the others get the last answer.
    """
    config = current_config()
    if config.storage_type == LOCAL:
        folder = config.storage_dir
        return os.access(folder if folder.exists() else folder.parent, os.W_OK)
    asked, answer = _last()
    if time.monotonic() - asked < _HOLDS or not _asking.acquire(blocking=asked == 0.0):
        return answer
    try:
        asked, answer = _last()  # somebody else asked while this one waited
        if time.monotonic() - asked < _HOLDS and asked:
            return answer
        answer = _ask()
        current_app.extensions["rastro_bucket"] = (time.monotonic(), answer)
        return answer
    finally:
        _asking.release()


def _last() -> tuple[float, bool]:
    """When the bucket was last asked, by the clock that never goes back, and its answer."""
    last: tuple[float, bool] = current_app.extensions.get("rastro_bucket", (0.0, False))
    return last


def _ask() -> bool:
    config = current_config()
    if not config.bucket_configured:
        return False
    from app.adjuntos.bucket import is_bucket_there  # boto3 takes a second to import

    return is_bucket_there(
        config.s3_bucket_name,
        region=config.aws_region,
        key_id=config.aws_access_key_id,
        secret=config.aws_secret_access_key,
        endpoint=config.s3_endpoint_url,
    )
