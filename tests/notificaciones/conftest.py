"""What the tests of notices share: a mail server that the application talks to, and workers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.jobs.runner import work
from tests.plugins.smtp import SmtpServer


@pytest.fixture
def mail_server(app, configure, smtp_server: SmtpServer) -> SmtpServer:
    """The configured mail server."""
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    return smtp_server


class Worker:
    """Runs what is due at the hour of its clock."""

    def __init__(self, app) -> None:
        self.app = app
        self.ahead = timedelta()

    def clock(self) -> datetime:
        return utcnow().astimezone(UTC) + self.ahead

    def __call__(self, **forward: float) -> int:
        self.ahead += timedelta(**forward)
        with self.app.app_context():
            return work("prueba", clock=self.clock)


@pytest.fixture
def worker(app) -> Worker:
    return Worker(app)
