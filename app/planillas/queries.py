"""Finding uploaded lists, and what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.db import db
from app.oficios.models import Oficio
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario

RECENT = 10


def list_numbers(buffet_id: int) -> Sequence[str]:
    """The numbers of all oficios that a buffet has sent."""
    return db.session.scalars(
        sa.select(Oficio.numero_oficio).where(Oficio.buffet_id == buffet_id)
    ).all()


def list_recent() -> Sequence[sa.Row[tuple[object, ...]]]:
    """The last lists that wait or were imported, without their files."""
    return db.session.execute(
        sa.select(
            Importacion.id,
            Importacion.nombre_archivo,
            Importacion.estado,
            Importacion.resultado,
            Importacion.created_at,
            Importacion.importada_at,
            Buffet.nombre.label("buffet"),
            Usuario.nombre.label("usuario"),
        )
        .join(Buffet, Buffet.id == Importacion.buffet_id)
        .join(Usuario, Usuario.id == Importacion.usuario_id)
        .where(Importacion.estado != EstadoImportacion.DESCARTADA)
        .order_by(Importacion.id.desc())
        .limit(RECENT)
    ).all()


def find_mapping(buffet_id: int) -> dict[str, str]:
    """What the buffet's earlier lists taught of its columns: header for comparing to field."""
    statement = sa.select(Buffet.mapeo_importacion).where(Buffet.id == buffet_id)
    return dict(db.session.scalar(statement) or {})
