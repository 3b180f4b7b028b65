"""What open streams are told: what is new, once, and only what its reader may know."""

from __future__ import annotations

import pytest

from app.avisos.queries import Campana, bells_state, read_bells
from app.eventos.pages.event_stream import EventListener, EventSource
from app.eventos.pages.live_updates import PageListener
from app.eventos.queries import last_id
from tests.factories import make_oficio


def listener(place: int, buffet_id: int | None = None) -> EventListener:
    return EventListener(usuario_id=1, session_id="1.1", place=place, buffet_id=buffet_id)


def page_listener(usuario, caso: int | None = None) -> PageListener:
    return PageListener(
        usuario_id=usuario.id,
        session_id=usuario.get_id(),
        place=0,
        bell=Campana(0, 0),
        caso=caso,
    )


def test_each_listener_hears_what_came_after_its_place_once(app, buffet, usuario_admin):
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        source, place = EventSource(), last_id()
        early, late = listener(0), listener(place)
        found = source.look([early, late])
        assert found
        assert early.hear("eventos", found).count("event: oficio.creado") == 1
        assert late.hear("eventos", found) == ""
        assert source.look([early, late]) is None
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        found = source.look([early, late])
        told = early.hear("eventos", found)
        assert told == late.hear("eventos", found)
        assert told.count("event: oficio.creado") == 1
        # Who comes between two looks is told what was read lately, and not twice.
        newcomer = listener(place)
        assert newcomer.hear("eventos", source.recent()) == told
        assert newcomer.hear("eventos", found) == ""


def test_which_cases_an_open_stream_tells_of_is_noted_before_it_does(
    app, buffet, otro_buffet, usuario_admin
):
    noted = []

    def note(cases):
        noted.append(set(cases))
        return len(noted) != 2  # the database was away once

    with app.app_context():
        source, place = EventSource(), last_id()
        own = EventListener(
            usuario_id=usuario_admin.id,
            session_id=usuario_admin.get_id(),
            place=place,
            buffet_id=buffet.id,
            note=note,
        )
    first = make_oficio(app, buffet, usuario_admin)
    make_oficio(app, otro_buffet, usuario_admin)
    with app.app_context():
        found = source.look([own])
        assert noted == [{first.id}], "not what others are told"
        own.hear("eventos", found)
        source.look([own])
        own.left()
    assert noted == [{first.id}], "once"
    second = make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        own.hear("eventos", source.look([own]))
        own.left()
        own.left()
    assert noted[1:] == [{second.id}, {second.id}], "until it is written"


def test_a_buffet_hears_its_own_milestones_alone(app, buffet, otro_buffet, usuario_admin):
    make_oficio(app, buffet, usuario_admin)
    make_oficio(app, otro_buffet, usuario_admin)
    with app.app_context():
        firm, own = listener(0), listener(0, buffet.id)
        found = EventSource().look([firm, own]) or []
        everything, milestones = firm.hear("eventos", found), own.hear("eventos", found)

    assert everything.count("event: oficio.creado") == 2
    assert milestones.count("event: oficio.creado") == milestones.count("id: ") == 1
    assert f'"buffet_id": {otro_buffet.id}' not in milestones


def test_a_place_of_a_database_that_was_replaced_holds_nobody_up(app, buffet, usuario_admin):
    with app.app_context():
        source = EventSource()
        source.look([listener(10_000)])
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        assert source.look([listener(0)])


def test_a_page_hears_numbers_alone_and_only_when_they_change(app, buffet, usuario_admin):
    page = page_listener(usuario_admin)
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        found = EventSource().look([page])
        bells = read_bells({usuario_admin.id})
        assert bells == {usuario_admin.id: Campana(0, 0)}
        assert bells_state({usuario_admin.id}) == (None, ())
        assert page.hear("eventos", found) == f"event: tablero\ndata: {last_id()}\n\n"
    assert page.hear("eventos", found) == ""
    assert page.hear("avisos", bells) == ""
    told = page.hear("avisos", {usuario_admin.id: Campana(2, 7)})
    assert told == 'event: avisos\ndata: {"ultimo": 7, "sin_leer": 2}\n\n'


def test_a_page_of_a_case_hears_of_that_case_alone(app, buffet, usuario_admin):
    shown = make_oficio(app, buffet, usuario_admin)
    page = page_listener(usuario_admin, shown.id)
    other = page_listener(usuario_admin, shown.id + 1)
    with app.app_context():
        found = EventSource().look([page])
        newest = last_id()
    assert page.hear("eventos", found).endswith(f"event: caso\ndata: {newest}\n\n")
    assert "event: caso" not in other.hear("eventos", found)
    assert page.hear("eventos", found) == "", "told once"


@pytest.mark.parametrize(
    "path", ["/novedades", "/novedades?evento=x&aviso=-1&sin_leer=99999999999"]
)
def test_where_no_stream_can_be_held_a_page_is_told_to_ask(investigador, path):
    response = investigador.get(path)

    assert (response.status_code, response.data) == (204, b"")
