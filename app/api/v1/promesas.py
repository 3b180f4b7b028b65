"""Promises to buffets: their terms for admins, how those of a case stand, its clock."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import (
    STAFF,
    bearer_required,
    current_usuario,
    oficio_to_see,
    readers,
)
from app.api.v1.answering import answer, answer_list, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.partes import ActividadShown
from app.api.v1.schemas.promesas import (
    CompromisoShown,
    InformeNew,
    PausaNew,
    PausaShown,
    PromesaNew,
    PromesaShown,
)
from app.buffets.models import Buffet
from app.buffets.permissions import Materia
from app.core.clock import utcnow
from app.core.errors import InvalidValue, NotFound
from app.db import db, transaction
from app.oficios.models import Oficio
from app.promesas.queries import list_commitments, pauses_statement
from app.promesas.queries.calendar import (
    are_shown_to_buffets,
    read_calendar,
    versions_statement,
)
from app.promesas.queries.shown_promises import PromesaMostrada, show_promises
from app.promesas.rules import Lapso
from app.promesas.service import (
    PauseData,
    PromesaData,
    note_report,
    pause_clock,
    promise,
    resume_clock,
)
from app.usuarios.rules import Rol

bp = ApiBlueprint("promesas", __name__)

_AUTHOR = "usuario_nombre"
_CASE = "/oficios/<int:oficio_id>"
_TERMS = "/buffets/<int:buffet_id>/promesas"


@bp.get(_TERMS)
@bearer_required(Rol.ADMIN)
@takes(query=Paging)
@gives("Listar lo que se ha prometido a un buffet, lo último primero.", PromesaShown, many=True)
def terms(buffet_id: int, query: Paging) -> ResponseReturnValue:
    """What was and is promised to a buffet."""
    statement = versions_statement(_get_buffet(buffet_id).id)
    return answer_list(statement, query, PromesaShown.model_validate)


@bp.post(_TERMS)
@bearer_required(Rol.ADMIN)
@once()
@takes(body=PromesaNew)
@gives(
    "Prometer algo de los casos que llegan desde un día. El mismo día otra vez lo reemplaza.",
    PromesaShown,
    201,
    errors=(409,),
)
def add_terms(buffet_id: int, body: PromesaNew) -> ResponseReturnValue:
    """Promise something from a day on."""
    buffet = _get_buffet(buffet_id)
    plazos = {}
    for tipo, by_priority in body.plazos.items():
        for prioridad, text in by_priority.items():
            try:
                plazos[tipo, prioridad] = Lapso.parse(text)
            except InvalidValue as error:
                return invalid("plazos", str(error))
    with transaction():
        row = promise(
            buffet, PromesaData(body.desde, plazos), actor=current_usuario(), now=utcnow()
        )
    return answer(PromesaShown.model_validate(row), 201)


@bp.get(f"{_CASE}/promesas")
@bearer_required(*readers(Materia.PROMESAS))
@gives(
    "Leer cómo están las promesas de un caso; un cliente, solo si la oficina las muestra.",
    CompromisoShown,
    many=True,
)
def standing(oficio_id: int) -> ResponseReturnValue:
    """How the promises of a case stand."""
    oficio = oficio_to_see(oficio_id)
    if not (current_usuario().is_staff or are_shown_to_buffets()):
        return show_list([], 0)
    rows = list_commitments(oficio.id)
    shown = show_promises(rows, horario=read_calendar().horario, now=utcnow())
    return show_list([_show(oficio, one) for one in shown], len(shown))


@bp.get(f"{_CASE}/pausas")
@bearer_required(*STAFF)
@takes(query=Paging)
@gives("Listar cuándo estuvo detenido el reloj de un caso.", PausaShown, many=True)
def pauses(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """When the clock of a case stood, the newest first."""
    statement = pauses_statement(oficio_to_see(oficio_id).id)
    return answer_list(statement, query, PausaShown.model_validate)


@bp.post(f"{_CASE}/pausas")
@bearer_required(*STAFF)
@once()
@takes(body=PausaNew)
@gives("Detener el reloj de un caso desde ahora.", PausaShown, 201, errors=(409,))
def stop(oficio_id: int, body: PausaNew) -> ResponseReturnValue:
    """Stop the clock of a case."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        data = PauseData(body.motivo, body.explicacion)
        pausa = pause_clock(oficio, data, actor=current_usuario(), now=utcnow())
    return answer(PausaShown.model_validate(pausa), 201)


@bp.post(f"{_CASE}/pausas/reanudar")
@bearer_required(*STAFF)
@gives("Reanudar el reloj de un caso.", PausaShown, errors=(409,))
def start(oficio_id: int) -> ResponseReturnValue:
    """Let the clock of a case run again."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        pausa = resume_clock(oficio, actor=current_usuario(), now=utcnow())
    return answer(PausaShown.model_validate(pausa))


@bp.post(f"{_CASE}/promesas/informe")
@bearer_required(*STAFF)
@once()
@takes(body=InformeNew)
@gives("Anotar qué se dijo al buffet fuera de Rastro.", ActividadShown, 201)
def told(oficio_id: int, body: InformeNew) -> ResponseReturnValue:
    """Note what the buffet was told by telephone, mail or in a meeting."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        entry = note_report(oficio, body.medio, body.texto, actor=current_usuario(), now=utcnow())
    values = {name: getattr(entry, name) for name in ActividadShown.model_fields if name != _AUTHOR}
    return answer(ActividadShown(**values, usuario_nombre=current_usuario().nombre), 201)


def _get_buffet(buffet_id: int) -> Buffet:
    buffet = db.session.get(Buffet, buffet_id)
    if buffet is None:
        raise NotFound("Buffet no encontrado")
    return buffet


def _show(oficio: Oficio, one: PromesaMostrada) -> CompromisoShown:
    return CompromisoShown(
        oficio_id=oficio.id,
        tipo=one.tipo,
        estado=one.estado,
        empieza_at=one.empieza_at,
        vence_at=one.vence_at,
        cumplida_at=one.cumplida_at,
        resta_segundos=one.resta_s,
        usado=one.usado,
        texto=one.detalle,
    )
