"""What happened is told in the order of the commits, and only what was committed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.eventos.models import Entrega, Evento
from app.eventos.queries import first_id, forget_before, last_id, list_since
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import Move, assign_oficio, move_oficio, touch
from tests.eventos.test_webhooks import make_hook
from tests.factories import make_oficio
from tests.oficios.acting import act


def kinds(eventos):
    return [item.tipo for item in eventos]


def move(estado):
    def deed(oficio, actor):
        move_oficio(oficio, Move(estado, oficio.version), actor=actor, now=utcnow())

    return deed


def there_and_nowhere(oficio, actor):
    move(Estado.INVESTIGACION)(oficio, actor)
    move(Estado.ENCONTRADO)(oficio, actor)


def test_a_move_is_told_with_where_from_and_where_to(app, oficio, usuario_investigador, rows):
    before = len(rows(Evento))
    act(app, oficio, usuario_investigador, move(Estado.INVESTIGACION))
    told = rows(Evento)[before:]

    assert kinds(told) == [TipoEvento.ACTIVIDAD, TipoEvento.ESTADO, TipoEvento.CAMBIADO]
    assert told[1].datos == {"de": "pendiente", "a": "investigacion"}
    assert {item.oficio_id for item in told} == {oficio.id}
    assert {item.buffet_id for item in told} == {oficio.buffet_id}


def test_being_located_and_being_closed_are_told_by_their_names(
    app, oficio, usuario_investigador, rows
):
    for estado in (Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.ENCONTRADO):
        act(app, oficio, usuario_investigador, move(estado))

    assert [item.datos["a"] for item in rows(Evento, tipo=TipoEvento.UBICADO)] == ["notificacion"]
    assert [item.datos["a"] for item in rows(Evento, tipo=TipoEvento.CERRADO)] == [
        "finalizado_encontrado"
    ]


def test_many_events_of_one_deed_are_stored_as_few_are(
    app, oficio, usuario_admin, rows, provider_server, configure
):
    def many(row, _actor):
        told = {"oficio_id": row.id, "buffet_id": row.buffet_id, "now": utcnow()}
        for number in range(15):
            emit(TipoEvento.CREADO, **told, entrada_id=number)
            emit(TipoEvento.ESTADO, **told, de="pendiente", a="investigacion")

    before = len(rows(Evento))
    act(app, oficio, usuario_admin, many)
    told = rows(Evento)[before:]

    assert kinds(told) == [TipoEvento.CREADO, TipoEvento.ESTADO] * 15
    assert [one.datos["entrada_id"] for one in told[::2]] == list(range(15))
    assert len(rows(Entrega)) == 0
    configure(webhooks_allow_private=True)
    make_hook(app, usuario_admin, f"{provider_server.url}/aviso")
    act(app, oficio, usuario_admin, many)
    assert len(rows(Entrega)) == 15


def test_what_is_not_committed_is_never_told(app, oficio, usuario_investigador, rows):
    before = rows(Evento)
    with pytest.raises(Refused):
        act(app, oficio, usuario_investigador, there_and_nowhere)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).notas_generales = "otra cosa"

    assert len(rows(Evento)) == len(before)


def test_several_changes_in_one_transaction_are_one_with_the_last_version(
    app, oficio, usuario_investigador, rows
):
    def deed(row, actor):
        assign_oficio(row, actor, actor=actor, now=utcnow())
        touch(row, actor=actor, now=utcnow())

    act(app, oficio, usuario_investigador, deed)

    assert [item.datos for item in rows(Evento, tipo=TipoEvento.CAMBIADO)] == [{"version": 3}]


def test_who_reads_on_misses_nothing_and_a_buffet_reads_its_own(
    app, oficio, otro_buffet, usuario_investigador
):
    other = make_oficio(app, otro_buffet, usuario_investigador)
    with app.app_context():
        place = list_since(0)[1].id
        rest = list_since(place)
        assert [item.oficio_id for item in rest] == [other.id, other.id]
        assert [item.oficio_id for item in list_since(0, buffet_id=otro_buffet.id)] == [
            other.id
        ] * 2
        assert list_since(last_id()) == []


def test_an_id_never_comes_again_after_events_were_forgotten(app, oficio, usuario_investigador):
    with app.app_context():
        newest = last_id()
        forget_before(utcnow() + timedelta(minutes=1))
        assert first_id() is None
    act(app, oficio, usuario_investigador, move(Estado.INVESTIGACION))
    with app.app_context():
        assert first_id() == newest + 1
