"""Live events for other front ends: from a place on, one's own, and without gaps."""

from __future__ import annotations

import json
import threading

import pytest
import requests
import sqlalchemy as sa

from app.api.v1 import eventos as stream
from app.auditoria.models import Divulgacion, DivulgacionCaso
from app.core.clock import utcnow
from app.db import db
from app.eventos.queries import forget_before
from app.oficios.rules import Estado
from app.oficios.service import Move, move_oficio
from tests.factories import make_oficio
from tests.oficios.acting import act


@pytest.fixture(autouse=True)
def short_streams(app):
    app.config["EVENTS_SECONDS"] = 0
    yield
    app.config.pop("EVENTS_SECONDS")


def read(response):
    """The events of a stream that ended: id, kind and data."""
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/event-stream"
    blocks = [block for block in response.text.split("\n\n") if "event:" in block]
    response.close()
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(int(item["id"]), item["event"], json.loads(item["data"])) for item in fields]


def test_who_comes_back_hears_everything_since(api_of, usuario_investigador, app, buffet):
    ask = api_of(usuario_investigador)
    assert read(ask("GET", "/eventos")) == []
    oficio = make_oficio(app, buffet, usuario_investigador)
    heard = read(ask("GET", "/eventos?desde=0"))
    rest = read(ask("GET", "/eventos", headers={"Last-Event-ID": str(heard[0][0])}))

    assert [kind for _, kind, _ in heard] == ["oficio.actividad", "oficio.creado"]
    assert {data["oficio_id"] for *_, data in heard} == {oficio.id}
    assert rest == heard[1:]


def test_a_cliente_hears_of_its_own_buffet_alone(
    api_of, usuario_cliente, usuario_ajeno, usuario_admin, app, buffet, otro_buffet
):
    make_oficio(app, buffet, usuario_admin)
    make_oficio(app, otro_buffet, usuario_admin)
    mine = read(api_of(usuario_cliente)("GET", "/eventos?desde=0"))
    theirs = read(api_of(usuario_ajeno)("GET", "/eventos?desde=0"))
    all_of_them = read(api_of(usuario_admin)("GET", "/eventos?desde=0"))

    with app.app_context():
        told = db.session.execute(
            sa.select(Divulgacion.buffet_id, DivulgacionCaso.oficio_id, Divulgacion.oficio_id).join(
                DivulgacionCaso, isouter=True
            )
        )
        named = {(firm, case or alone) for firm, case, alone in told}
    assert named == {(data["buffet_id"], data["oficio_id"]) for *_, data in mine + theirs}
    assert {data["buffet_id"] for *_, data in mine} == {buffet.id}
    assert {data["buffet_id"] for *_, data in theirs} == {otro_buffet.id}
    # What the office writes down is told to the firm alone.
    steps = [event for event in all_of_them if event[1] == "oficio.creado"]
    assert len(steps) == len(mine) + len(theirs) == 2


def test_who_missed_more_than_is_kept_is_told_to_begin_anew(api_of, usuario_admin, app, buffet):
    ask = api_of(usuario_admin)
    make_oficio(app, buffet, usuario_admin)
    seen = read(ask("GET", "/eventos?desde=0"))[0][0]
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        forget_before(utcnow())
    make_oficio(app, buffet, usuario_admin)
    (event,) = read(ask("GET", f"/eventos?desde={seen}"))

    assert event == (seen + 5, "reinicio", {})


def test_too_many_open_streams_leave_threads_to_the_pages(api_of, usuario_admin):
    ask = api_of(usuario_admin)
    taken = [stream._open.acquire(blocking=False) for _ in range(stream.MOST)]
    try:
        refused = ask("GET", "/eventos")
    finally:
        for _ in taken:
            stream._open.release()

    assert all(taken)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert read(ask("GET", "/eventos")) == []


def test_an_open_stream_tells_within_two_seconds(
    app, live_server, token_of, usuario_investigador, oficio
):
    app.config["EVENTS_SECONDS"] = 10
    headers = {"Authorization": f"Bearer {token_of(usuario_investigador)}"}
    url = f"{live_server}/api/v1/eventos"

    def deed(row, actor):
        move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=actor, now=utcnow())

    with requests.get(url, headers=headers, stream=True, timeout=10) as response:
        lines = response.iter_lines(decode_unicode=True)
        assert next(lines) == "retry: 1000"
        timer = threading.Timer(0.2, act, (app, oficio, usuario_investigador, deed))
        started = utcnow()
        timer.start()
        heard = next(line for line in lines if line.startswith("event: oficio.estado"))
        took = (utcnow() - started).total_seconds()
        timer.join()

    assert heard
    assert took < 3  # two seconds, and a busy machine
