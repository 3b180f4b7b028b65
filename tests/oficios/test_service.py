"""What may happen to an oficio, and what it leaves in the bitácora."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.errors import Refused
from app.db import db
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Prioridad, allowed_moves, can_move
from app.oficios.service import (
    EntradaData,
    Move,
    MoveRefused,
    NumeroTaken,
    OficioData,
    PropietarioData,
    StaleOficio,
    VehiculoData,
    add_entry,
    add_persona,
    assign_oficio,
    confirm_warning,
    edit_entry,
    move_oficio,
    record,
    update_oficio,
    update_vehiculo,
)
from app.usuarios.rules import Rol
from tests.factories import make_oficio, make_usuario
from tests.oficios.acting import act, stored

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)

P, I, N, E, X = Estado  # noqa: E741  # pendiente, investigación, notificación, encontrado, no


@pytest.mark.parametrize(
    ("origin", "rol", "targets"),
    [
        (P, Rol.INVESTIGADOR, [I, X]),
        (I, Rol.INVESTIGADOR, [P, N, X]),
        (N, Rol.INVESTIGADOR, [I, E, X]),
        (E, Rol.INVESTIGADOR, []),
        (X, Rol.INVESTIGADOR, []),
        (P, Rol.ADMIN, [I, X]),
        (E, Rol.ADMIN, [P, I, N]),
        (X, Rol.ADMIN, [P, I, N]),
        (P, Rol.CLIENTE, []),
        (E, Rol.CLIENTE, []),
    ],
)
def test_the_flow_has_exactly_these_paths(origin, rol, targets):
    assert allowed_moves(origin, rol) == targets
    assert [target for target in Estado if can_move(origin, target, rol)] == targets


def test_a_move_is_written_with_where_from_and_where_to(app, oficio, usuario_investigador, rows):
    act(
        app,
        oficio,
        usuario_investigador,
        lambda o, who: move_oficio(o, Move(I, version=1), actor=who, now=LATER),
    )

    moved = stored(app, oficio)
    assert (moved.estado, moved.version, moved.estado_desde) == (I, 2, LATER)
    assert moved.modificado_por_id == usuario_investigador.id
    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert entry.detalle == {"de": "pendiente", "a": "investigacion"}
    assert entry.descripcion == "Pasa a Investigación"


def test_a_move_without_a_path_leaves_everything_as_it_was(app, oficio, usuario_admin, rows):
    with pytest.raises(MoveRefused, match="Puede pasar a: Investigación, No encontrado"):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who: move_oficio(o, Move(E, version=1), actor=who, now=LATER),
        )

    assert stored(app, oficio).estado is P
    assert not rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)


def test_only_an_admin_reopens_and_it_is_told(
    app, buffet, usuario_admin, usuario_investigador, rows
):
    closed = make_oficio(app, buffet, usuario_admin, estado=X)
    back = Move(I, version=1)

    with pytest.raises(MoveRefused, match="solo un administrador"):
        act(
            app,
            closed,
            usuario_investigador,
            lambda o, who: move_oficio(o, back, actor=who, now=LATER),
        )
    act(app, closed, usuario_admin, lambda o, who: move_oficio(o, back, actor=who, now=LATER))

    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert entry.descripcion == "Se reabre en Investigación"


def test_a_stale_drop_says_who_changed_it_and_where_it_is(
    app, oficio, usuario_admin, usuario_investigador
):
    first = Move(I, version=1)
    act(app, oficio, usuario_admin, lambda o, who: move_oficio(o, first, actor=who, now=LATER))

    with pytest.raises(StaleOficio, match=r"Ana Vega lo cambió recién .* «Investigación»"):
        act(
            app,
            oficio,
            usuario_investigador,
            lambda o, who: move_oficio(o, Move(X, version=1), actor=who, now=LATER),
        )
    assert stored(app, oficio).estado is I


def test_many_drops_into_the_same_gap_keep_the_order(app, buffet, usuario_admin):
    top = make_oficio(app, buffet, usuario_admin)
    bottom = make_oficio(app, buffet, usuario_admin)
    act(
        app,
        bottom,
        usuario_admin,
        lambda o, who: move_oficio(o, Move(P, 1, despues_de=top.id), actor=who, now=NOW),
    )

    dropped = [make_oficio(app, buffet, usuario_admin) for _ in range(24)]
    for card in dropped:
        move = Move(P, 1, despues_de=top.id)
        act(
            app,
            card,
            usuario_admin,
            lambda o, who, move=move: move_oficio(o, move, actor=who, now=NOW),
        )

    with app.app_context():
        order = list(
            db.session.scalars(
                db.select(Oficio.id).where(Oficio.estado == P).order_by(Oficio.posicion, Oficio.id)
            )
        )
        versions = {o.id: o.version for o in db.session.scalars(db.select(Oficio))}
    assert order == [top.id, *(card.id for card in reversed(dropped)), bottom.id]
    assert versions[top.id] == 1, "making room is no change of a card"


def test_a_drop_below_a_card_that_left_the_column_goes_to_the_top(app, buffet, usuario_admin):
    first = make_oficio(app, buffet, usuario_admin)
    gone = make_oficio(app, buffet, usuario_admin, estado=I)
    second = make_oficio(app, buffet, usuario_admin)
    act(
        app,
        first,
        usuario_admin,
        lambda o, who: move_oficio(o, Move(P, 1, despues_de=gone.id), actor=who, now=NOW),
    )

    assert stored(app, first).posicion < stored(app, second).posicion


def test_a_real_entry_counts_as_attention_and_an_empty_check_does_not(
    app, buffet, usuario_investigador
):
    case = make_oficio(app, buffet, usuario_investigador, now=NOW)
    act(
        app,
        case,
        usuario_investigador,
        lambda o, _who: record(
            o, Actividad.CONSULTA_API, "Sin novedades", actor=None, now=LATER, is_real=False
        ),
    )
    assert stored(app, case).ultima_actividad_at == NOW

    act(
        app,
        case,
        usuario_investigador,
        lambda o, who: record(o, Actividad.NOTA, "Conserje llamó", actor=who, now=LATER),
    )
    assert stored(app, case).ultima_actividad_at == LATER


def test_a_number_is_taken_within_its_buffet_only(app, buffet, otro_buffet, usuario_admin, rows):
    make_oficio(app, buffet, usuario_admin, numero_oficio="OF-7")
    make_oficio(app, otro_buffet, usuario_admin, numero_oficio="OF-7")

    with pytest.raises(NumeroTaken, match="Ya existe un oficio con este número"):
        make_oficio(app, buffet, usuario_admin, numero_oficio="OF-7")
    assert len(rows(Oficio)) == 2


def test_an_update_tells_what_changed_and_from_what(app, oficio, usuario_admin, rows):
    data = OficioData(
        numero_oficio=oficio.numero_oficio,
        rol="C-1-2026",
        fecha_limite=date(2026, 12, 31),
        prioridad=Prioridad.ALTA,
    )
    act(
        app,
        oficio,
        usuario_admin,
        lambda o, who: update_oficio(o, data, 1, actor=who, now=LATER),
    )

    (entry,) = rows(Investigacion, descripcion="Datos del oficio modificados")
    assert entry.detalle == {
        "antes": {"rol": None, "fecha_limite": None, "prioridad": "media"},
        "despues": {"rol": "C-1-2026", "fecha_limite": "2026-12-31", "prioridad": "alta"},
    }
    assert "c-1-2026" in stored(app, oficio).busqueda


def test_an_update_that_changes_nothing_writes_nothing(app, oficio, usuario_admin, rows):
    before = len(rows(Investigacion))
    data = OficioData(numero_oficio=oficio.numero_oficio)
    act(app, oficio, usuario_admin, lambda o, who: update_oficio(o, data, 1, actor=who, now=NOW))

    assert stored(app, oficio).version == 1
    assert len(rows(Investigacion)) == before


def test_a_new_number_must_be_free(app, buffet, oficio, usuario_admin):
    make_oficio(app, buffet, usuario_admin, numero_oficio="OF-8")

    with pytest.raises(NumeroTaken):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who: update_oficio(
                o, OficioData(numero_oficio="OF-8"), 1, actor=who, now=NOW
            ),
        )


def test_a_corrected_field_takes_its_warning_with_it_and_leaves_the_others(
    app, buffet, usuario_admin
):
    case = make_oficio(
        app,
        buffet,
        usuario_admin,
        numero_oficio="OF-9",
        tribunal="Juzgado de la Luna",
        advertencias_ingreso={"tribunal": "No está en la lista.", "comuna": "No existe."},
    )
    data = OficioData(numero_oficio="OF-9", tribunal="19º Juzgado Civil de Santiago")
    act(app, case, usuario_admin, lambda o, who: update_oficio(o, data, 1, actor=who, now=NOW))

    assert stored(app, case).advertencias_ingreso == {"comuna": "No existe."}


def test_a_case_is_entrusted_to_active_people_of_the_firm_only(
    app, buffet, oficio, usuario_admin, usuario_cliente, usuario_investigador, rows
):
    retired = make_usuario(app, Rol.INVESTIGADOR, activo=False)
    for person in (usuario_cliente, retired):
        with pytest.raises(Refused, match="persona activa"):
            act(
                app,
                oficio,
                usuario_admin,
                lambda o, who, p=person: assign_oficio(o, p, actor=who, now=NOW),
            )

    for person in (usuario_investigador, usuario_investigador, None):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who, p=person: assign_oficio(o, p, actor=who, now=NOW),
        )
    texts = [entry.descripcion for entry in rows(Investigacion)]
    assert texts == ["Oficio ingresado", "Asignado a Carla Muñoz", "Queda sin asignar"]


def test_only_notes_and_calls_that_happened_are_written_by_hand(app, oficio, usuario_admin):
    with pytest.raises(Refused, match="notas, llamadas y visitas"):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who: add_entry(o, EntradaData(Actividad.SISTEMA, "Hola"), actor=who, now=NOW),
        )
    with pytest.raises(Refused, match="todavía no llegan"):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who: add_entry(
                o, EntradaData(Actividad.NOTA, "Mañana", LATER), actor=who, now=NOW
            ),
        )


def test_an_entry_can_be_mended_for_15_minutes_by_who_wrote_it(
    app, oficio, usuario_admin, usuario_investigador, rows
):
    note = EntradaData(Actividad.NOTA, "Vive en Ñuñoa")
    act(app, oficio, usuario_investigador, lambda o, who: add_entry(o, note, actor=who, now=NOW))
    (entry,) = rows(Investigacion, tipo=Actividad.NOTA)

    def mend(text, minutes):
        return lambda _o, who: edit_entry(
            db.session.get_one(Investigacion, entry.id),
            text,
            actor=who,
            now=NOW + timedelta(minutes=minutes),
        )

    with pytest.raises(Refused, match="propias"):
        act(app, oficio, usuario_admin, mend("Otra cosa", 1))
    with pytest.raises(Refused, match="más de 15 minutos"):
        act(app, oficio, usuario_investigador, mend("Tarde", 16))
    act(app, oficio, usuario_investigador, mend("Vive en Ñuñoa", 14))
    assert rows(Investigacion, id=entry.id)[0].editado_at is None
    act(app, oficio, usuario_investigador, mend("Vive en La Reina", 15))

    (mended,) = rows(Investigacion, id=entry.id)
    assert mended.descripcion == "Vive en La Reina"
    assert mended.editado_at == NOW + timedelta(minutes=15)


def test_another_plate_is_checked_anew(app, buffet, usuario_admin, rows):
    case = make_oficio(app, buffet, usuario_admin, patente="SPRT44-1")
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: confirm_warning(o, "patente", actor=who, now=NOW),
    )
    assert stored(app, case).advertencias == []

    corrected = VehiculoData(patente="GGZL12", patente_dv="9", marca="Suzuki", modelo="Swift")
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: update_vehiculo(o, corrected, 2, actor=who, now=LATER),
    )

    now_stored = stored(app, case)
    assert "debería ser 1" in now_stored.advertencias[0]
    assert "ggzl12" in now_stored.busqueda
    assert "sprt44" not in now_stored.busqueda
    assert rows(Investigacion)[-1].descripcion == "Patente corregida: de SP·RT·44 a GG·ZL·12"


def test_a_vehicle_decided_on_an_older_state_is_refused(app, oficio, usuario_admin):
    with pytest.raises(StaleOficio):
        act(
            app,
            oficio,
            usuario_admin,
            lambda o, who: update_vehiculo(
                o, VehiculoData(patente="GGZL12"), 7, actor=who, now=NOW
            ),
        )
    assert stored(app, oficio).vehiculo.patente == "BBCL12"


def test_each_kind_of_warning_is_confirmed_by_its_own_name(app, buffet, usuario_admin, rows):
    case = make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="SPRT44-1",
        propietario=PropietarioData(nombre="Rosa Soto", rut="12345678-9"),
        advertencias_ingreso={"tribunal": "El tribunal no está en la lista."},
    )
    persona = stored(app, case).propietarios[0]

    for clave, left in (("patente", 2), (f"rut-{persona.id}", 1), ("ingreso-tribunal", 0)):
        act(
            app,
            case,
            usuario_admin,
            lambda o, who, c=clave: confirm_warning(o, c, actor=who, now=NOW),
        )
        assert len(stored(app, case).advertencias) == left
        assert rows(Investigacion)[-1].detalle == {"clave": clave}

    with pytest.raises(Refused, match="ya no está"):
        act(
            app,
            case,
            usuario_admin,
            lambda o, who: confirm_warning(o, "patente", actor=who, now=NOW),
        )


def test_a_person_is_found_by_the_search_as_soon_as_added(app, oficio, usuario_admin):
    who = PropietarioData(nombre="José Ñúñez", rut="76123456-0")
    act(app, oficio, usuario_admin, lambda o, a: add_persona(o, who, actor=a, now=NOW))

    assert "jose nunez 76123456-0 761234560" in stored(app, oficio).busqueda
