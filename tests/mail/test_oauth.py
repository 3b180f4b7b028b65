"""SMTP with OAuth 2: a real token endpoint and a real mail server on loopback."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from app.mail import oauth
from app.mail.outcomes import PermanentFailure, TemporaryFailure, WrongCredentials
from app.mail.sender import send_mail
from config import ConfigError, load_config
from tests.mail.test_message import make_mail
from tests.plugins.smtp import free_port

HELLO = b"250-me\r\n250 AUTH LOGIN XOAUTH2\r\n"
SECRETS = ("the-client-secret", "the-refresh-token", "access-1", "access-2")


class Endpoint:
    """A token endpoint that notes what it is asked, and answers what it is told to."""

    def __init__(self):
        self.asked = []
        self.answers = []

        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.asked.append({name: one for name, [one] in parse_qs(body).items()})
                status, said = (
                    endpoint.answers.pop(0)
                    if endpoint.answers
                    else (
                        200,
                        {"access_token": f"access-{len(endpoint.asked)}", "expires_in": 3600},
                    )
                )
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/otro")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args):
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture
def endpoint():
    running = Endpoint()
    yield running
    running.server.shutdown()
    running.server.server_close()
    running.thread.join()


@pytest.fixture
def server(app, configure, scripted_smtp, endpoint):
    """Start a mail server that wants XOAUTH2 and point the application at both."""

    def start(**answers):
        running = scripted_smtp(**{"ehlo": HELLO, **answers})
        configure(
            smtp_host="127.0.0.1",
            smtp_port=running.port,
            smtp_tls=False,
            smtp_user="avisos@oficina.example",
            smtp_password="",
            smtp_oauth_token_url=endpoint.url,
            smtp_oauth_client_id="the-client",
            smtp_oauth_client_secret="the-client-secret",
            smtp_oauth_refresh_token="the-refresh-token",
            smtp_oauth_scope="https://mail.example/send",
        )
        return running

    with app.app_context():
        yield start


def said(running):
    """What was said after AUTH XOAUTH2, decoded."""
    return [
        base64.b64decode(line.split()[2]).decode()
        for line in running.lines
        if line.startswith("AUTH XOAUTH2")
    ]


def test_a_mail_goes_out_with_a_token_that_is_fetched_once(server, endpoint):
    running = server()

    for _ in range(3):
        send_mail(make_mail())

    assert len(running.bodies) == 3
    assert said(running) == ["user=avisos@oficina.example\x01auth=Bearer access-1\x01\x01"] * 3
    assert endpoint.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "the-refresh-token",
            "client_id": "the-client",
            "client_secret": "the-client-secret",
            "scope": "https://mail.example/send",
        }
    ]


@pytest.mark.parametrize("seconds", [30, "30", 0, -5])
def test_a_token_that_ends_is_fetched_anew(seconds, server, endpoint):
    running = server()
    endpoint.answers = [(200, {"access_token": "access-0", "expires_in": seconds})]

    send_mail(make_mail())
    send_mail(make_mail())

    assert [one.split("Bearer ")[1].strip("\x01") for one in said(running)] == [
        "access-0",
        "access-2",
    ]


def test_a_refresh_token_that_is_exchanged_is_used_from_then_on(server, endpoint):
    server()
    endpoint.answers = [
        (200, {"access_token": "a", "expires_in": 1, "refresh_token": "the-second"})
    ]

    send_mail(make_mail())
    send_mail(make_mail())

    assert [one["refresh_token"] for one in endpoint.asked] == ["the-refresh-token", "the-second"]


def test_a_kept_token_that_is_refused_is_fetched_anew_once(server, endpoint):
    valid = {"access-1"}

    def check(word):
        shown = base64.b64decode(word.split()[2]).decode()
        good = any(f"Bearer {one}\x01" in shown for one in valid)
        return b"235 ok\r\n" if good else b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"

    running = server(auth=check)
    send_mail(make_mail())
    valid.clear()
    valid.add("access-2")

    send_mail(make_mail())
    assert len(running.bodies) == 2
    assert len(endpoint.asked) == 2

    valid.clear()
    with pytest.raises(WrongCredentials, match="SMTP_OAUTH") as refused:
        send_mail(make_mail())
    assert len(endpoint.asked) == 3
    assert not any(secret in str(refused.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        ((400, {"error": "invalid_grant"}), PermanentFailure, "SMTP_OAUTH_REFRESH_TOKEN"),
        ((401, {"error": "invalid_client"}), PermanentFailure, "SMTP_OAUTH_CLIENT_ID"),
        ((400, {"error": "invalid_scope"}), PermanentFailure, "SMTP_OAUTH_SCOPE"),
        ((404, b"<html>no</html>"), PermanentFailure, "SMTP_OAUTH_TOKEN_URL"),
        ((302, b""), PermanentFailure, "SMTP_OAUTH_TOKEN_URL"),
        ((200, {"access_token": 7}), PermanentFailure, "SMTP_OAUTH_TOKEN_URL"),
        ((200, [1, 2]), PermanentFailure, "SMTP_OAUTH_TOKEN_URL"),
        ((200, b"x" * 200_000), PermanentFailure, "SMTP_OAUTH_TOKEN_URL"),
        ((503, b"down"), TemporaryFailure, "por ahora"),
        ((429, {"error": "slow_down"}), TemporaryFailure, "por ahora"),
        ((400, {"error": "temporarily_unavailable"}), TemporaryFailure, "por ahora"),
    ],
)
def test_a_refused_refresh_says_who_can_mend_it(answer, failure, words, server, endpoint, caplog):
    running = server()
    endpoint.answers = [answer]

    with pytest.raises(failure, match=words) as refused:
        send_mail(make_mail())

    assert running.bodies == []
    assert not any(secret in str(refused.value) + caplog.text for secret in SECRETS)
    send_mail(make_mail())  # as soon as the endpoint gives one
    assert len(running.bodies) == 1


def test_an_endpoint_that_is_away_is_temporary(server, configure):
    running = server()
    configure(smtp_oauth_token_url=f"http://127.0.0.1:{free_port()}/token")

    with pytest.raises(TemporaryFailure, match="no respondió"):
        send_mail(make_mail())
    assert running.lines == []


def test_a_server_without_xoauth2_is_not_shown_the_token(server):
    running = server(ehlo=b"250-me\r\n250 AUTH LOGIN PLAIN\r\n")

    with pytest.raises(PermanentFailure, match="OAuth"):
        send_mail(make_mail())
    assert said(running) == []


def test_the_page_of_the_state_and_the_trial_tell_how_mail_comes_in(server, admin, endpoint):
    server()
    endpoint.answers = [(400, {"error": "invalid_grant"})]

    page = admin.get("/admin/estado").text

    assert "con OAuth 2 como avisos@oficina.example" in page


WHOLE = {
    "SMTP_HOST": "smtp.example",
    "SMTP_USER": "avisos@oficina.example",
    "SMTP_OAUTH_TOKEN_URL": "https://login.example/token",
    "SMTP_OAUTH_CLIENT_ID": "id",
    "SMTP_OAUTH_CLIENT_SECRET": "secret",
    "SMTP_OAUTH_REFRESH_TOKEN": "refresh",
}


def test_the_configuration_takes_oauth_without_a_password():
    config = load_config({**WHOLE})
    assert config.smtp_oauth == ("https://login.example/token", "id", "secret", "refresh", "")
    assert load_config({"SMTP_HOST": "smtp.example"}).smtp_oauth is None


@pytest.mark.parametrize("missing", [*list(WHOLE)[1:4], "SMTP_OAUTH_REFRESH_TOKEN"])
def test_half_of_oauth_is_refused_with_what_is_missing(missing):
    env = {name: value for name, value in WHOLE.items() if name != missing}

    with pytest.raises(ConfigError, match=missing):
        load_config(env)


def test_oauth_and_a_password_together_are_refused():
    with pytest.raises(ConfigError, match="SMTP_PASSWORD"):
        load_config({**WHOLE, "SMTP_PASSWORD": "x"})


def test_no_setting_shows_a_secret():
    assert oauth.OAuthSettings("u", "i", "s", "r") is not None
    assert "the-refresh-token" not in repr(
        oauth.OAuthSettings("u", "i", "the-client-secret", "the-refresh-token")
    )
