"""Logging of the processes: text or JSON lines on standard output, and Sentry."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from flask import has_request_context, request

from app.core.redaction import redact
from config import Config, product_version


class TextFormatter(logging.Formatter):
    """A line for people, and the traceback below it; secrets and personal data are cut."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and where it came from.

    Of a request the endpoint is written, neither its address nor its body; secrets and personal
    data are cut from what libraries say.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "process": record.process,
        }
        if has_request_context():
            line["request"] = {"method": request.method, "endpoint": request.endpoint}
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(config: Config) -> None:
    """Send everything to the standard output, which systemd, containers and hosts collect."""
    handler = logging.StreamHandler(sys.stderr)
    if config.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(TextFormatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, getattr(logging, config.log_level.upper())))
    logging.getLogger("app").setLevel(config.log_level.upper())
    for noisy in ("huey", "botocore", "boto3", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Its warnings quote the address that failed; whoever asked says what failed.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    for name in ("gunicorn.error", "gunicorn.access"):
        # It quotes requests that it cannot read.
        for own in logging.getLogger(name).handlers:
            own.setFormatter(handler.formatter)


def connect_sentry(config: Config) -> None:
    """Report errors to Sentry when SENTRY_DSN is set: what failed and where, not whose data."""
    if not config.sentry_dsn:
        return
    import sentry_sdk  # its import takes half a second

    sentry_sdk.init(
        dsn=config.sentry_dsn,
        environment=config.environment,
        release=product_version(),
        before_send=without_personal_data,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_default_pii=False,
        server_name="rastro",
    )


def without_personal_data(event: Any, _hint: Any) -> Any:
    """Keep the kind of an error and where it arose; drop everything that may name a person.

    An address may hold the token of a link, the text of an error the values of a row, and the
    arguments of a line in the log anything at all. All of it is in the installation's own log.
    """
    for name in ("request", "user", "breadcrumbs", "extra"):
        event.pop(name, None)
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
        error.get("mechanism", {}).pop("data", None)
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"].get("message", "")}
    return event
