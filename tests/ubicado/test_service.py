"""What finding a vehicle writes down, once, whoever taps how often."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.consultas.queries import CHECK
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.custodia.service import verify
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.eventos.models import Evento
from app.eventos.rules import TipoEvento
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.hitos import find_situacion, list_avances
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import (
    Move,
    move_oficio,
    refuse_correction,
    refuse_edit,
    remove_direccion,
)
from app.ubicado.models import Revisado, Ubicacion
from app.ubicado.queries import find_current
from app.ubicado.rules import ResultadoRevision, SinPosicion, TipoLugar
from app.ubicado.service import AlreadyLocated, locate, review, undo
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto, pdf
from tests.factories import make_oficio
from tests.notificaciones.rows import make_notice
from tests.ubicado.rows import location, make_location


def test_one_deed_writes_everything_down_at_the_servers_time(
    app, rows, searched, usuario_investigador
):
    now = utcnow()
    photo = make_adjunto(app, searched, usuario_investigador)

    found = make_location(
        app,
        searched,
        usuario_investigador,
        now=now,
        adjunto_ids=[photo.id],
        acceso="Hay guardia",
        notas="Con una funda gris",
    )

    assert found.ubicado_at == now
    assert (found.lat, found.lon, found.exactitud_m) == (-33.456, -70.612, 12.0)
    assert found.completa == "Vía pública: Frente al 1180, Ñuñoa"
    (oficio,) = rows(Oficio, id=searched.id)
    assert (oficio.estado, oficio.estado_desde) == (Estado.NOTIFICACION, now)
    told, seen = rows(Investigacion, oficio_id=searched.id, tipo=Actividad.TERRENO)
    assert told.descripcion == (
        "¡Ubicado! Vía pública: Frente al 1180, Ñuñoa\n"
        "-33.456000, -70.612000 (± 12 m) · 1 foto\nAcceso: Hay guardia\nCon una funda gris"
    )
    assert told.detalle["ubicacion_id"] == found.id
    assert seen.descripcion.startswith("Avistamiento anotado (terreno)")
    (sighting,) = rows(Avistamiento, oficio_id=searched.id)
    assert (sighting.fuente, sighting.fecha_hora) == (Fuente.TERRENO, now)
    assert (sighting.lat, sighting.lon) == (-33.456, -70.612)
    kinds = [event.tipo for event in rows(Evento, oficio_id=searched.id)]
    assert kinds.count(TipoEvento.UBICADO) == 1
    with app.app_context():
        assert verify(searched.id).problemas == []


def test_a_location_that_is_changed_behind_the_applications_back_is_noticed(
    app, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(
                sa.update(Ubicacion).where(Ubicacion.id == found.id).values(lat=-33.0)
            )
        problems = verify(searched.id).problemas
    assert [problem.tipo for problem in problems] == ["ubicacion"]
    assert "la ubicación" in problems[0].texto


def test_the_entries_of_a_location_are_not_edited_by_their_author(
    app, searched, usuario_investigador
):
    make_location(app, searched, usuario_investigador)
    with app.app_context():
        author = db.session.get_one(Usuario, usuario_investigador.id)
        entries = db.session.scalars(
            sa.select(Investigacion).where(
                Investigacion.oficio_id == searched.id, Investigacion.tipo == Actividad.TERRENO
            )
        ).all()
        assert len(entries) == 2
        for entry in entries:
            refusal = refuse_edit(entry, actor=author, now=utcnow())
            assert refusal is not None
            assert "Agregue una corrección" in refusal
            assert refuse_correction(entry) is None


def test_a_case_that_nobody_had_begun_goes_through_both_steps(
    app, rows, oficio, usuario_investigador
):
    make_location(app, oficio, usuario_investigador)

    moves = rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.CAMBIO_ESTADO)
    assert [move.detalle for move in moves] == [
        {"de": "pendiente", "a": "investigacion"},
        {"de": "investigacion", "a": "notificacion"},
    ]


def test_an_address_of_the_case_is_verified_with_the_position(
    app, rows, searched, usuario_investigador
):
    (address,) = rows(Direccion, oficio_id=searched.id)

    found = make_location(
        app,
        searched,
        usuario_investigador,
        tipo=TipoLugar.DIRECCION,
        direccion_id=address.id,
        lugar=None,
        comuna=None,
    )

    assert found.completa == "Av. Grecia 1180, Ñuñoa"
    (address,) = rows(Direccion, oficio_id=searched.id)
    assert address.verificada
    assert (address.lat, address.exactitud_m) == (-33.456, 12.0)


def test_a_typed_address_becomes_one_of_the_case_unless_it_is_one(
    app, rows, searched, usuario_investigador
):
    make_location(
        app,
        searched,
        usuario_investigador,
        tipo=TipoLugar.DIRECCION,
        lugar="AV. GRECIA 1180",
        comuna="Ñuñoa",
    )
    assert len(rows(Direccion, oficio_id=searched.id)) == 1

    with app.app_context(), transaction():
        gone = find_current(searched.id)
        _look(gone.ubicacion, usuario_investigador, ResultadoRevision.NO_ESTA)
    make_location(
        app,
        searched,
        usuario_investigador,
        tipo=TipoLugar.DIRECCION,
        lugar="San Diego 20",
        comuna="Santiago",
    )
    assert [place.completa for place in rows(Direccion, oficio_id=searched.id)] == [
        "Av. Grecia 1180, Ñuñoa",
        "San Diego 20, Santiago",
    ]


def test_the_street_without_a_position_needs_words(app, rows, searched, usuario_investigador):
    photo = make_adjunto(app, searched, usuario_investigador)
    nowhere = {"lat": None, "lon": None, "exactitud_m": None, "adjunto_ids": [photo.id]}

    with pytest.raises(InvalidValue, match="referencia"):
        make_location(app, searched, usuario_investigador, **nowhere, lugar=None)
    assert rows(Ubicacion) == []

    found = make_location(
        app, searched, usuario_investigador, **nowhere, sin_posicion=SinPosicion.RECHAZADA
    )
    assert found.sin_posicion is SinPosicion.RECHAZADA
    assert found.posicion is None


@pytest.mark.parametrize("which", ["none", "of another case", "a document", "a deleted one"])
def test_without_a_photo_of_the_case_nothing_is_written(
    which, app, rows, buffet, searched, usuario_investigador
):
    elsewhere = make_oficio(app, buffet, usuario_investigador)
    ids = {
        "none": list,
        "of another case": lambda: [make_adjunto(app, elsewhere, usuario_investigador).id],
        "a document": lambda: [
            make_adjunto(app, searched, usuario_investigador, "a.pdf", pdf()).id
        ],
        "a deleted one": lambda: [999_999],
    }[which]()
    before = len(rows(Investigacion))

    with pytest.raises(InvalidValue):
        make_location(app, searched, usuario_investigador, adjunto_ids=ids)

    assert rows(Ubicacion) == []
    assert len(rows(Investigacion)) == before
    assert rows(Oficio, id=searched.id)[0].estado is Estado.INVESTIGACION


def test_the_same_form_again_is_the_same_location(app, rows, searched, usuario_investigador):
    photo = make_adjunto(app, searched, usuario_investigador)
    first = make_location(
        app, searched, usuario_investigador, cliente_id="uno", adjunto_ids=[photo.id]
    )
    entries = len(rows(Investigacion))

    again = make_location(
        app, searched, usuario_investigador, cliente_id="uno", adjunto_ids=[photo.id], lugar="Otro"
    )

    assert again.id == first.id
    assert again.lugar == "Frente al 1180"
    assert len(rows(Investigacion)) == entries


def test_a_second_person_is_told_who_and_when(app, searched, usuario_investigador, usuario_admin):
    make_location(app, searched, usuario_investigador)

    with pytest.raises(AlreadyLocated, match=r"Carla Muñoz ya lo ubicó .+ en Vía pública: Frente"):
        make_location(app, searched, usuario_admin)


def test_a_forms_id_is_good_for_one_case_and_one_person(
    app, buffet, searched, usuario_investigador, usuario_admin
):
    other = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    make_location(app, searched, usuario_investigador, cliente_id="uno")

    for case, person in ((other, usuario_investigador), (searched, usuario_admin)):
        with pytest.raises(Refused, match="ya se usó"):
            make_location(app, case, person, cliente_id="uno")


@pytest.mark.parametrize("same_form", [True, False])
def test_two_taps_at_the_same_moment_are_one_location(
    same_form, app, rows, searched, usuario_investigador, usuario_admin
):
    photo = make_adjunto(app, searched, usuario_investigador)
    people = [usuario_investigador, usuario_investigador if same_form else usuario_admin]
    together = threading.Barrier(2)
    outcomes: list[object] = []

    def tap(number, person):
        with app.app_context():
            data = location(
                cliente_id="uno" if same_form else f"de {number}", adjunto_ids=[photo.id]
            )
            actor = db.session.get_one(Usuario, person.id)
            oficio = db.session.get_one(Oficio, searched.id)
            together.wait()
            try:
                with transaction():
                    outcomes.append(locate(oficio, data, actor=actor, now=utcnow()).id)
            except Refused as refused:
                outcomes.append(str(refused))

    threads = [threading.Thread(target=tap, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (found,) = rows(Ubicacion)
    if same_form:
        assert outcomes == [found.id, found.id]
    else:
        assert found.id in outcomes
        assert any("ya lo ubicó" in str(outcome) for outcome in outcomes)
    assert len(rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)) == 1
    assert len(rows(Avistamiento)) == 1


def test_one_forms_id_at_the_same_moment_in_two_cases_is_one_location(
    app, rows, buffet, searched, usuario_investigador
):
    other = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    cases = [(case, make_adjunto(app, case, usuario_investigador)) for case in (searched, other)]
    together = threading.Barrier(2)
    refusals: list[str] = []

    def tap(case, photo):
        with app.app_context():
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            oficio = db.session.get_one(Oficio, case.id)
            together.wait()
            try:
                with transaction():
                    data = location(cliente_id="uno", adjunto_ids=[photo.id])
                    locate(oficio, data, actor=actor, now=utcnow())
            except Refused as refused:
                refusals.append(str(refused))

    threads = [threading.Thread(target=tap, args=pair) for pair in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Ubicacion)) == 1
    assert len(refusals) == 1
    assert "ya se usó" in refusals[0]


def test_a_closed_case_takes_no_location(app, buffet, usuario_investigador):
    closed = make_oficio(app, buffet, usuario_investigador, estado=Estado.NO_ENCONTRADO)

    with pytest.raises(Refused, match="está cerrado"):
        make_location(app, closed, usuario_investigador)


def test_a_case_that_was_moved_by_hand_gets_its_place_without_another_step(
    app, rows, searched, usuario_investigador
):
    with app.app_context(), transaction():
        oficio = db.session.get_one(Oficio, searched.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        move_oficio(oficio, Move(Estado.NOTIFICACION, oficio.version), actor=actor, now=utcnow())

    make_location(app, searched, usuario_investigador)

    assert len(rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)) == 1
    with app.app_context():
        assert find_current(searched.id) is not None


def test_checks_that_wait_are_cancelled_and_one_that_runs_is_left_to_itself(
    app, rows, searched, usuario_investigador
):
    now = utcnow()
    with app.app_context(), transaction():
        for name in ("espera", "corre"):
            enqueue(CHECK, key=name, now=now, oficio_id=searched.id)
        enqueue(
            CHECK, key="luego", now=now, oficio_id=searched.id, ejecutar_desde=now + timedelta(1)
        )
        running = db.session.scalars(sa.select(Trabajo).where(Trabajo.clave == "corre")).one()
        running.estado = EstadoTrabajo.EJECUTANDO

    make_location(app, searched, usuario_investigador)

    states = {trabajo.clave: trabajo.estado for trabajo in rows(Trabajo, tipo=CHECK)}
    assert states == {
        "espera": EstadoTrabajo.CANCELADO,
        "luego": EstadoTrabajo.CANCELADO,
        "corre": EstadoTrabajo.EJECUTANDO,
    }


def _undo(app, found, actor, motivo="Era otro vehículo", now=None):
    with app.app_context(), transaction():
        return undo(
            db.session.get_one(Ubicacion, found.id),
            motivo,
            actor=db.session.get_one(Usuario, actor.id),
            now=now or utcnow(),
        )


def test_an_admin_takes_it_back_and_the_case_is_searched_again(
    app, rows, searched, usuario_investigador, usuario_admin
):
    (address,) = rows(Direccion, oficio_id=searched.id)
    found = make_location(
        app,
        searched,
        usuario_investigador,
        tipo=TipoLugar.DIRECCION,
        direccion_id=address.id,
        lugar=None,
    )

    assert _undo(app, found, usuario_admin) is None

    (undone,) = rows(Ubicacion)
    assert undone.deshecho_motivo == "Era otro vehículo"
    assert undone.deshecho_por_id == usuario_admin.id
    assert rows(Oficio, id=searched.id)[0].estado is Estado.INVESTIGACION
    assert rows(Avistamiento) == []
    (address,) = rows(Direccion, oficio_id=searched.id)
    assert (address.verificada, address.lat) == (False, None)
    entries = [entry.descripcion for entry in rows(Investigacion, oficio_id=searched.id)]
    assert any(
        "Se deshace la ubicación" in text and "Era otro vehículo" in text for text in entries
    )
    with app.app_context():
        assert find_current(searched.id) is None
        assert verify(searched.id).problemas == []
    with pytest.raises(Refused, match="Ya la deshizo Ana Vega"):
        _undo(app, found, usuario_admin)


def test_an_undoing_says_who_was_told_by_mail_and_writes_to_nobody(
    app, rows, searched, usuario_investigador, usuario_admin
):
    found = make_location(app, searched, usuario_investigador)
    make_notice(app, searched, usuario_investigador)
    count = len(rows(Notificacion))

    warning = _undo(app, found, usuario_admin)

    assert "avísele usted" in warning
    assert len(rows(Notificacion)) == count
    texts = [entry.descripcion for entry in rows(Investigacion, oficio_id=searched.id)]
    assert any(warning in text for text in texts)


def test_only_an_admin_takes_back_and_not_in_a_closed_case(
    app, searched, usuario_investigador, usuario_admin
):
    found = make_location(app, searched, usuario_investigador)

    with pytest.raises(Refused, match="Solo un administrador"):
        _undo(app, found, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, searched.id).estado = Estado.ENCONTRADO
    with pytest.raises(Refused, match="reábralo primero"):
        _undo(app, found, usuario_admin)


def test_an_older_location_is_taken_back_without_moving_the_case(
    app, rows, searched, usuario_investigador, usuario_admin
):
    first = make_location(app, searched, usuario_investigador)
    with app.app_context(), transaction():
        _look(
            db.session.get_one(Ubicacion, first.id), usuario_investigador, ResultadoRevision.NO_ESTA
        )
    second = make_location(app, searched, usuario_investigador)

    _undo(app, first, usuario_admin)

    assert rows(Oficio, id=searched.id)[0].estado is Estado.NOTIFICACION
    with app.app_context():
        assert find_current(searched.id).ubicacion.id == second.id


def _look(ubicacion, person, resultado, cliente_id="mirada", now=None):
    return review(
        ubicacion,
        resultado,
        cliente_id=cliente_id,
        actor=db.session.get_one(Usuario, person.id),
        now=now or utcnow(),
    )


def test_seen_again_is_written_down_once_and_is_a_sighting(
    app, rows, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    for _ in range(2):
        with app.app_context(), transaction():
            _look(
                db.session.get_one(Ubicacion, found.id),
                usuario_investigador,
                ResultadoRevision.SIGUE,
            )

    assert len(rows(Revisado)) == 1
    assert len(rows(Avistamiento)) == 2
    assert rows(Oficio, id=searched.id)[0].estado is Estado.NOTIFICACION
    with app.app_context():
        current = find_current(searched.id)
        assert current.visto_at == rows(Revisado)[0].created_at
        assert not current.is_gone


def test_what_is_gone_is_not_looked_at_again(app, searched, usuario_investigador):
    found = make_location(app, searched, usuario_investigador)
    with app.app_context(), transaction():
        _look(
            db.session.get_one(Ubicacion, found.id), usuario_investigador, ResultadoRevision.NO_ESTA
        )
    with app.app_context(), pytest.raises(Refused, match="no está ahí"), transaction():
        _look(
            db.session.get_one(Ubicacion, found.id),
            usuario_investigador,
            ResultadoRevision.SIGUE,
            "otra",
        )


def test_a_place_is_forgotten_when_the_case_goes_back_to_the_search(
    app, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    with app.app_context():
        with transaction():
            oficio = db.session.get_one(Oficio, searched.id)
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            for estado in (Estado.INVESTIGACION, Estado.NOTIFICACION):
                move_oficio(oficio, Move(estado, oficio.version), actor=actor, now=utcnow())
        assert find_current(searched.id) is None
        with pytest.raises(Refused, match="ya no espera"), transaction():
            _look(
                db.session.get_one(Ubicacion, found.id),
                usuario_investigador,
                ResultadoRevision.SIGUE,
            )


@pytest.mark.parametrize("story", ["found", "seen again", "gone", "found again"])
def test_what_the_place_tells_of_the_next_step_is_what_its_whole_history_tells(
    story, app, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador, now=utcnow() - timedelta(hours=9))
    resultado = ResultadoRevision.SIGUE if story == "seen again" else ResultadoRevision.NO_ESTA
    with app.app_context(), transaction():
        if story != "found":
            _look(db.session.get_one(Ubicacion, found.id), usuario_investigador, resultado)
    if story == "found again":
        make_location(app, searched, usuario_investigador)

    with app.app_context():
        oficio = db.session.get_one(Oficio, searched.id)
        current = find_current(searched.id)
        told = find_situacion(oficio, has_mails=False, was_left=current.was_left)
        whole = list_avances([searched.id])[searched.id].situacion

    assert current.was_left == (story in ("gone", "found again"))
    assert told is whole


def test_removing_the_address_leaves_the_location_as_it_was_sealed(
    app, rows, searched, usuario_investigador
):
    (address,) = rows(Direccion, oficio_id=searched.id)
    make_location(
        app,
        searched,
        usuario_investigador,
        tipo=TipoLugar.DIRECCION,
        direccion_id=address.id,
        lugar=None,
    )
    with app.app_context():
        with transaction():
            remove_direccion(
                db.session.get_one(Oficio, searched.id),
                db.session.get_one(Direccion, address.id),
                actor=db.session.get_one(Usuario, usuario_investigador.id),
                now=utcnow(),
            )
        assert verify(searched.id).problemas == []
    (found,) = rows(Ubicacion)
    assert (found.direccion_id, found.completa) == (None, "Av. Grecia 1180, Ñuñoa")
