"""The people and the bitácora of an oficio."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from app.api.v1.access import (
    STAFF,
    bearer_required,
    current_usuario,
    oficio_to_see,
    readers,
    sees_personal_data,
)
from app.api.v1.answering import answer, answer_list, must_match, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.cliente import list_milestones, refuse_hidden
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.fields import read_in_place
from app.api.v1.schemas.partes import (
    ActividadChange,
    ActividadNew,
    ActividadQuery,
    ActividadShown,
    PropietarioChange,
    PropietarioNew,
    PropietarioShown,
)
from app.api.v1.schemas.publico import HitoShown
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import NotFound, Refused
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.queries import timeline_statement
from app.oficios.rules.campos import GrupoDeCampos, column_of, fields_of, has_masked
from app.oficios.rules.historial import details_of, text_of
from app.oficios.rules.papel import NOBODY
from app.oficios.service import (
    EntradaData,
    FollowUpRefused,
    PropietarioData,
    add_entry,
    add_persona,
    edit_entry,
    remove_entry,
    remove_persona,
    reveal_persona,
    update_persona,
)

_MASKED = (
    "RUT, teléfono y correo van tapados sin el alcance «datos_personales»; con él, queda "
    "registrado quién los leyó."
)

bp = ApiBlueprint("partes", __name__, url_prefix="/oficios/<int:oficio_id>")


@bp.post("/propietarios")
@bearer_required(*STAFF)
@once()
@takes(body=PropietarioNew)
@gives("Agregar una persona al caso.", PropietarioShown, 201)
def add_propietario(oficio_id: int, body: PropietarioNew) -> ResponseReturnValue:
    """Add a person to a case."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        data = PropietarioData(**body.model_dump())
        persona = add_persona(oficio, data, actor=current_usuario(), now=utcnow())
    return answer(_persona(persona), 201)


