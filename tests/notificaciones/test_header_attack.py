"""A line break in a name, a subject or an address never becomes a header of a mail.

ASVS 5.0, 1.3.11. Forms and the API clean what is typed; here it stands in the rows already, as
after an old import or a direct change of the database.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.errors import InvalidValue
from app.db import db
from app.jobs.rules import EstadoTrabajo
from app.mail.message import AttachedFile, Person, Picture
from tests.mail.test_message import PNG, make_mail
from tests.notificaciones.rows import find_notice, make_notice
from tests.notificaciones.test_automatic_mails import make_digest, make_internal

BREAKS = ("\r\n", "\n", "\r", "\n ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00")
EVIL = "Bcc: ladron@evil.example"
#: A column of a stored mail, and how what is right goes on behind the attack.
COLUMNS = ("asunto", "destinatario_nombre", "destinatario_email", "cc_email", "responder_a")
#: Whose names stand in mails that are written from the rows.
NAMES = ("UPDATE buffets SET nombre = :evil", "UPDATE usuarios SET nombre = :evil")


def spoilt(values, evil):
    """The values, with another one of them spoilt each time."""
    return [(*values[:at], evil, *values[at + 1 :]) for at in range(len(values))]


@pytest.mark.parametrize("ends", BREAKS)
def test_no_part_of_a_mail_takes_a_line_break(ends):
    evil = f"a{ends}{EVIL}"
    address = f"a@b.example{ends}{EVIL}"
    picture, file = ("foto-1@rastro.example", "a.png", "image/png"), ("a.pdf", "application/pdf")
    attacks = [
        {"subject": evil},
        {"unsubscribe_url": f"https://rastro.example/{evil}"},
        {"message_id": f"<uno@rastro.example>{ends}{EVIL}"},
        {"answers_id": f"<uno@rastro.example>{ends}{EVIL}"},
        *({who: Person("a@b.example", evil)} for who in ("to", "sender", "reply_to", "cc")),
        *({who: Person(address, "Ema")} for who in ("to", "sender", "reply_to", "cc")),
        *(
            {
                "pictures": [
                    Picture(*(evil if at == one else x for at, x in enumerate(picture)), PNG)
                ]
            }
            for one in range(3)
        ),
        *(
            {
                "files": [
                    AttachedFile(*(evil if at == one else x for at, x in enumerate(file)), b"x")
                ]
            }
            for one in range(2)
        ),
    ]

    for attack in attacks:
        with pytest.raises(InvalidValue):
            make_mail(**attack)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_stored_mail_with_a_line_break_is_not_sent_and_says_why(
    column, app, mail_server, worker, oficio, buffet, usuario_investigador, rows
):
    mails = [
        make_notice(app, oficio, usuario_investigador),
        make_digest(app, buffet),
        make_internal(app, oficio),
    ]
    with app.app_context(), db.engine.begin() as connection:
        statement = sa.text(f"UPDATE notificaciones SET {column} = :evil")
        connection.execute(statement, {"evil": f"ema@actuarios.example\r\n{EVIL}\r\n\r\nhola"})

    worker()

    assert mail_server.received == []
    assert all("una sola línea" in (find_notice(app, pk).error or "") for pk in mails)
    with app.app_context():
        states = set(db.session.scalars(sa.text("SELECT DISTINCT estado FROM trabajos")))
    assert EstadoTrabajo.PROGRAMADO.value not in states, "trying again cannot help"


def test_names_with_line_breaks_leave_the_head_of_new_mails_alone(
    app, mail_server, worker, oficio, buffet, usuario_investigador
):
    with app.app_context(), db.engine.begin() as connection:
        for statement in NAMES:
            connection.execute(sa.text(statement), {"evil": f"Ema\r\n{EVIL}"})

    mails = [make_digest(app, buffet), make_notice(app, oficio, usuario_investigador)]
    worker()

    sent = {str(one.message["Message-ID"]): one for one in mail_server.received}
    for notice in (find_notice(app, pk) for pk in mails):
        if notice.message_id in sent:
            head = sent[notice.message_id].message
            assert "Bcc" not in head
            assert sent[notice.message_id].rcpt_tos == [notice.destinatario_email]
        else:
            assert "una sola línea" in (notice.error or "")
