"""Which factors an account has."""

from __future__ import annotations

import sqlalchemy as sa

from app.ajustes.queries import text_setting
from app.db import db
from app.factores.models import Autenticador, CodigoRespaldo, LlaveAcceso
from app.factores.rules import REQUIRED, REQUIRED_OF, Factors
from app.usuarios.models import Usuario


def factors_of(usuario_id: int) -> Factors:
    """What an account has, beside its password. One question."""
    app = sa.select(sa.func.count()).where(
        Autenticador.usuario_id == usuario_id, Autenticador.confirmado_at.is_not(None)
    )
    keys = sa.select(sa.func.count()).where(LlaveAcceso.usuario_id == usuario_id)
    paper = sa.select(sa.func.count()).where(
        CodigoRespaldo.usuario_id == usuario_id, CodigoRespaldo.usado_at.is_(None)
    )
    row = db.session.execute(
        sa.select(app.scalar_subquery(), keys.scalar_subquery(), paper.scalar_subquery())
    ).one()
    return Factors(app=bool(row[0]), keys=row[1], paper=row[2])


def must_have_one(usuario: Usuario) -> bool:
    """Whether the office asks for a second factor of such an account."""
    return usuario.rol in REQUIRED_OF.get(text_setting(REQUIRED), frozenset())


def must_enrol(usuario: Usuario) -> bool:
    """Whether an account may do nothing until it has a second factor."""
    return must_have_one(usuario) and not factors_of(usuario.id).has_any


def find_app(usuario_id: int) -> Autenticador | None:
    """The application of an account, also one that is being set up."""
    return db.session.scalar(sa.select(Autenticador).where(Autenticador.usuario_id == usuario_id))


def list_keys(usuario_id: int) -> list[LlaveAcceso]:
    """The passkeys of an account, the oldest first."""
    return list(
        db.session.scalars(
            sa.select(LlaveAcceso)
            .where(LlaveAcceso.usuario_id == usuario_id)
            .order_by(LlaveAcceso.id)
        )
    )


def find_key(credencial: str) -> LlaveAcceso | None:
    """The passkey with a number."""
    return db.session.scalar(sa.select(LlaveAcceso).where(LlaveAcceso.credencial == credencial))


def find_own_key(llave_id: int, usuario_id: int) -> LlaveAcceso | None:
    """One of an account's passkeys."""
    return db.session.scalar(
        sa.select(LlaveAcceso).where(
            LlaveAcceso.id == llave_id, LlaveAcceso.usuario_id == usuario_id
        )
    )
