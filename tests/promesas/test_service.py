"""How promises of cases follow from deeds, in the transaction of each, and what is counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.ajustes.service import save_settings
from app.core.clock import SANTIAGO
from app.core.errors import Refused
from app.custodia.models import Eslabon
from app.custodia.service import verify
from app.db import db, transaction
from app.jobs.runner import work
from app.notificaciones.models import HitoInformado, Notificacion
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.notificaciones.service.delivery import mark_sent
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import (
    EntradaData,
    Move,
    add_entry,
    assign_oficio,
    move_oficio,
    prioritise_oficio,
    remove_entry,
)
from app.promesas.models import Compromiso, Pausa
from app.promesas.queries import cases_that, list_pressing
from app.promesas.queries.kept_promises import PromesasDecididas, count_kept
from app.promesas.rules import (
    CLOSURES,
    EstadoPromesa,
    MedioInforme,
    MotivoPausa,
    SituacionPromesa,
    TipoPromesa,
)
from app.promesas.service import PauseData, note_report, pause_clock, resume_clock
from app.ubicado.models import Ubicacion
from app.ubicado.service import undo
from app.usuarios.models import Usuario
from tests.adjuntos.conftest import folder
from tests.factories import make_oficio
from tests.promesas.rows import TERMS, make_promise
from tests.ubicado.rows import make_location

FIRST, REPORT, FOUND = TipoPromesa
CORRE, DETENIDA, CUMPLIDA, INCUMPLIDA, SIN_EFECTO = SituacionPromesa


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on Santiago's clock; the 2nd and the 30th are Mondays."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SANTIAGO)


#: Monday at nine.
BEGINS = at(2, 9)


__all__ = ["folder"]


@pytest.fixture(autouse=True)
def _own_folder(folder):
    """Some tests here store photos."""


@pytest.fixture
def promised(app, buffet, usuario_admin):
    """A case that comes in on a Monday at nine, to a buffet to which something is promised."""
    make_promise(app, buffet, usuario_admin)
    return make_oficio(app, buffet, usuario_admin, now=BEGINS)


@pytest.fixture
def deed(app, promised, usuario_admin):
    """Do something with the case at a moment, in a transaction of its own."""

    def do(verb, *args, now, **values):
        with app.app_context(), transaction():
            oficio = db.session.get_one(Oficio, promised.id)
            actor = db.session.get_one(Usuario, usuario_admin.id)
            done = verb(oficio, *args, actor=actor, now=now, **values)
            return done.id if done is not None else None

    return do


@pytest.fixture
def standing(app, promised):
    """How a promise of the case is stored."""

    def read(tipo: TipoPromesa = FOUND) -> Compromiso:
        with app.app_context():
            return db.session.scalars(
                sa.select(Compromiso).where(
                    Compromiso.oficio_id == promised.id, Compromiso.tipo == tipo
                )
            ).one()

    return read


def test_the_case_itself_starts_the_clock_and_each_deed_ends_its_promise(
    app, deed, standing, promised, usuario_admin
):
    assert {tipo: standing(tipo).vence_at for tipo in TipoPromesa} == {
        FIRST: at(2, 17),
        REPORT: at(3, 18),
        FOUND: at(5, 18),
    }

    # To entrust it is no work on it; a note is, also when it is taken back again.
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, promised.id)
        boss = db.session.get_one(Usuario, usuario_admin.id)
        assign_oficio(row, boss, actor=boss, now=at(2, 10))
    assert standing(FIRST).situacion is CORRE
    entry_id = deed(add_entry, EntradaData(tipo=Actividad.NOTA, descripcion="Ok"), now=at(2, 11))
    assert (standing(FIRST).situacion, standing(FIRST).cumplida_at) == (CUMPLIDA, at(2, 11))
    with app.app_context(), transaction():
        remove_entry(
            db.session.get_one(Investigacion, entry_id),
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=at(2, 11, 5),
        )
    assert standing(FIRST).situacion is CORRE

    deed(note_report, MedioInforme.TELEFONO, "Se explicó el plan.", now=at(2, 18))
    assert (standing(FIRST).situacion, standing(FIRST).decide_at) == (INCUMPLIDA, at(2, 17))
    assert standing(REPORT).situacion is CUMPLIDA

    deed(move_oficio, Move(Estado.INVESTIGACION, version=2), now=at(3, 9))
    make_location(app, promised, usuario_admin, now=at(6, 10))
    assert (standing().situacion, standing().cumplida_at) == (INCUMPLIDA, at(6, 10))
    assert standing().decide_at == at(5, 18)
    with app.app_context(), transaction():
        undo(
            db.session.scalars(sa.select(Ubicacion)).one(),
            "Era otro auto",
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=at(6, 11),
        )
    assert (standing().situacion, standing().cumplida_at) == (CORRE, None)


def test_a_mail_of_milestones_is_a_report_once_it_is_sent(app, deed, standing, promised):
    with app.app_context(), transaction():
        # A digest: of no one case.
        notice = Notificacion(
            tipo=TipoNotificacion.BUFFET,
            estado=EstadoNotificacion.ENVIANDO,
            buffet_id=promised.buffet_id,
            destinatario_email="contacto@estudio.example",
            asunto="Avance",
            cuerpo_texto="-",
            cuerpo_html="-",
            message_id="<1@rastro.example>",
            created_at=at(2, 10),
        )
        db.session.add(notice)
        db.session.flush()
        pk = notice.id
        db.session.add(
            HitoInformado(
                clave="h1",
                buffet_id=promised.buffet_id,
                notificacion_id=notice.id,
                oficio_id=promised.id,
                created_at=at(2, 10),
            )
        )
    assert standing(REPORT).situacion is CORRE

    with app.app_context(), transaction():
        mark_sent(db.session.get_one(Notificacion, pk), now=at(2, 12))
    assert (standing(REPORT).situacion, standing(REPORT).cumplida_at) == (CUMPLIDA, at(2, 12))


def test_a_clock_is_stopped_and_started_by_a_person_and_sealed(
    app, deed, standing, promised, rows, usuario_admin
):
    why = PauseData(MotivoPausa.TRIBUNAL, "Se pidió ampliar la orden")
    deed(pause_clock, why, now=at(3, 9))
    with pytest.raises(Refused, match="ya está detenido desde el 03-11-2026"):
        deed(pause_clock, why, now=at(3, 10))
    assert (standing().situacion, standing().vence_at, standing().resta_s) == (
        DETENIDA,
        None,
        27 * 3600,
    )
    # Late before it was stopped: that stays.
    assert (standing(FIRST).situacion, standing(FIRST).vence_at) == (CORRE, at(2, 17))

    deed(resume_clock, now=at(10, 9))
    assert (standing().situacion, standing().vence_at, standing().resta_s) == (
        CORRE,
        at(12, 18),
        None,
    )
    with pytest.raises(Refused, match="ya está corriendo"):
        deed(resume_clock, now=at(10, 10))
    (pausa,) = rows(Pausa)
    assert (pausa.desde, pausa.hasta) == (at(3, 9), at(10, 9))
    assert {pausa.detenida_por_id, pausa.reanudada_por_id} == {usuario_admin.id}
    told = [row.descripcion for row in rows(Investigacion, oficio_id=promised.id)]
    assert "Se pidió ampliar la orden" in told[-2]
    assert "Se reanuda el reloj" in told[-1]
    with app.app_context():
        assert verify(promised.id).problemas == []
        links = sa.select(sa.func.count(Eslabon.id)).where(
            Eslabon.cadena == promised.id, Eslabon.tipo == "pausa"
        )
        assert db.session.scalar(links) == 2


def test_priority_and_closing_change_the_promise_and_an_old_result_stays(
    app, deed, standing, promised, usuario_admin
):
    deed(prioritise_oficio, Prioridad.URGENTE, now=at(4, 9))
    # Half of 36 hours was used; half of 8 is left.
    assert standing().vence_at == at(4, 13)

    deed(move_oficio, Move(Estado.NO_ENCONTRADO, version=2), now=at(4, 12))
    assert (standing().situacion, standing().decide_at) == (SIN_EFECTO, at(4, 12))
    deed(move_oficio, Move(Estado.INVESTIGACION, version=3), now=at(11, 9))
    # Closed for a week, in which nobody was late: one hour is left.
    assert standing().vence_at == at(11, 10)

    # A closed day that is written down later moves what runs, and nothing that is late.
    late = standing(FIRST)
    with app.app_context(), transaction():
        save_settings(
            {CLOSURES.clave: "11-11-2026"},
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=at(11, 9),
        )
    with app.app_context():
        work("test", clock=lambda: at(11, 9, 30))
    assert standing().vence_at == at(12, 10)
    assert (standing(FIRST).situacion, standing(FIRST).vence_at) == (late.situacion, late.vence_at)


def test_what_holds_is_what_was_promised_when_the_case_came_in(
    app, buffet, otro_buffet, promised, standing, usuario_admin, rows
):
    later = make_oficio(app, buffet, usuario_admin, now=at(10, 9))
    other = make_oficio(app, otro_buffet, usuario_admin, now=at(10, 9))
    make_promise(
        app, buffet, usuario_admin, desde=date(2026, 11, 10), terms={FOUND: {"media": "1 d"}}
    )
    with app.app_context():
        work("test", clock=lambda: at(10, 10))

    assert standing().vence_at == at(5, 18)
    (only,) = rows(Compromiso, oficio_id=later.id)
    assert (only.tipo, only.vence_at) == (FOUND, at(10, 18))
    # To no other buffet anything is promised.
    assert rows(Compromiso, oficio_id=other.id) == []

    # Of a case that is older than a promise nothing is promised, unless the day says so.
    make_promise(app, otro_buffet, usuario_admin, desde=date(2026, 11, 11), terms=TERMS)
    with app.app_context():
        work("test", clock=lambda: at(11, 10))
    assert rows(Compromiso, oficio_id=other.id) == []
    make_promise(app, otro_buffet, usuario_admin, desde=date(2026, 11, 10), terms=TERMS)
    with app.app_context():
        work("test", clock=lambda: at(11, 11))
    assert len(rows(Compromiso, oficio_id=other.id)) == 3


def test_what_is_kept_and_missed_is_counted_by_buffet_and_kind(
    app, deed, promised, buffet, otro_buffet, usuario_admin
):
    # The case of November: its report in time; the first work on it is late, and it is not found.
    deed(note_report, MedioInforme.REUNION, "Todo.", now=at(3, 9))
    # One of December is found in time, one of another buffet runs, one was closed before its term.
    december = datetime(2026, 12, 1, 9, tzinfo=SANTIAGO)
    found = make_oficio(app, buffet, usuario_admin, now=december)
    make_promise(app, otro_buffet, usuario_admin)
    make_oficio(app, otro_buffet, usuario_admin, now=december)
    closed = make_oficio(app, buffet, usuario_admin, now=december)
    with app.app_context(), transaction():
        boss = db.session.get_one(Usuario, usuario_admin.id)
        for case, steps in (
            (found, [Estado.INVESTIGACION, Estado.NOTIFICACION]),
            (closed, [Estado.NO_ENCONTRADO]),
        ):
            row = db.session.get_one(Oficio, case.id)
            for step in steps:
                move = Move(step, row.version)
                move_oficio(row, move, actor=boss, now=december + timedelta(hours=1))
    november = date(2026, 11, 1)
    now = december + timedelta(hours=2)
    with app.app_context():
        counted = count_kept(date(2026, 10, 15), date(2026, 11, 30), now=now)
        assert set(counted) == {
            PromesasDecididas(buffet.id, FIRST, 0, 1),
            PromesasDecididas(buffet.id, REPORT, 1, 0),
            PromesasDecididas(buffet.id, FOUND, 0, 1),
        }
        assert {one.casos for one in counted} == {1}
        assert set(count_kept(date(2026, 12, 1), date(2026, 12, 31), now=now)) == {
            PromesasDecididas(buffet.id, FIRST, 2, 0),
            PromesasDecididas(buffet.id, FOUND, 1, 0),
        }
        assert set(count_kept(november, date(2026, 12, 31), now=now)) == {
            PromesasDecididas(buffet.id, FIRST, 2, 1),
            PromesasDecididas(buffet.id, REPORT, 1, 0),
            PromesasDecididas(buffet.id, FOUND, 1, 1),
        }
        assert count_kept(november, date(2026, 12, 31), now=now, buffet_id=otro_buffet.id) == []
        # Before the term of the location was over nobody knew.
        early = count_kept(november, date(2026, 11, 30), now=at(4, 9))
        assert {one.tipo for one in early} == {FIRST, REPORT}


def test_what_presses_is_found_by_its_state(app, promised):
    with app.app_context():
        # At risk from 15:00, late from 17:00.
        assert list_pressing(at(2, 14)) == []
        (one,) = list_pressing(at(2, 16))
        assert (one.tipo, one.estado, one.vence_at) == (FIRST, EstadoPromesa.EN_RIESGO, at(2, 17))
        assert list_pressing(at(2, 17))[0].estado is EstadoPromesa.VENCIDA

        def cases(estado, now):
            return set(db.session.scalars(cases_that(estado, now)))

        assert cases(EstadoPromesa.EN_RIESGO, at(2, 16)) == {promised.id}
        assert cases(EstadoPromesa.VENCIDA, at(2, 16)) == set()
        assert cases(EstadoPromesa.VENCIDA, at(2, 18)) == {promised.id}
        assert cases(EstadoPromesa.DETENIDA, at(2, 18)) == set()
