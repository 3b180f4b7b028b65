"""What a server says after the final dot, in every way that servers say it, and to whom it says no.

Each case is a real conversation on loopback with a server that follows a script.
"""

from __future__ import annotations

import time

import pytest

from app.mail import conversation, sender
from app.mail.answer import NoAnswer, read_answer
from app.mail.message import Person, mail_size
from app.mail.outcomes import (
    PermanentFailure,
    Refusal,
    TemporaryFailure,
    UncertainOutcome,
    refusal,
)
from app.mail.sender import send_mail
from tests.mail.test_message import make_mail

TO = "receptor@actuarios.example"
COPY = "abogada@estudio.example"


@pytest.fixture
def server(app, configure, scripted_smtp):
    """Start a server with a script and point the application at it."""

    def start(**answers):
        running = scripted_smtp(**answers)
        configure(smtp_host="127.0.0.1", smtp_port=running.port, smtp_tls=False)
        return running

    with app.app_context():
        yield start


@pytest.mark.parametrize(
    ("final", "words"),
    [
        (b"250 ok\r\n", "ok"),
        (b"251 ok\r\n", "ok"),
        (b"252 quiz\r\n", "quiz"),
        (b"200 bien\r\n", "bien"),
        (b"299 raro\r\n", "raro"),
        (b"250\r\n", ""),
        (b"250 \r\n", ""),
        (b"250 ok\n", "ok"),
        (b"250-2.0.0 queued\r\n250 as 17\r\n", "2.0.0 queued as 17"),
        (b"250-uno\n250-dos\n250 tres\n", "uno dos tres"),
        (b"251-uno\r\n251\r\n", "uno"),
        ((b"25", 0.2, b"0 o", 0.2, b"k\r\n"), "ok"),
        ((b"250-uno\r\n", 0.3, b"250 dos\r\n"), "uno dos"),
        ((0.5, b"250 tarde\r\n"), "tarde"),
        ((b"250 ok\r\n", None), "ok"),
        (b"250 ok\r\n421 y ahora cierro\r\n", "ok"),
        (b"250 \xf1and\xfa\r\n", "\ufffdand\ufffd"),
    ],
)
def test_any_2xx_is_a_mail_that_was_sent(final, words, server):
    running = server(final=final)

    assert send_mail(make_mail()).answer == words
    assert len(running.bodies) == 1


@pytest.mark.parametrize(
    ("final", "failure"),
    [
        (b"450 busy\r\n", TemporaryFailure),
        (b"421 closing\r\n", TemporaryFailure),
        ((b"421 closing\r\n", None), TemporaryFailure),
        (b"452-full\r\n452 later\r\n", TemporaryFailure),
        (b"550 no\r\n", PermanentFailure),
        (b"552-too\r\n552 big\r\n", PermanentFailure),
        (b"554 spam\n", PermanentFailure),
        ((b"5", 0.2, b"54 no\r\n"), PermanentFailure),
        ((0.4, b"554 no\r\n"), PermanentFailure),
    ],
)
def test_4xx_and_5xx_are_refusals(final, failure, server):
    server(final=final)

    with pytest.raises(failure, match=r"[45]\d\d "):
        send_mail(make_mail())


@pytest.mark.parametrize(
    "final",
    [
        None,
        (b"25", None),
        (b"250 ok", None),
        (b"250-ok\r\n", None),
        (b"550 no", None),
        b"ok\r\n",
        b"\r\n",
        b" 250 ok\r\n",
        b"+250 ok\r\n",
        b"2500 ok\r\n",
        b"25 ok\r\n",
        b"250ok\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"<html>250 ok</html>\r\n",
        b"\x00\xff\xfe250 ok\r\n",
        b"354 go on\r\n",
        b"334 \r\n",
        b"150 wait\r\n",
        b"600 what\r\n",
        b"000 nada\r\n",
        b"250-ok\r\n550 no\r\n",
        b"550-no\r\n250 ok\r\n",
        b"250-ok\r\nnada\r\n",
        b"x" * 70_000,
        "²50 ok\r\n".encode(),
    ],
)
def test_anything_else_after_the_dot_is_uncertain(final, server):
    running = server(final=final)

    with pytest.raises(UncertainOutcome, match="puede haber llegado o no"):
        send_mail(make_mail(), patience=5)
    assert len(running.bodies) == 1


@pytest.mark.parametrize("final", [(30.0,), (b"250 o", 30.0), (b"250-ok\r\n", 30.0), (b"2", 30.0)])
def test_a_silence_is_uncertain_once_patience_ends(final, server):
    server(final=final)

    started = time.monotonic()
    with pytest.raises(UncertainOutcome, match="no lo confirmó a tiempo"):
        send_mail(make_mail(), patience=0.5)
    assert time.monotonic() - started < 5


def test_a_server_that_drips_its_last_answer_is_not_listened_to_for_ever(server):
    server(final=tuple(piece for _ in range(200) for piece in (b"250-.\r\n", 0.05)))

    with pytest.raises(UncertainOutcome):
        send_mail(make_mail(), patience=0.6)


