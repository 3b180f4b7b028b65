"""What the processes write about themselves: lines for people, or JSON for a collector; Sentry."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from flask import has_request_context, request

from config import Config, product_version

logger = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and where it came from.

    The path of a request is written without its query, and never a body: no personal data.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if has_request_context():
            line["request"] = {"method": request.method, "endpoint": request.endpoint}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(config: Config) -> None:
    """Send everything to the standard output, which systemd, containers and hosts collect."""
    handler = logging.StreamHandler(sys.stderr)
    if config.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, getattr(logging, config.log_level.upper())))
    logging.getLogger("app").setLevel(config.log_level.upper())
    for noisy in ("huey", "botocore", "boto3", "urllib3", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def connect_sentry(config: Config) -> None:
    """Report errors to Sentry when SENTRY_DSN is set and its library is installed."""
    if not config.sentry_dsn:
        return
    try:
        import sentry_sdk
    except ImportError:
        logger.warning("SENTRY_DSN está puesta y falta la biblioteca: pip install sentry-sdk")
        return
    sentry_sdk.init(
        dsn=config.sentry_dsn,
        environment=config.environment,
        release=product_version(),
        send_default_pii=False,
        max_request_body_size="never",
    )
