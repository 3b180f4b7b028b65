"""Mails that feed the tray: taken once, marked only then, and believed only when confirmed."""

from __future__ import annotations

import pytest

from app.bandeja.models import Ingreso
from app.bandeja.rules import TipoIngreso, ViaIngreso
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.runner import work
from tests.bandeja.imap_server import Folder, serve
from tests.bandeja.rows import LIST, make_mail

OURS = "mx.oficina.example"
PASS = f"{OURS}; dmarc=pass header.from=estudio.example"


@pytest.fixture
def box(app, configure, buffet):
    with serve(Folder()) as folder:
        configure(
            imap_host="127.0.0.1",
            imap_port=folder.port,
            imap_user="ordenes",
            imap_password="s3creto",
            imap_tls="none",
            imap_authserv_id=OURS,
        )
        with app.app_context(), transaction():
            db.session.get_one(Buffet, buffet.id).email_principal = "Ana@estudio.example"
        yield folder


def look(app):
    with app.app_context():
        with transaction():
            trabajo = enqueue("bandeja.buzon", key=f"x{utcnow()}", now=utcnow())
            pk = trabajo.id
        work("test")
        return db.session.get_one(Trabajo, pk)


def test_a_confirmed_mail_of_a_buffet_comes_in_with_its_attachments_once(app, box, buffet, rows):
    box.mails[1] = make_mail(("lista.csv", LIST), results=PASS)

    look(app)
    box.read.clear()  # as if we had died before it was marked
    look(app)

    items = {row.nombre: row for row in rows(Ingreso)}
    assert set(items) == {"Órdenes de noviembre", "lista.csv"}
    assert {row.buffet_id for row in items.values()} == {buffet.id}
    assert {row.via for row in items.values()} == {ViaIngreso.CORREO}
    assert items["lista.csv"].resumen["listas"] == 2
    assert box.read == {1}


@pytest.mark.parametrize("results", ["", f"{OURS}; dmarc=fail", PASS.replace("mx.", "otro.")])
def test_a_forged_or_unconfirmed_sender_waits_for_a_person(app, box, investigador, rows, results):
    box.mails[1] = make_mail(("lista.csv", LIST), results=results)

    look(app)

    assert {row.buffet_id for row in rows(Ingreso)} == {None}
    [mail] = [row for row in rows(Ingreso) if row.tipo is TipoIngreso.CORREO]
    page = investigador.get(f"/bandeja/{mail.id}").text
    assert "el servidor no lo confirmó" in page
    assert "no se sabe de quién es" in investigador.get("/bandeja").text


def test_the_same_message_sent_twice_is_one_item_and_one_without_an_id_is_known_by_its_bytes(
    app, box, rows
):
    twice = make_mail(("lista.csv", LIST), results=PASS)
    bare = make_mail(("otra.csv", LIST + b"x"), message_id="", results=PASS)
    box.mails |= {1: twice, 2: twice, 3: bare, 4: bare}

    look(app)

    assert sorted(row.nombre for row in rows(Ingreso)) == [
        "lista.csv",
        "otra.csv",
        "Órdenes de noviembre",
        "Órdenes de noviembre",
    ]
    assert box.read == {1, 2, 3, 4}


def test_a_mail_that_is_too_large_stays_in_the_mailbox(app, box, configure, rows):
    configure(max_upload_bytes=1000)
    box.mails[1] = make_mail(("lista.csv", LIST * 100), results=PASS)

    look(app)

    assert rows(Ingreso) == []
    assert box.read == set()


def test_a_mailbox_that_refuses_is_told_without_its_password(app, box, configure, rows):
    box.password = "otra"

    trabajo = look(app)

    assert "no aceptó el usuario o la clave" in (trabajo.error or "")
    assert "s3creto" not in (trabajo.error or "")
    assert rows(Ingreso) == []
