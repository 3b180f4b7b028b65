"""A busy day of an investigator with 60 cases, and how many notices it makes.

What happens is made by the services and jobs that make it on any day. The person opens the bell
three times: on coming in, after lunch, before leaving.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.avisos.service import mark_all_read
from app.avistamientos.rules.crossings import Crossing
from app.consultas.service import store_answer
from app.core.clock import SANTIAGO
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import EntradaData, add_entry, assign_oficio, follow_up
from app.oficios.service.telling import tell_case
from app.usuarios.models import Usuario
from tests.avistamientos.rows import an_answer
from tests.factories import make_oficio
from tests.notificaciones.rows import make_sent_notice

CASES = 60
DAY = date(2026, 11, 30)
#: When the person looks at the bell.
OPENED = ("08:30", "13:45", "18:00")


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    moment = datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=SANTIAGO)
    return moment.astimezone(UTC)


class Day:
    """What happens, by the hour."""

    def __init__(self, app, cases, person, boss, notices) -> None:
        self.app, self.cases, self.notices = app, cases, notices
        self.person, self.boss = person.id, boss.id

    def oficio(self, index: int) -> Oficio:
        return db.session.get_one(Oficio, self.cases[index].id)

    def usuario(self, pk: int) -> Usuario:
        return db.session.get_one(Usuario, pk)

    def sighting(self, index: int, count: int, now: datetime) -> None:
        crossings = [
            Crossing(
                fecha=DAY,
                fecha_hora=now - timedelta(minutes=30 + n),
                ubicacion=f"Ruta 5 km {n}",
                empresa="Una concesionaria",
            )
            for n in range(count)
        ]
        store_answer(
            self.cases[index].id,
            an_answer(crossings),
            provider="generico",
            trabajo_id=None,
            actor=None,
            now=now,
        )

    def assigned(self, index: int, now: datetime) -> None:
        assign_oficio(
            self.oficio(index), self.usuario(self.person), actor=self.usuario(self.boss), now=now
        )

    def mentioned(self, index: int, now: datetime) -> None:
        text = f"@{self.usuario(self.person).nombre} ¿puede ir mañana?"
        data = EntradaData(Actividad.NOTA, text)
        add_entry(self.oficio(index), data, actor=self.usuario(self.boss), now=now)

    def own_note(self, index: int, now: datetime) -> None:
        data = EntradaData(Actividad.LLAMADA, "Llamé al buffet: confirman.")
        add_entry(self.oficio(index), data, actor=self.usuario(self.person), now=now)

    def answer(self, index: int, now: datetime) -> None:
        notice = db.session.get_one(Notificacion, self.notices[index])
        data = RespuestaData(TipoRespuesta.RECIBIDO)
        answer_notice(notice, data, clave=f"respuesta-del-receptor-{index}", now=now)

    def message(self, index: int, now: datetime) -> None:
        oficio = self.oficio(index)
        tell_case(
            oficio,
            Novedad.MENSAJE,
            f"Oficio {oficio.numero_oficio}: el buffet pregunta cuándo se va a terreno.",
            path=f"/oficios/{oficio.id}",
            accion="Responder",
            clave=f"mensaje:{index}",
            now=now,
        )

    def do(self, clock: str, *deeds) -> None:
        with self.app.app_context(), transaction():
            for deed, *args in deeds:
                deed(*args, at(clock))

    def job(self, name: str, clock: str) -> None:
        with self.app.app_context():
            with transaction():
                enqueue(name, key=f"{name}:{clock}", now=at(clock))
            work("prueba", clock=lambda: at(clock))

    def open_bell(self, clock: str) -> None:
        with self.app.app_context(), transaction():
            mark_all_read(self.person, now=at(clock))


def test_a_busy_day_of_60_cases_makes_few_notices_and_none_twice(
    app, buffet, usuario_investigador, usuario_admin, mail_server, rows, capsys
):
    cases = [
        make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION) for _ in range(CASES)
    ]
    yesterday = at("12:00") - timedelta(days=1)
    with app.app_context(), transaction():
        for index, one in enumerate(cases):
            row = db.session.get_one(Oficio, one.id)
            row.investigador_id = None if index >= 52 else usuario_investigador.id
            row.ultima_actividad_at = yesterday - timedelta(days=12 if 20 <= index < 27 else 1)
            if index < 4:
                row.fecha_limite = DAY + timedelta(days=1)
            elif index < 6:
                row.fecha_limite = DAY - timedelta(days=1)
            elif index < 12:
                person = db.session.get_one(Usuario, usuario_investigador.id)
                follow_up(row, DAY, actor=person, now=yesterday)
    notices = [make_sent_notice(app, cases[n], usuario_investigador) for n in range(30, 35)]
    with app.app_context(), transaction():
        for pk in notices:
            db.session.get_one(Notificacion, pk).enviada_at = yesterday
        db.session.execute(db.delete(Aviso))
    day = Day(app, cases, usuario_investigador, usuario_admin, notices)

    day.job("agenda.avisar", "07:00")
    day.job("avisos.resumen", "08:05")
    day.do("08:10", *[(day.assigned, index) for index in range(52, 60)])
    day.open_bell(OPENED[0])
    for hour in range(9, 18):
        day.job("agenda.avisar", f"{hour}:00")
        day.do(f"{hour}:20", (day.sighting, 12 + hour, 1 + hour % 3), (day.sighting, 36 + hour, 2))
        day.do(f"{hour}:40", (day.own_note, hour))
        if hour == 13:
            day.open_bell(OPENED[1])
        if hour in {10, 11, 12, 15, 16}:
            day.do(f"{hour}:30", (day.answer, {10: 0, 11: 1, 12: 2, 15: 3, 16: 4}[hour]))
        if hour in {9, 11, 15}:
            day.do(f"{hour}:45", (day.message, hour), (day.mentioned, 40 + hour))
    day.open_bell(OPENED[2])
    day.job("avisos.resumen", "20:00")

    mine = [row for row in rows(Aviso) if row.usuario_id == usuario_investigador.id]
    shown = {row.tanda: row for row in mine if row.en_campana}
    things = sum(row.cantidad for row in mine)
    mails = len(mail_server.messages)
    by_kind = {
        one.value: (
            sum(row.cantidad for row in mine if row.novedad is one),
            len({row.tanda for row in mine if row.novedad is one}),
        )
        for one in Novedad
        if any(row.novedad is one for row in mine)
    }
    with capsys.disabled():
        print(f"\n{things} things in {CASES} cases: {len(shown)} notices and {mails} mails")
        print(", ".join(f"{kind} {n} in {t}" for kind, (n, t) in by_kind.items()))

    assert things > 60
    assert len(shown) + mails < 15
    assert len({row.clave for row in mine}) == len(mine)
    # None of it is of what the person did, and each leads to a case of theirs.
    assert not any("Llamé al buffet" in row.texto for row in mine)
    own = {one.id for one in cases}
    assert all(row.oficio_id in own for row in mine)
