"""Sending through a real server that is sometimes in a bad mood."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.mail import conversation, sender
from app.mail.message import Person, Picture
from app.mail.sender import (
    PermanentFailure,
    TemporaryFailure,
    UncertainOutcome,
    configured_sender,
    send_mail,
)
from tests.mail.test_message import PNG, make_mail
from tests.plugins.smtp import free_port


@pytest.fixture
def server(app, configure, smtp_server):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    with app.app_context():
        yield smtp_server


@contextmanager
def scripted(*answers: bytes | None) -> Iterator[int]:
    """A server that answers each line with the next of its answers; None closes the line."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for answer in answers:
                if answer is None:
                    return
                connection.sendall(answer)
                if answer.startswith(b"354"):
                    while lines.readline() not in {b".\r\n", b""}:
                        pass
                elif not answer.endswith(b"-more\r\n"):
                    lines.readline()
            stopping.wait(10)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        thread.join()
        listener.close()


def test_a_mail_reaches_the_server_whole_and_to_one_person(server):
    picture = Picture("foto-1@rastro.example", "auto.png", "image/png", PNG)

    sent = send_mail(make_mail(pictures=[picture]))

    [received] = server.received
    assert sent.answer == "OK"
    assert sent.refused == ()
    assert received.mail_from == "avisos@oficina.example"
    assert received.rcpt_tos == ["receptor@actuarios.example"]
    assert received.message.get_body(("plain",)).get_content().splitlines() == [
        "Hola.",
        ".",
        "Adiós.",
    ]


@pytest.mark.parametrize(
    ("code", "failure"), [(451, TemporaryFailure), (421, TemporaryFailure), (554, PermanentFailure)]
)
def test_a_refusal_says_whether_to_try_again_and_what_the_server_said(server, code, failure):
    server.fail_with(code, "mailbox unavailable")

    with pytest.raises(failure, match=f"{code} mailbox unavailable"):
        send_mail(make_mail())
    assert server.messages == []


def test_a_silence_after_the_whole_message_is_uncertain(server, monkeypatch):
    monkeypatch.setattr(sender, "FINAL_SECONDS", 0.3)
    server.hang()

    with pytest.raises(UncertainOutcome, match="puede haber llegado o no"):
        send_mail(make_mail())


def test_a_line_cut_after_the_whole_message_is_uncertain(app, configure):
    with scripted(
        b"220 hi\r\n", b"250 me\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", None
    ) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False)
        with app.app_context(), pytest.raises(UncertainOutcome):
            send_mail(make_mail())


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [b"220 hi\r\n"],
        [b"220 hi\r\n", b"250 me\r\n"],
        [b"220 hi\r\n", b"250 me\r\n", b"250 ok\r\n", b"250 ok\r\n"],
        [b"220 hi\r\n", None],
        [b"421 busy\r\n"],
    ],
)
def test_what_goes_wrong_before_the_message_is_certainly_not_sent(
    answers, app, configure, monkeypatch
):
    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.3)
    with scripted(*answers) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False)
        with app.app_context(), pytest.raises(TemporaryFailure):
            send_mail(make_mail())


@pytest.mark.parametrize("answer", [b"550 no such user\r\n", b"553 bad name\r\n"])
def test_a_recipient_that_does_not_exist_is_not_tried_again(answer, app, configure):
    with scripted(b"220 hi\r\n", b"250 me\r\n", b"250 ok\r\n", answer) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False)
        with app.app_context(), pytest.raises(PermanentFailure, match="55"):
            send_mail(make_mail())


def test_a_server_that_drips_is_cut_off(app, configure, monkeypatch):
    monkeypatch.setattr(sender, "TOTAL_SECONDS", 0.4)
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"2")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    configure(smtp_host="127.0.0.1", smtp_port=listener.getsockname()[1], smtp_tls=False)
    started = time.monotonic()
    with app.app_context(), pytest.raises(TemporaryFailure):
        send_mail(make_mail())
    stop.set()
    thread.join()
    listener.close()

    assert time.monotonic() - started < 5


def test_nobody_listening_is_temporary(app, configure):
    configure(smtp_host="127.0.0.1", smtp_port=free_port(), smtp_tls=False)

    with app.app_context(), pytest.raises(TemporaryFailure, match="No se pudo hablar"):
        send_mail(make_mail())


def test_without_a_server_the_office_is_told_what_to_configure(app, configure):
    configure(smtp_host="")

    with app.app_context(), pytest.raises(PermanentFailure, match="SMTP_HOST"):
        send_mail(make_mail())


def test_a_server_without_tls_or_login_is_not_spoken_to_in_the_clear(server, configure):
    configure(smtp_tls=True)
    with pytest.raises(PermanentFailure, match="SMTP_TLS"):
        send_mail(make_mail())

    configure(smtp_tls=False, smtp_user="oficina", smtp_password="secreta")
    with pytest.raises(PermanentFailure, match="SMTP_USER"):
        send_mail(make_mail())
    assert server.messages == []


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        (b"535 wrong\r\n", PermanentFailure, "SMTP_PASSWORD"),
        (b"454 later\r\n", TemporaryFailure, "454 later"),
    ],
)
def test_a_refused_login_says_who_can_mend_it(answer, failure, words, app, configure):
    hello = b"250-me\r\n250 AUTH PLAIN\r\n"
    with scripted(b"220 hi\r\n", hello, answer) as port:
        configure(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_tls=False,
            smtp_user="oficina",
            smtp_password="secreta",
        )
        with app.app_context(), pytest.raises(failure, match=words):
            send_mail(make_mail())


def test_the_sender_may_have_a_name(app, configure):
    configure(smtp_from="Oficina Vega <avisos@oficina.example>")

    with app.app_context():
        assert configured_sender() == Person("avisos@oficina.example", "Oficina Vega")
