"""The board as JSON, and a buffet's dashboard by its link."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask.typing import ResponseReturnValue

from app.api.v1.access import bearer_required, current_usuario
from app.api.v1.answering import answer, show_list
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.cliente import refuse_hidden, show_board
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.cliente import ColumnaDelBuffet
from app.api.v1.schemas.oficios import ColumnaShown, TableroQuery, TarjetaShown
from app.api.v1.schemas.publico import HitoShown, OficioPublico, ResumenShown, TableroPublico
from app.api.v1.throttling import throttle_address
from app.auditoria.pages import note_shown
from app.auditoria.rules import CanalDivulgacion
from app.buffets.queries import find_enlace
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.db import db
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import Avance
from app.oficios.models import Oficio
from app.portal.queries import oficios_statement, summarize
from app.tablero.queries import criteria, list_columns
from app.tablero.rules import BoardFilter
from app.usuarios.pages.wrong_passwords import open_link
from app.web.headers import keep_private

bp = ApiBlueprint("tablero", __name__)


@bp.get("/tablero")
@bearer_required()
@takes(query=TableroQuery)
@gives(
    "Leer el tablero: las columnas con su total y sus primeras tarjetas.",
    ColumnaShown,
    many=True,
    cliente=ColumnaDelBuffet,
    errors=(403,),
)
def board(query: TableroQuery) -> ResponseReturnValue:
    """The columns of the board with their first cards; a cliente sees its buffet's."""
    usuario, now = current_usuario(), utcnow()
    if not usuario.is_staff:
        refuse_hidden(query)
        mine = [] if query.buffet_id is None else [Oficio.buffet_id == query.buffet_id]
        theirs = show_board(usuario.buffet_id or 0, mine, query.q)
        return show_list(theirs, sum(column.total for column in theirs))
    board_filter = BoardFilter(
        buffet=query.buffet_id, investigador=query.investigador_id, q=(query.q or "").strip()
    )
    conditions = criteria(board_filter, usuario_id=usuario.id, now=now)
    columns = [
        ColumnaShown(
            estado=column.estado,
            total=column.count,
            tarjetas=[TarjetaShown.model_validate(card) for card in column.cards],
            hay_mas=column.has_more,
        )
        for column in list_columns(conditions, now=now)
    ]
    return show_list(columns, sum(column.total for column in columns))


@bp.get("/publico/tablero/<token>")
@takes(query=Paging)
@gives("Leer el tablero de un buffet con su enlace.", TableroPublico, headers=("X-Total-Count",))
def public(token: str, query: Paging) -> ResponseReturnValue:
    """A buffet's dashboard. Unknown, rotated, expired, inactive: the same 404."""
    if too_many := throttle_address():
        return too_many
    enlace = open_link(lambda: find_enlace(token, str(current_app.secret_key), utcnow()))
    if enlace is None:
        raise NotFound("Este enlace no existe o ya no está disponible.")
    statement = oficios_statement(enlace.buffet_id)
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    )
    rows = db.session.execute(statement.offset(query.skip).limit(query.limit)).all()
    avances = list_avances([row.id for row in rows])
    response = answer(
        TableroPublico(
            buffet=enlace.buffet.nombre,
            resumen=ResumenShown.model_validate(summarize(enlace.buffet_id)),
            oficios=[_public_oficio(row, avances[row.id]) for row in rows],
        )
    )
    response.headers["X-Total-Count"] = str(total or 0)
    note_shown(
        CanalDivulgacion.PORTAL,
        "Lista de sus oficios (API)",
        f"{enlace.buffet.nombre}, por su enlace",
        f"enlace {enlace.id}",
        buffet_id=enlace.buffet_id,
        casos=[row.id for row in rows],
    )
    return keep_private(response)


def _public_oficio(row: Any, avance: Avance) -> OficioPublico:
    return OficioPublico(
        id=row.id,
        numero_oficio=row.numero_oficio,
        rol=row.rol,
        caratulado=row.caratulado,
        estado=row.estado,
        proximo_paso=avance.proximo_paso,
        fecha_limite=row.fecha_limite,
        patente=row.patente,
        marca=row.marca,
        modelo=row.modelo,
        hitos=[HitoShown.model_validate(hito) for hito in avance.hitos],
    )