@bp.get("/propietarios")
@bearer_required(*readers(Materia.PERSONAS))
@takes(query=Paging)
@gives(
    f"Listar las personas del caso. {_MASKED}",
    PropietarioShown,
    many=True,
)
def list_propietarios(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """The people of a case."""
    oficio = oficio_to_see(oficio_id)
    people = list(oficio.propietarios)
    part = people[query.skip : query.skip + query.limit]
    _note_reading(oficio, part)
    return show_list([_persona(persona) for persona in part], len(people))


@bp.get("/propietarios/<int:propietario_id>")
@bearer_required(*readers(Materia.PERSONAS))
@gives(
    f"Leer una persona del caso. {_MASKED}",
    PropietarioShown,
)
def propietario(oficio_id: int, propietario_id: int) -> ResponseReturnValue:
    """One person of a case."""
    oficio = oficio_to_see(oficio_id)
    persona = _get_persona(oficio, propietario_id)
    _note_reading(oficio, [persona])
    return answer(_persona(persona))


@bp.patch("/propietarios/<int:propietario_id>")
@bearer_required(*STAFF)
@takes(body=PropietarioChange)
@gives("Corregir lo que se envía de una persona.", PropietarioShown, errors=(409, 412))
def change_propietario(
    oficio_id: int, propietario_id: int, body: PropietarioChange
) -> ResponseReturnValue:
    """Correct what is given of a person, and leave the rest."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        persona = _get_persona(oficio, propietario_id)
        must_match(_persona(persona))
        known = {name: getattr(persona, name) for name in vars(PropietarioData())}
        data = PropietarioData(**{**known, **body.given()})
        if not (data.nombre or data.rut):
            return invalid("nombre", NOBODY)
        update_persona(oficio, persona, data, actor=current_usuario(), now=utcnow())
    # The answer shows also what was not sent.
    _note_reading(oficio, [persona])
    return answer(_persona(persona))


@bp.delete("/propietarios/<int:propietario_id>")
@bearer_required(*STAFF)
@gives("Quitar una persona del caso; la bitácora guarda quién era.", status=204, errors=(409,))
def remove_propietario(oficio_id: int, propietario_id: int) -> ResponseReturnValue:
    """Take a person out of a case."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        persona = _get_persona(oficio, propietario_id)
        remove_persona(oficio, persona, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.post("/actividades")
@bearer_required(*STAFF)
@once()
@takes(body=ActividadNew)
@gives("Anotar una nota, una llamada o una visita en la bitácora.", ActividadShown, 201)
def add_actividad(oficio_id: int, body: ActividadNew) -> ResponseReturnValue:
    """Write down a note, a call, or a visit that was to no address of the case."""
    oficio = oficio_to_see(oficio_id)
    reading = read_in_place(body.ocurrido_at) if body.ocurrido_at else None
    data = EntradaData(
        body.tipo,
        body.descripcion,
        reading.moment if reading else None,
        hora_dudosa=reading.duda if reading else None,
        seguimiento=body.seguimiento,
    )
    try:
        with transaction():
            entry = add_entry(oficio, data, actor=current_usuario(), now=utcnow())
    except FollowUpRefused as refused:
        return invalid("seguimiento", str(refused))
    except Refused as refused:
        return invalid("ocurrido_at" if body.ocurrido_at else "tipo", str(refused))
    return answer(_entry(entry), 201)


@bp.get("/actividades")
@bearer_required(*readers(Materia.BITACORA))
@takes(query=ActividadQuery)
@gives("Leer la bitácora, lo último primero.", ActividadShown, many=True)
def list_actividades(oficio_id: int, query: ActividadQuery) -> ResponseReturnValue:
    """What happened in a case, newest first."""
    oficio = oficio_to_see(oficio_id)
    return answer_list(timeline_statement(oficio.id, query.tipo), query, _entry)


@bp.get("/timeline")
@bearer_required(*readers(Materia.HITOS))
@takes(query=ActividadQuery)
@gives(
    "Leer la bitácora, lo último primero; un cliente lee los hitos del caso.",
    ActividadShown,
    many=True,
    errors=(403,),
    cliente=HitoShown,
)
def timeline(oficio_id: int, query: ActividadQuery) -> ResponseReturnValue:
    """What happened in a case, newest first: for a cliente its milestones, as in the portal."""
    oficio = oficio_to_see(oficio_id)
    if not current_usuario().is_staff:
        refuse_hidden(query)
        return list_milestones(oficio, query)
    return answer_list(timeline_statement(oficio.id, query.tipo), query, _entry)


@bp.get("/actividades/<int:actividad_id>")
@bearer_required(*readers(Materia.BITACORA))
@gives("Leer una entrada de la bitácora.", ActividadShown)
def actividad(oficio_id: int, actividad_id: int) -> ResponseReturnValue:
    """One entry of a bitácora."""
    return answer(_entry(_get_entry(oficio_to_see(oficio_id), actividad_id)))


@bp.patch("/actividades/<int:actividad_id>")
@bearer_required(*STAFF)
@takes(body=ActividadChange)
@gives(
    "Corregir el texto de una nota o llamada propia, en los primeros 15 minutos.",
    ActividadShown,
    errors=(409, 412),
)
def change_actividad(
    oficio_id: int, actividad_id: int, body: ActividadChange
) -> ResponseReturnValue:
    """Mend the text of one's own fresh note or call."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        entry = _get_entry(oficio, actividad_id)
        must_match(_entry(entry))
        edit_entry(entry, body.descripcion, actor=current_usuario(), now=utcnow())
    return answer(_entry(entry))


@bp.delete("/actividades/<int:actividad_id>")
@bearer_required(*STAFF)
@gives("Retirar una nota o llamada propia, en los primeros 15 minutos.", status=204, errors=(409,))
def remove_actividad(oficio_id: int, actividad_id: int) -> ResponseReturnValue:
    """Take back one's own fresh note or call."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        entry = _get_entry(oficio, actividad_id)
        remove_entry(entry, actor=current_usuario(), now=utcnow())
    return "", 204


def _get_persona(oficio: Oficio, propietario_id: int) -> Propietario:
    found = next((row for row in oficio.propietarios if row.id == propietario_id), None)
    if found is None:
        raise NotFound("Propietario no encontrado")
    return found


def _get_entry(oficio: Oficio, actividad_id: int) -> Investigacion:
    entry = db.session.get(Investigacion, actividad_id)
    if entry is None or entry.oficio_id != oficio.id or entry.retirado_at is not None:
        raise NotFound("Actividad no encontrada")
    return entry


def _note_reading(oficio: Oficio, people: Sequence[Propietario]) -> None:
    """Write down who was shown RUTs and contacts, which are masked without the scope for them."""
    if not sees_personal_data():
        return
    told = [one for one in people if has_masked(one)]
    # The answer to a HEAD shows nobody's data.
    if not told or request.method == "HEAD":
        return
    with transaction():
        for persona in told:
            reveal_persona(oficio, persona, "api", actor=current_usuario(), now=utcnow())


def _persona(persona: Propietario) -> PropietarioShown:
    """A person; RUT, telephone and e-mail masked unless the scope of who asks shows them."""
    shown = PropietarioShown.model_validate(persona)
    if sees_personal_data():
        return shown
    masked = {
        column_of(name): campo.mask(value)
        for name, campo in fields_of(GrupoDeCampos.PERSONA).items()
        if campo.mask and (value := getattr(persona, column_of(name)))
    }
    return shown.model_copy(update=masked)


def _entry(entry: Investigacion) -> ActividadShown:
    """An entry, with its details: ids and former values.

    Whose RUT it is and how to reach a person is masked, as on the page: that is asked for there.
    """
    return ActividadShown(
        id=entry.id,
        oficio_id=entry.oficio_id,
        tipo=entry.tipo,
        descripcion=text_of(entry),
        detalle=details_of(entry),
        usuario_id=entry.usuario_id,
        usuario_nombre=entry.usuario.nombre if entry.usuario else None,
        ocurrido_at=entry.ocurrido_at,
        advertencias=entry.advertencias,
        editado_at=entry.editado_at,
        created_at=entry.created_at,
    )
