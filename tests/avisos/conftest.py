"""What the tests of notices share: a mail server that the application talks to."""

from __future__ import annotations

import pytest

from tests.plugins.smtp import SmtpServer


@pytest.fixture
def mail_server(configure, smtp_server: SmtpServer) -> SmtpServer:
    """The configured mail server."""
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    return smtp_server