def test_patience_after_the_dot_is_ten_minutes_and_shorter_before_it():
    assert sender.FINAL_SECONDS == 600
    assert conversation.ANSWER_SECONDS <= 60
    assert conversation.TOTAL_SECONDS < 600


@pytest.mark.parametrize("goodbye", [None, b"500 what\r\n", b"nada\r\n", (30.0,), b"\r\n"])
def test_a_goodbye_that_fails_changes_nothing(goodbye, server, monkeypatch):
    monkeypatch.setattr(conversation, "QUIT_SECONDS", 0.3)
    running = server(quit=goodbye)

    started = time.monotonic()
    assert send_mail(make_mail()).answer == "ok"
    assert time.monotonic() - started < 5
    assert running.lines[-1].upper() == "QUIT"


@pytest.mark.parametrize(
    "answers",
    [
        {"greeting": b"nada\r\n"},
        {"greeting": b"220 hi\r\n", "mail": b"nada\r\n"},
        {"mail": b"354 what\r\n"},
        {"data": b"250 ok\r\n"},
        {"data": b"nada\r\n"},
        {"data": None},
        {"data": b"354 go\r\n250 ok\r\n"},
        {"data": b"354 go\r\n552 already too big\r\n"},
    ],
)
def test_before_the_dot_nothing_is_uncertain(answers, server):
    running = server(**answers)

    with pytest.raises((TemporaryFailure, PermanentFailure)):
        send_mail(make_mail())
    assert running.bodies == []


@pytest.mark.parametrize("code", [b"250", b"251", b"252"])
def test_envelopes_take_any_2xx(code, server):
    running = server(
        greeting=b"220 hi\r\n", mail=code + b" ok\r\n", rcpt={TO: code + b" forward\r\n"}
    )

    send_mail(make_mail())

    assert running.recipients == [[TO]]


# ------------------------------------------------------------------ who is refused
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"550 no such user\r\n", Refusal(COPY, "550 no such user", True)),
        (b"450 greylisted\r\n", Refusal(COPY, "450 greylisted", False)),
        (b"553-bad\r\n553 name\r\n", Refusal(COPY, "553 bad name", True)),
    ],
)
def test_a_refused_copy_stops_nobody_elses_mail(answer, told, server):
    running = server(rcpt={COPY: answer})

    sent = send_mail(make_mail(cc=Person(COPY)))

    assert sent.refused == (told,)
    assert running.recipients == [[TO]]
    assert b"Cc: " + COPY.encode() in running.bodies[0]


@pytest.mark.parametrize("answer", [b"421 too many errors\r\n", None, (b"421 bye\r\n", None)])
def test_a_line_that_breaks_at_a_copy_is_opened_again_without_it(answer, server):
    running = server(rcpt={COPY: answer})

    sent = send_mail(make_mail(cc=Person(COPY)))

    [refused] = sent.refused
    assert (refused.email, refused.is_permanent) == (COPY, False)
    assert running.recipients == [[TO]]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"550 no such user\r\n", PermanentFailure),
        (b"450 greylisted\r\n", TemporaryFailure),
        (None, TemporaryFailure),
    ],
)
def test_without_whom_it_is_for_the_mail_does_not_go_although_the_copy_could(
    answer, failure, server
):
    running = server(rcpt={TO: answer})

    with pytest.raises(failure):
        send_mail(make_mail(cc=Person(COPY)))
    assert running.bodies == []


def test_an_answer_that_is_not_whole_yet_is_none():
    assert [read_answer(data) for data in (b"", b"2", b"250 ok\r", b"250-ok\r\n25")] == [None] * 4


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (200, TemporaryFailure, "no lo aceptó por ahora: 200 no"),
        (499, TemporaryFailure, "no lo aceptó por ahora: 499 no"),
        (500, PermanentFailure, "rechazó el mensaje: 500 no"),
        (599, PermanentFailure, "rechazó el mensaje: 599 no"),
        (199, TemporaryFailure, "algo que no se entiende: «no»"),
        (600, TemporaryFailure, "algo que no se entiende: «no»"),
    ],
)
def test_each_code_is_judged_by_its_hundred(code, kind, words):
    failure = refusal(code, "no")

    assert type(failure) is kind
    assert words in str(failure)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hola, soy otra cosa\r\n", "no se entiende: «hola, soy otra cosa»"),
        (b"x" * 200 + b"\r\n", f"no se entiende: «{'x' * 80}»"),
        (b"\r\n", "no dijo nada"),
    ],
)
def test_what_is_no_answer_is_told_in_few_words(data, words):
    with pytest.raises(NoAnswer) as caught:
        read_answer(data)

    assert str(caught.value).endswith(words)


@pytest.mark.parametrize(
    ("text", "html", "pictures", "size"),
    [("", "", 1000, 1370), ("a" * 100, "", 0, 140), ("ñ" * 100, "b" * 300, 1000, 1370 + 700)],
)
def test_the_size_of_a_mail_is_that_of_all_its_parts(text, html, pictures, size):
    assert mail_size(text, html, pictures) == size
