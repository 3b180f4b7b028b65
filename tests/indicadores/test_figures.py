"""Every figure of the reports against a history that was worked out by hand (``history.py``)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from app.ajustes.service import set_setting
from app.consultas.models import Consulta
from app.consultas.rules import ResultadoConsulta
from app.db import HoursBetween, UtcDateTime, db, transaction
from app.indicadores.models import Ciclo
from app.indicadores.queries.overview import read_report, summarize_period
from app.indicadores.rules import Agrupacion, Informe
from app.indicadores.rules.medidas import Reparto
from app.indicadores.rules.periodo import Seleccion
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.reading_figures import read_news, rebuild
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoRespuesta
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import Move, move_oficio
from app.promesas.models import Compromiso
from app.promesas.rules import SituacionPromesa, TipoPromesa
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.indicadores.history import DESDE, HASTA, NOW
from tests.notificaciones.rows import make_receptor, make_sent_notice

ALL = Seleccion(DESDE, HASTA)


def read(informe, seleccion=ALL):
    return read_report(informe, seleccion, now=NOW)


def test_every_report_tells_the_figures_that_were_worked_out_by_hand(
    app, history, buffet, otro_buffet, usuario_investigador
):
    with app.app_context():
        flow = read(Informe.FLUJO)
        on = {row["dia"]: row for row in flow.filas}
        assert flow.n == 18
        assert len(flow.filas) == 56
        # The day of entry counts: A1, A2, A12, B4 came in, and B5 was there.
        assert on[date(2026, 10, 5)] == {
            "dia": date(2026, 10, 5),
            "pendiente": 5,
            "investigacion": 0,
            "notificacion": 0,
            "cerrados": 0,
            "abiertos": 5,
        }
        # A4 and B5 wait; A1, A2, A3, B4 are looked for; A12 is closed, until November.
        assert list(on[date(2026, 10, 9)].values())[1:] == [2, 4, 0, 1, 6]
        assert list(on[HASTA].values())[1:] == [2, 2, 2, 12, 6]
        assert flow.pie == "Abiertos: de 5 a 6"

        pace = read(Informe.RITMO)
        assert [list(row.values())[1:4] for row in pace.filas] == [
            [6, 0, 0],
            [2, 1, 1],
            [2, 1, 0],
            [2, 2, 0],
            [3, 1, 1],
            [1, 2, 0],
            [0, 2, 1],
            [1, 0, 0],
        ]
        assert pace.pie == "1,5 cerrados por semana"

        closing = read(Informe.CIERRE)
        assert closing.dibujo["todos"] == Reparto(12, 16, 25)
        assert closing.pie == "1 tardó más de 25 días"
        week = next(row for row in closing.filas if row["semana"] == date(2026, 10, 26))
        assert (week["cerrados"], week["mediana"], week["p85"], week["maximo"]) == (2, 16, 21, 21)

        stages = {
            row["clave"]: (row["n"], row["mediana"], row["p85"])
            for row in read(Informe.ETAPAS).filas
        }
        assert stages == {
            "pendiente": (12, 1, 4),
            "investigacion": (12, 7, 21),
            "notificacion": (9, 8, 9),
            "busqueda": (12, 15, 23),
            "total": (12, 16, 25),
        }

        ages = read(Informe.ANTIGUEDAD)
        assert {row["dias"]: row["total"] for row in ages.filas} == {
            "0 a 7": 1,  # B3: 6 days
            "8 a 15": 0,
            "16 a 30": 3,  # B2: 20, A13: 26, B1: 27
            "31 a 45": 0,
            "46 a 60": 1,  # A12: 55
            "61 a 90": 1,  # B5: 89
            "más de 90": 0,
        }
        assert ages.pie == "2 con más de 45 días · la mitad tiene 26 o menos"

        success = read(Informe.EXITO)
        assert (success.n, success.dibujo["todos"].si) == (12, 9)
        assert [list(row.values()) for row in success.filas] == [
            # 9 of 11; Wilson at 90 %: 0.573 to 0.938.
            ["González y Asociados", 9, 11, 82, 57, 94],
            # One case: no share, and no place in the order.
            ["Estudio Araya", 0, 1, None, None, None],
        ]
        people = read(Informe.EXITO, Seleccion(DESDE, HASTA, por=Agrupacion.INVESTIGADOR))
        assert [(row["nombre"], row["porcentaje"]) for row in people.filas] == [
            ("Carla Muñoz", 82),
            ("Sin asignar", None),
        ]
        for por, name in ((Agrupacion.COMUNA, "Ñuñoa"), (Agrupacion.MARCA, "Suzuki")):
            (row,) = read(Informe.EXITO, Seleccion(DESDE, HASTA, por=por)).filas
            assert (row["nombre"], row["encontrados"], row["cerrados"]) == (name, 9, 12)

        located = read(Informe.UBICAR)
        assert located.dibujo["todos"] == Reparto(11, 12, 17)
        assert [list(row.values()) for row in located.filas] == [
            ["González y Asociados", 10, 9, 17],
            ["Estudio Araya", 1, None, None],
        ]

        # make_oficio gives neither rol nor court nor deadline.
        intake = {row["nombre"]: row for row in read(Informe.INGRESO).filas}
        assert intake["González y Asociados"]["recibidos"] == 13
        assert intake["González y Asociados"]["limpios"] == 0
        assert intake["Estudio Araya"]["incompletos"] == 4

        figures = summarize_period(ALL, ages=ages, sources=read(Informe.CONSULTAS))
        assert (figures.recibidos, figures.recibidos_antes) == (17, 1)
        assert (figures.cerrados, figures.por_semana) == (12, 1.5)
        assert (figures.abiertos, figures.viejos) == (6, 2)
        assert (figures.exito.si, figures.exito.porcentaje) == (9, 75)
        assert figures.costo is None

        # Filters: of one buffet, of one person, of some days.
        theirs = Seleccion(DESDE, HASTA, buffet_id=otro_buffet.id)
        assert list(read(Informe.FLUJO, theirs).filas[-1].values())[1:] == [2, 1, 1, 1, 4]
        assert read(Informe.ANTIGUEDAD, theirs).n == 4
        hers = Seleccion(DESDE, HASTA, investigador_id=usuario_investigador.id)
        assert (read(Informe.CIERRE, hers).n, read(Informe.FLUJO, hers).n) == (11, 13)
        november = Seleccion(date(2026, 11, 1), date(2026, 11, 30), buffet_id=buffet.id)
        assert read(Informe.CIERRE, november).n == 7


def test_promises_are_kept_by_buffet_and_kind(app, buffet, otro_buffet, usuario_admin):
    first, _report, found = TipoPromesa
    kept, missed, runs = (
        SituacionPromesa.CUMPLIDA,
        SituacionPromesa.INCUMPLIDA,
        SituacionPromesa.CORRE,
    )
    inside, before, after = NOW - timedelta(days=3), NOW - timedelta(days=90), NOW
    # To one buffet 11 are decided, 9 of them kept; one of another time and one that runs are not.
    plan = [
        *[(buffet, found, kept, inside)] * 8,
        (buffet, found, missed, inside),
        (buffet, first, kept, inside),
        # Its term has passed, and nobody did anything yet: that is known at once.
        (buffet, first, runs, inside),
        (buffet, first, kept, before),
        (buffet, first, runs, after + timedelta(days=1)),
        (otro_buffet, first, missed, inside),
    ]
    cases = [make_oficio(app, of, usuario_admin) for of, *_ in plan]
    with app.app_context():
        with transaction():
            for case, (of, tipo, situacion, moment) in zip(cases, plan, strict=True):
                db.session.add(
                    Compromiso(
                        oficio_id=case.id,
                        buffet_id=of.id,
                        tipo=tipo,
                        situacion=situacion,
                        empieza_at=before,
                        vence_at=moment,
                        decide_at=moment,
                        plazo_s=3600,
                    )
                )
        cuadro = read(Informe.PROMESAS)
        assert (cuadro.n, cuadro.dibujo["todos"].si) == (12, 9)
        assert [list(row.values()) for row in cuadro.filas] == [
            # 9 of 11, as above; then kept and decided of each kind.
            [buffet.nombre, 9, 11, 82, 57, 94, 1, 0, 8, 2, 0, 9],
            [otro_buffet.nombre, 0, 1, None, None, None, 0, 0, 0, 1, 0, 0],
        ]
        theirs = read(Informe.PROMESAS, Seleccion(DESDE, HASTA, buffet_id=otro_buffet.id))
        assert [row["nombre"] for row in theirs.filas] == [otro_buffet.nombre]


def test_receptores_answer_in_hours_and_in_outcomes(app, history, usuario_admin):
    receptor = make_receptor(app, usuario_admin)
    names = ["A1", "A2", "A3", "A5", "A6", "A7", "A8", "A9", "A11", "A13", "B1"]
    ids = [make_sent_notice(app, history[name], usuario_admin) for name in names]
    reminder = make_sent_notice(app, history["B1"], usuario_admin)
    sent = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    with app.app_context(), transaction():
        for notice_id in (*ids, reminder):
            notice = db.session.get_one(Notificacion, notice_id)
            notice.receptor_id = receptor.id
            notice.enviada_at = sent
        db.session.get_one(Notificacion, reminder).recordatorio_de_id = ids[-1]
        db.session.get_one(Notificacion, reminder).enviada_at = sent + timedelta(days=40)
        # Answers after 1, 2, … 9 hours and 30 minutes; A13 never; B1 to its reminder.
        for hours, notice_id in enumerate(ids[:9], 1):
            _answer(notice_id, TipoRespuesta.RECIBIDO, sent + timedelta(hours=hours, minutes=30))
        _answer(ids[0], TipoRespuesta.DILIGENCIADO, sent + timedelta(days=2))
        _answer(ids[1], TipoRespuesta.NO_ENCONTRADO, sent + timedelta(days=3))
        _answer(reminder, TipoRespuesta.EN_CAMINO, sent + timedelta(days=41))
    with app.app_context():
        cuadro = read(Informe.RECEPTORES)

    (row,) = cuadro.filas
    assert cuadro.n == 11
    assert row == {
        "nombre": "Ema Soto",
        "enviados": 11,
        "respondidos": 10,
        # 1 to 9 and 984 whole hours: the fifth, and the ninth of ten.
        "mediana": 5,
        "p85": 9,
        "recibido": 7,
        "en_camino": 1,
        "diligenciado": 1,
        "frustrado": 0,
        "no_encontrado": 1,
        "sin_respuesta": 1,
    }
    assert cuadro.pie == "Respondieron 10 de 11 · la mitad en 5 horas o menos"


def test_an_answer_counts_for_the_notice_that_its_reminders_began_with(
    app, history, buffet, otro_buffet, usuario_admin
):
    names = ["A1", "A2", "A3", "A5", "A6", "B1"]
    ids = [make_sent_notice(app, history[name], usuario_admin) for name in names]
    first, second, exact, early, unsent, other = ids
    reminders = [make_sent_notice(app, history["A1"], usuario_admin) for _ in range(2)]
    sent = datetime(2026, 11, 2, 12, 0, 0, 500_000, tzinfo=UTC)
    hour, instant = timedelta(hours=1), timedelta(microseconds=1)
    with app.app_context(), transaction():
        for days, notice_id in enumerate((first, *reminders)):
            db.session.get_one(Notificacion, notice_id).enviada_at = sent + timedelta(days=days)
        for notice_id in (second, exact, early, unsent, other):
            db.session.get_one(Notificacion, notice_id).enviada_at = sent
        db.session.get_one(Notificacion, reminders[0]).recordatorio_de_id = first
        db.session.get_one(Notificacion, reminders[1]).recordatorio_de_id = reminders[0]
        db.session.get_one(Notificacion, unsent).estado = EstadoNotificacion.FALLIDA
        _answer(first, TipoRespuesta.RECIBIDO, sent + 5 * hour)
        _answer(reminders[1], TipoRespuesta.EN_CAMINO, sent + timedelta(days=3))
        _answer(second, TipoRespuesta.RECIBIDO, sent + 2 * hour - instant)
        _answer(exact, TipoRespuesta.RECIBIDO, sent + 2 * hour)
        _answer(early, TipoRespuesta.RECIBIDO, sent - 2 * hour)
        _answer(unsent, TipoRespuesta.RECIBIDO, sent + hour)
        _answer(other, TipoRespuesta.NO_ENCONTRADO, sent + 9 * hour)
    with app.app_context():
        cuadro = read(Informe.RECEPTORES)
        theirs = read(Informe.RECEPTORES, Seleccion(DESDE, HASTA, buffet_id=otro_buffet.id))
        later = read(Informe.RECEPTORES, Seleccion(date(2026, 11, 3), HASTA))

    # After 0, 1, 2, 5 and 9 hours; of the first notice the last answer came to its second reminder.
    assert (cuadro.n, cuadro.dibujo["horas"]) == (5, Reparto(5, 2, 9))
    assert cuadro.dibujo["desenlaces"] == {"recibido": 3, "en_camino": 1, "no_encontrado": 1}
    assert (theirs.n, theirs.dibujo["horas"]) == (1, Reparto(1, 9, 9))
    assert (later.n, list(later.filas), later.pie) == (0, [], ""), "reminders alone are no notices"


def test_whole_hours_are_exact_to_the_microsecond_over_a_lifetime(app):
    begin, instant = datetime(1950, 1, 1, 3, 0, 0, 250_000, tzinfo=UTC), timedelta(microseconds=1)
    with app.app_context():
        for hours in (1, 2, 8_760, 87_660, 701_281):
            end = begin + timedelta(hours=hours)
            between = [
                HoursBetween(sa.literal(begin, UtcDateTime()), sa.literal(moment, UtcDateTime()))
                for moment in (end - instant, end, end + instant)
            ]
            counted = db.session.execute(sa.select(*between)).one()
            assert tuple(counted) == (hours - 1, hours, hours)


def _answer(notice_id, tipo, moment):
    db.session.add(
        Respuesta(
            notificacion_id=notice_id, tipo=tipo, clave=f"{notice_id} {moment}", created_at=moment
        )
    )
    db.session.flush()


def _look_up(oficio, day, resultado, nuevos, *, answered=True):
    moment = datetime(2026, 10, day, 15, 0, tzinfo=UTC)
    db.session.add(
        Consulta(
            oficio_id=oficio.id,
            patente="BBCL12",
            motivo="Búsqueda",
            resultado=resultado,
            proveedor="generico",
            sha256="0" * 64 if answered else None,
            nuevos=nuevos,
            pedida_at=moment,
            respondida_at=moment if answered else None,
        )
    )


def test_look_ups_are_counted_by_week_and_priced(app, history, buffet):
    with app.app_context():
        with transaction():
            set_setting("fuente_generico.precio", "100")
            case = history["A1"]
            _look_up(case, 6, ResultadoConsulta.NUEVOS, 2)
            _look_up(case, 6, ResultadoConsulta.SIN_NOVEDADES, 0)
            _look_up(case, 7, ResultadoConsulta.FALLIDA, None, answered=False)
            _look_up(history["B1"], 13, ResultadoConsulta.NUEVOS, 1)
            # Nobody knows yet what comes of it.
            _look_up(case, 8, ResultadoConsulta.PENDIENTE, None, answered=False)
        rebuild(now=NOW)
        cuadro = read(Informe.CONSULTAS)
        assert [list(row.values()) for row in cuadro.filas] == [
            [date(2026, 10, 5), "generico", 3, 2, 1, 2, 200],
            [date(2026, 10, 12), "generico", 1, 1, 1, 1, 100],
        ]
        assert (cuadro.n, cuadro.pie) == (4, "generico: 67 % con datos")
        assert read(Informe.CONSULTAS, Seleccion(DESDE, HASTA, buffet.id)).n == 3
        figures = summarize_period(ALL, ages=read(Informe.ANTIGUEDAD), sources=cuadro)
        assert (figures.costo, figures.costo_por_encontrado) == (300, 33)


def test_figures_follow_the_cases_and_what_was_tampered_with_is_found(app, history, usuario_admin):
    later = NOW + timedelta(hours=1)
    with app.app_context():
        assert read_news(now=later) == 0, "nothing changed"
        with transaction():
            row = db.session.get_one(Oficio, history["B1"].id)
            actor = db.session.get_one(Usuario, usuario_admin.id)
            move_oficio(row, Move(Estado.ENCONTRADO, row.version), actor=actor, now=later)
        assert len(compare_all(now=later, mend=False)) == 0, "what is new is no mistake"
        assert read_news(now=later) == 1
        assert read(Informe.CIERRE).n == 13

        with transaction():
            db.session.execute(
                sa.update(Ciclo).where(Ciclo.oficio_id == row.id).values(dias_total=5)
            )
        assert compare_all(now=later, mend=False).casos == [row.id]
        assert compare_all(now=later, mend=True).casos == [row.id]
        assert compare_all(now=later, mend=False).casos == []

        with transaction():  # a case that is not there any more
            db.session.execute(sa.insert(Ciclo), [_orphan()])
        assert compare_all(now=later, mend=False).casos == [99_999]
        read_news(now=later)
        assert len(compare_all(now=later, mend=False)) == 0


def _orphan():
    return {
        "oficio_id": 99_999,
        "buffet_id": 1,
        "estado": Estado.PENDIENTE,
        "version": 1,
        "desde_at": NOW,
        "recibido_dia": HASTA,
        "con_dudas": False,
        "incompleto": False,
    }


def test_commands_read_rebuild_and_compare(app, history):
    with app.app_context(), transaction():
        db.session.execute(sa.update(Ciclo).values(dias_total=5))
    told = [
        app.test_cli_runner().invoke(args=["indicadores", command])
        for command in ("leer", "comprobar", "reconstruir", "comprobar")
    ]
    assert [result.exit_code for result in told] == [0, 1, 0, 0]
    assert "0 oficios al día" in told[0].output
    assert "Casos cuyas cifras no coinciden: 18 (" in told[1].output
    assert "de 18 oficios" in told[2].output
    assert "coinciden con los casos" in told[3].output
