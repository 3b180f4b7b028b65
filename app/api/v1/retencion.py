"""Retention of closed cases: rules, proposals and what was confirmed. For admins."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario, need_fresh_token
from app.api.v1.answering import answer, answer_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.retencion import (
    DecidedShown,
    LoteShown,
    OmitidoShown,
    PropuestasChosen,
    PropuestasConfirmed,
    PropuestaShown,
    PropuestasKept,
    PropuestasQuery,
    ReglaNew,
    ReglaShown,
)
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import NotFound, Refused
from app.cumplimiento.models.retencion import LoteRetencion, PropuestaRetencion, ReglaRetencion
from app.cumplimiento.queries.retencion import (
    batches_statement,
    proposals_statement,
    read_proposals,
    rules_statement,
)
from app.cumplimiento.rules.retencion import Regla
from app.cumplimiento.service.retencion import (
    confirm_proposals,
    postpone,
    release_held,
    remove_rule,
    save_rule,
)
from app.db import db, transaction
from app.extensions import current_config
from app.supresion.rules import EstadoSupresion
from app.usuarios.rules import Rol

bp = ApiBlueprint("retencion", __name__, url_prefix="/retencion")


@bp.get("/reglas")
@bearer_required(Rol.ADMIN)
@takes(query=Paging)
@gives(
    "Listar las reglas: primero las de la oficina, después las de cada buffet.",
    ReglaShown,
    many=True,
)
def rules(query: Paging) -> ResponseReturnValue:
    """For how long closed cases stay."""
    return answer_list(rules_statement(), query, ReglaShown.model_validate)


@bp.post("/reglas")
@bearer_required(Rol.ADMIN)
@once()
@takes(body=ReglaNew)
@gives(
    "Escribir una regla; la que había de ese buffet y estado se reemplaza, y lo que proponía y "
    "nadie decidió se propone de nuevo.",
    ReglaShown,
    201,
)
def save(body: ReglaNew) -> ResponseReturnValue:
    """Write a rule down, or write it anew."""
    if body.buffet_id is not None and db.session.get(Buffet, body.buffet_id) is None:
        return invalid("buffet_id", "No existe un buffet con ese id.")
    if not body.caso_estado.is_final:
        return invalid("caso_estado", "Solo hay plazo para los casos cerrados.")
    regla = Regla(body.caso_estado, body.meses, body.accion, body.fundamento, body.buffet_id)
    with transaction():
        row = save_rule(regla, actor=current_usuario(), now=utcnow())
    return answer(ReglaShown.model_validate(row), 201)


@bp.delete("/reglas/<int:regla_id>")
@bearer_required(Rol.ADMIN)
@gives("Quitar una regla: vale la de la oficina, o ninguna.", status=204)
def remove(regla_id: int) -> ResponseReturnValue:
    """Take a rule away."""
    with transaction():
        row = db.session.get(ReglaRetencion, regla_id)
        if row is None:
            raise NotFound("Regla no encontrada")
        remove_rule(row.buffet_id, row.caso_estado.value, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.get("/propuestas")
@bearer_required(Rol.ADMIN)
@takes(query=PropuestasQuery)
@gives(
    "Listar los casos cerrados que cumplieron su plazo, primero los que vencieron antes.",
    PropuestaShown,
    many=True,
)
def proposals(query: PropuestasQuery) -> ResponseReturnValue:
    """Closed cases whose time is over, and what was decided on them."""
    return answer_list(proposals_statement(query.estado), query, PropuestaShown.model_validate)


@bp.post("/propuestas/confirmar")
@bearer_required(Rol.ADMIN)
@once()
@takes(body=PropuestasConfirmed)
@gives(
    "Borrar o anonimizar los casos propuestos; no se puede deshacer. Pide un token de hace 10 "
    "minutos a lo más: una clave no basta.",
    LoteShown,
    201,
    errors=(409,),
)
def confirm(body: PropuestasConfirmed) -> ResponseReturnValue:
    """Carry out what was proposed for some cases; their certificate follows."""
    need_fresh_token()
    with transaction():
        found = confirm_proposals(
            _read_chosen(body.propuestas),
            secret=current_config().secret_key,
            actor=current_usuario(),
            now=utcnow(),
        )
    return answer(_show(found.lote, found.omitidos), 201)


@bp.post("/propuestas/conservar")
@bearer_required(Rol.ADMIN)
@takes(body=PropuestasKept)
@gives(
    "Aplazar los casos propuestos hasta un día o, sin fecha, retenerlos.",
    DecidedShown,
    errors=(409,),
)
def keep(body: PropuestasKept) -> ResponseReturnValue:
    """Let proposed cases stay."""
    with transaction():
        count = postpone(
            _read_chosen(body.propuestas),
            body.hasta,
            body.motivo,
            actor=current_usuario(),
            now=utcnow(),
        )
    return answer(DecidedShown(casos=count))


@bp.post("/propuestas/soltar")
@bearer_required(Rol.ADMIN)
@takes(body=PropuestasChosen)
@gives("Dejar otra vez por decidir los casos aplazados o retenidos.", DecidedShown, errors=(409,))
def release(body: PropuestasChosen) -> ResponseReturnValue:
    """Let postponed and held cases be decided on again."""
    with transaction():
        count = release_held(_read_chosen(body.propuestas), actor=current_usuario(), now=utcnow())
    return answer(DecidedShown(casos=count))


@bp.get("/lotes")
@bearer_required(Rol.ADMIN)
@takes(query=Paging)
@gives("Listar lo que se confirmó, lo más nuevo primero.", LoteShown, many=True)
def batches(query: Paging) -> ResponseReturnValue:
    """What was confirmed, and how far it is."""
    return answer_list(batches_statement(), query, _show)


def _read_chosen(ids: Sequence[int]) -> list[PropuestaRetencion]:
    """The proposals of a request.

    Raises:
        Refused: one of them is not there, so that nobody takes another list for theirs.
    """
    rows = read_proposals(sorted(set(ids)))
    missing = sorted(set(ids) - {row.id for row in rows})
    if missing:
        named = ", ".join(str(pk) for pk in missing[:20])
        raise Refused(f"No hay propuestas con estos ids: {named}. Léalas otra vez.")
    return rows


def _show(row: LoteRetencion, omitidos: dict[str, list[int]] | None = None) -> LoteShown:
    return LoteShown(
        id=row.id,
        numero=row.numero,
        casos=row.casos,
        confirmado_at=row.confirmado_at,
        terminado=row.supresion.estado is EstadoSupresion.HECHA,
        certificado_at=row.certificado_at,
        pdf_sha256=row.pdf_sha256,
        omitidos=tuple(
            OmitidoShown(motivo=why, oficios=ids) for why, ids in (omitidos or {}).items()
        ),
    )
