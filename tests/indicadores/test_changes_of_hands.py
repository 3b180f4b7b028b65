"""Buffets that get another name, people who leave and cases that change hands, worked out by hand.

The figures are those of ``history.py`` and of the clock of ``tests.promesas``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.buffets.models import Buffet
from app.buffets.service import BuffetData, update_buffet
from app.core.clock import SANTIAGO
from app.db import db, transaction
from app.indicadores.queries.overview import read_report
from app.indicadores.rules import Agrupacion, Informe
from app.indicadores.rules.periodo import Seleccion
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.reading_figures import read_news
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import Move, assign_oficio, move_oficio
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.planillas.service.moving_buffet import change_row
from app.promesas.models import Compromiso
from app.promesas.queries.kept_promises import (
    PromesasDecididas,
    PromesasSemana,
    count_kept,
    count_kept_by_week,
)
from app.promesas.rules import TipoPromesa
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.service import set_active
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.indicadores.history import DESDE, HASTA, NOW
from tests.planillas.listados import make_importacion
from tests.promesas.rows import TERMS, make_promise

ALL = Seleccion(DESDE, HASTA)
BY_PERSON = replace(ALL, por=Agrupacion.INVESTIGADOR)


def _read(informe, seleccion=ALL):
    return read_report(informe, seleccion, now=NOW)


def _last_flow(seleccion=ALL):
    """How many are pending, looked for, located, closed and open at the end."""
    return list(_read(Informe.FLUJO, seleccion).filas[-1].values())[1:]


def _change_hands(app, oficio, of, to, actor, *, made, now):
    """Give a case that a list brought by mistake to its right buffet, as its page does."""
    importacion_id = make_importacion(app, of, actor)
    with app.app_context(), transaction():
        draft = db.session.get_one(Importacion, importacion_id)
        draft.estado = EstadoImportacion.IMPORTADA
        draft.importada_at = made
        draft.informe = [{"oficio_id": oficio.id}]
        change_row(draft, oficio.id, to.id, actor=db.session.get_one(Usuario, actor.id), now=now)


def test_a_buffet_with_another_name_keeps_its_figures_in_one_row(
    app, history, buffet, otro_buffet, usuario_admin
):
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        data = BuffetData("Zúñiga y González", row.rut, row.email_principal)
        update_buffet(row, data, actor=db.session.get_one(Usuario, usuario_admin.id), now=NOW)
    with app.app_context():
        assert [list(row.values())[:3] for row in _read(Informe.EXITO).filas] == [
            ["Zúñiga y González", 9, 11],
            ["Estudio Araya", 0, 1],
        ]
        assert [list(row.values()) for row in _read(Informe.UBICAR).filas] == [
            ["Zúñiga y González", 10, 9, 17],
            ["Estudio Araya", 1, None, None],
        ]
        received = {row["nombre"]: row["recibidos"] for row in _read(Informe.INGRESO).filas}
        assert received == {"Zúñiga y González": 13, "Estudio Araya": 4}
        # No case changed: there is nothing to be read anew.
        assert read_news(now=NOW) == 0


def test_who_left_keeps_what_they_closed_and_who_took_over_has_the_rest(
    app, history, usuario_admin, usuario_investigador, investigador, admin
):
    other = make_usuario(app, Rol.INVESTIGADOR, nombre="Pía Soto", email="pia@oficina.example")
    with app.app_context(), transaction():
        boss = db.session.get_one(Usuario, usuario_admin.id)
        gone = db.session.get_one(Usuario, usuario_investigador.id)
        set_active(gone, activo=False, actor=boss, now=NOW)
        # Hers that are open: one that was reopened, and one that is located.
        for name in ("A12", "A13"):
            case = db.session.get_one(Oficio, history[name].id)
            assign_oficio(case, db.session.get_one(Usuario, other.id), actor=boss, now=NOW)
    hers = replace(ALL, investigador_id=usuario_investigador.id)
    theirs = replace(ALL, investigador_id=other.id)
    with app.app_context():
        assert read_news(now=NOW) == 2
        people = _read(Informe.EXITO, BY_PERSON).filas
        assert [(row["nombre"], row["encontrados"], row["cerrados"]) for row in people] == [
            ("Carla Muñoz", 9, 11),
            ("Sin asignar", 0, 1),
        ]
        assert (_last_flow(hers), _last_flow(theirs)) == ([0, 0, 0, 11, 0], [0, 1, 1, 0, 2])
        assert (_read(Informe.ANTIGUEDAD, hers).n, _read(Informe.ANTIGUEDAD, theirs).n) == (0, 2)
        # A13 was located in 17 days (3 to 20 November): that is counted with who has it.
        assert (_read(Informe.UBICAR, hers).n, _read(Informe.UBICAR, theirs).n) == (9, 1)
    # An account that is closed can still be chosen, so that what it did can be looked at.
    page = admin.get(f"/informes?desde={DESDE}&hasta={HASTA}&investigador={hers.investigador_id}")
    assert "Carla Muñoz" in page.text
    assert investigador.get("/informes").status_code == 303, "its session is over"


def test_a_case_of_another_buffet_leaves_the_figures_of_the_first_altogether(
    app, history, buffet, otro_buffet, usuario_admin
):
    theirs, ours = replace(ALL, buffet_id=otro_buffet.id), replace(ALL, buffet_id=buffet.id)
    with app.app_context():
        assert (_last_flow(theirs), _last_flow(ours)) == ([2, 1, 1, 1, 4], [0, 1, 1, 11, 2])
    # B3 came in on 23 November, and was A's.
    made = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    moved = made + timedelta(hours=5)
    _change_hands(app, history["B3"], otro_buffet, buffet, usuario_admin, made=made, now=moved)
    with app.app_context():
        assert read_news(now=NOW) == 1, "its version is the same, its buffet is another"
        assert (_last_flow(theirs), _last_flow(ours)) == ([1, 1, 1, 1, 3], [1, 1, 1, 11, 3])
        flow = {row["dia"]: row["pendiente"] for row in _read(Informe.FLUJO, ours).filas}
        assert [flow[date(2026, 11, day)] for day in (22, 23, 24)] == [0, 1, 1]
        received = {row["nombre"]: row["recibidos"] for row in _read(Informe.INGRESO).filas}
        assert received == {"González y Asociados": 14, "Estudio Araya": 3}
        assert (_read(Informe.ANTIGUEDAD, theirs).n, _read(Informe.ANTIGUEDAD, ours).n) == (3, 3)
        assert _read(Informe.FLUJO).n == 18
        assert len(compare_all(now=NOW, mend=False)) == 0


def test_a_case_that_changes_hands_is_held_to_what_its_new_buffet_was_promised(
    app, buffet, usuario_admin, rows
):
    first, _report, found = TipoPromesa
    right, unpromised = make_buffet(app), make_buffet(app)
    make_promise(app, buffet, usuario_admin)
    make_promise(app, right, usuario_admin, terms={first: {"media": "12 h"}, found: TERMS[found]})
    # Monday 2 November at nine. Eight hours end at 17:00; twelve on Tuesday at noon.
    monday = datetime(2026, 11, 2, 9, tzinfo=SANTIAGO)
    tuesday = monday + timedelta(days=1)
    case, lost = (make_oficio(app, buffet, usuario_admin, now=monday) for _ in range(2))
    week, month = date(2026, 11, 2), (date(2026, 11, 1), date(2026, 11, 30))
    with app.app_context():
        assert count_kept(*month, now=tuesday) == [PromesasDecididas(buffet.id, first, 0, 2)]

    early = tuesday - timedelta(hours=1)
    _change_hands(app, case, buffet, right, usuario_admin, made=monday, now=early)
    _change_hands(app, lost, buffet, unpromised, usuario_admin, made=monday, now=early)

    assert rows(Compromiso, oficio_id=lost.id) == []
    terms = {one.tipo: one.vence_at for one in rows(Compromiso, oficio_id=case.id)}
    assert terms == {first: tuesday.replace(hour=12), found: monday.replace(day=5, hour=18)}
    with app.app_context():
        # What was missed on Monday was promised to a buffet that never sent it.
        assert count_kept(*month, now=tuesday) == []
        with transaction():
            row = db.session.get_one(Oficio, case.id)
            boss = db.session.get_one(Usuario, usuario_admin.id)
            worked = tuesday + timedelta(hours=2)
            move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=boss, now=worked)
        # Done on Tuesday at eleven; on Thursday evening it is still not found.
        friday = monday + timedelta(days=4)
        assert count_kept(*month, now=friday) == [
            PromesasDecididas(right.id, first, 1, 0),
            PromesasDecididas(right.id, found, 0, 1),
        ]
        assert count_kept(*month, now=friday, buffet_id=buffet.id) == []
        weeks = {one.tipo: one for one in count_kept_by_week(*month, now=friday)}
        assert weeks == {
            first: PromesasSemana(week, first, 1, 0),
            found: PromesasSemana(week, found, 0, 1),
        }
