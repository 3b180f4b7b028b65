"""Speaking TLS to a real server: STARTTLS, and from the first word as on port 465."""

from __future__ import annotations

import ssl

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from app.mail import conversation
from app.mail.sender import PermanentFailure, TemporaryFailure, send_mail
from tests.mail.test_message import make_mail
from tests.plugins.smtp import free_port


class Keeper:
    """Keeps what it is sent, and whether that came through TLS."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bool]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        through_tls = server.transport.get_extra_info("ssl_object") is not None
        self.received.append((envelope.rcpt_tos, through_tls))
        return "250 OK"


class StartTls(Controller):
    """A server that wants STARTTLS and a password before anything else."""

    context: ssl.SSLContext

    def factory(self):
        return SMTP(
            self.handler,
            tls_context=self.context,
            require_starttls=True,
            authenticator=self.authenticate,
            auth_required=True,
            hostname="127.0.0.1",
        )

    def authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        known = (data.login, data.password) == (b"oficina", b"secreta")
        return AuthResult(success=known, handled=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """This machine trusts the authority of the tests."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def start(app, configure):
    """Start a server and point the application at it."""
    running: list[Controller] = []

    def begin(controller: Controller, context: ssl.SSLContext | None = None, **settings) -> Keeper:
        if context is not None:
            assert isinstance(controller, StartTls)
            controller.context = context
        controller.start()
        running.append(controller)
        configure(smtp_host="127.0.0.1", smtp_port=controller.port, **settings)
        return controller.handler

    with app.app_context():
        yield begin
    for controller in running:
        controller.stop()


def starttls() -> StartTls:
    return StartTls(Keeper(), hostname="127.0.0.1", port=free_port())


def implicit(context: ssl.SSLContext, monkeypatch) -> Controller:
    """As on port 465, which only root may listen on."""
    port = free_port()
    monkeypatch.setattr(conversation, "TLS_PORT", port)
    return Controller(Keeper(), hostname="127.0.0.1", port=port, ssl_context=context)


def test_starttls_and_a_password_then_the_mail(start, trusted, authority):
    keeper = start(
        starttls(),
        server_context(authority),
        smtp_tls=True,
        smtp_user="oficina",
        smtp_password="secreta",
    )

    send_mail(make_mail())

    [(_, through_tls)] = keeper.received
    assert through_tls


def test_a_wrong_password_after_starttls_says_whom_to_ask(start, trusted, authority):
    keeper = start(
        starttls(),
        server_context(authority),
        smtp_tls=True,
        smtp_user="oficina",
        smtp_password="otra",
    )

    with pytest.raises(PermanentFailure, match="SMTP_PASSWORD"):
        send_mail(make_mail())
    assert keeper.received == []


def test_tls_from_the_first_word_as_on_port_465(start, trusted, authority, monkeypatch):
    keeper = start(implicit(server_context(authority), monkeypatch), smtp_tls=False)

    send_mail(make_mail())

    assert [through_tls for _, through_tls in keeper.received] == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(start, authority, monkeypatch):
    keeper = start(starttls(), server_context(authority), smtp_tls=True)
    with pytest.raises(PermanentFailure, match="certificado"):
        send_mail(make_mail())

    other = start(implicit(server_context(authority), monkeypatch), smtp_tls=False)
    with pytest.raises((PermanentFailure, TemporaryFailure)):
        send_mail(make_mail())
    assert keeper.received == other.received == []


def test_a_certificate_of_another_name_is_refused(start, trusted, authority):
    keeper = start(starttls(), server_context(authority, "correo.example"), smtp_tls=True)

    with pytest.raises(PermanentFailure, match="certificado"):
        send_mail(make_mail())
    assert keeper.received == []


def test_a_server_that_wants_tls_is_not_spoken_to_without_it(start, trusted, authority):
    keeper = start(starttls(), server_context(authority), smtp_tls=False)

    with pytest.raises(PermanentFailure):
        send_mail(make_mail())
    assert keeper.received == []
