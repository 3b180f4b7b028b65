"""Which of the first steps are done: read from what is there, never from a tick."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.ajustes.models import Ajuste
from app.ajustes.queries import find_setting
from app.ajustes.rules import LOGO_SETTING, OFFICE_NAME
from app.buffets.models import Buffet
from app.buffets.rules import SAMPLE_RUT
from app.consultas.models import Consulta
from app.db import db
from app.inicio.rules import MAIL, NEW_FOR, PROVIDER, PUT_AWAY, PrimerPaso, trial_setting
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.oficios.models import Oficio
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from config import Config

#: A mail that left, and a look-up that was answered, say as much as a trial.
_SENT = sa.exists().where(Notificacion.estado == EstadoNotificacion.ENVIADA)
_ANSWERED = sa.exists().where(Consulta.http_status.is_not(None))
_STAFF = (Rol.ADMIN, Rol.INVESTIGADOR)


def is_new(now: datetime) -> bool:
    """Whether the installation is new and nobody put the steps away: one question."""
    row = db.session.execute(
        sa.select(_setting(PUT_AWAY), sa.select(sa.func.min(Usuario.created_at)).scalar_subquery())
    ).one()
    return row[0] != "1" and row[1] is not None and row[1] >= now - NEW_FOR


def has_cases() -> bool:
    """Whether there is any case."""
    return db.session.scalar(sa.select(Oficio.id).limit(1)) is not None


def list_pasos(config: Config) -> list[PrimerPaso]:
    """The six steps, in their order."""
    found = _look()
    invited = max(0, found.personas - 1)
    mail_tried = found.enviados or _was_tried(MAIL, mail_target(config))
    provider_tried = found.consultas or _was_tried(PROVIDER, provider_target(config))
    return [
        PrimerPaso(
            "oficina",
            "Nombre y logo de la oficina",
            "Con ellos firman los correos, el tablero de los buffets y el expediente.",
            "2 min",
            "ajustes.index",
            bool(found.nombre and found.logo),
            "Poner nombre y logo",
            _first(found.nombre, "")
            + ("" if found.logo or not found.nombre else " · falta el logo"),
        ),
        PrimerPaso(
            "correo",
            "Correo probado",
            _mail_text(config),
            "1 min",
            "estado.index",
            config.mail_configured and bool(mail_tried),
            "Ver el correo en Estado",
            config.smtp_host or "",
            sin_probar=config.mail_configured and not mail_tried,
        ),
        PrimerPaso(
            "buffet",
            "Su primer buffet",
            "Quien envía los oficios. Tendrá un enlace a su propio tablero.",
            "2 min",
            "buffets.index" if found.buffets else "buffets.create",
            found.buffets > 0,
            "Registrar un buffet",
            _first(found.buffet, "") + (f" y {found.buffets - 1} más" if found.buffets > 1 else ""),
        ),
        PrimerPaso(
            "planilla",
            "Importar la primera planilla",
            "Tal como la manda el buffet. Verá cada fila antes de crear nada.",
            "2 min",
            "bandeja.start",
            found.planillas > 0,
            "Importar una planilla",
            "1 planilla" if found.planillas == 1 else f"{found.planillas} planillas",
        ),
        PrimerPaso(
            "proveedor",
            "Conectar el proveedor de pórticos",
            "La clave que le dio el proveedor. Sin ella se puede trabajar y cargar pasos a mano."
            if not config.provider_configured
            else "Está puesto, pero nadie lo ha probado todavía: en Estado, «Probar».",
            "3 min",
            "estado.index",
            config.provider_configured and bool(provider_tried),
            "Ver el proveedor en Estado",
            config.porticos_provider if config.provider_configured else "",
            sin_probar=config.provider_configured and not provider_tried,
        ),
        PrimerPaso(
            "equipo",
            "Invitar a su equipo",
            "Cada persona recibe un enlace y elige su contraseña.",
            "1 min por persona",
            "usuarios.index" if invited else "usuarios.create",
            invited > 0,
            "Invitar a una persona",
            "1 persona más" if invited == 1 else f"{invited} personas más",
        ),
    ]


def _look() -> Any:
    """All that the steps ask of the database, in one question."""
    buffets = sa.select(Buffet.nombre).where(Buffet.activo, Buffet.rut != SAMPLE_RUT)
    return db.session.execute(
        sa.select(
            _setting(OFFICE_NAME.clave).label("nombre"),
            _setting(LOGO_SETTING).label("logo"),
            sa.select(sa.func.count())
            .select_from(buffets.subquery())
            .scalar_subquery()
            .label("buffets"),
            buffets.order_by(Buffet.id).limit(1).scalar_subquery().label("buffet"),
            sa.select(sa.func.count())
            .where(Importacion.estado == EstadoImportacion.IMPORTADA)
            .scalar_subquery()
            .label("planillas"),
            sa.select(sa.func.count())
            .where(Usuario.activo, Usuario.rol.in_(_STAFF))
            .scalar_subquery()
            .label("personas"),
            _SENT.label("enviados"),
            _ANSWERED.label("consultas"),
        )
    ).one()


def _setting(clave: str) -> sa.ScalarSelect[str]:
    return sa.select(Ajuste.valor).where(Ajuste.clave == clave).scalar_subquery()


def _first(*texts: str | None) -> str:
    return next((text for text in texts if text), "")


def _mail_text(config: Config) -> str:
    if not config.mail_configured:
        return (
            "Rastro avisa al receptor y al buffet por correo, y todavía no hay servidor: pídalo a "
            "quien cuida la máquina."
        )
    return (
        "Rastro avisa al receptor y al buffet por correo. El servidor está puesto "
        f"({config.smtp_host}), pero nadie lo ha probado todavía."
    )


def mail_target(config: Config) -> str:
    """What a trial of the mail tried: with another server it is untried again."""
    return f"{config.smtp_host}:{config.smtp_port} {config.smtp_user} {config.smtp_from}"


def provider_target(config: Config) -> str:
    """The same of the provider."""
    return f"{config.porticos_provider} {config.provider_api_url}"


def is_mail_proven(config: Config) -> bool:
    """Whether mail works: somebody tried it, or one left."""
    return _was_tried(MAIL, mail_target(config)) or bool(db.session.scalar(sa.select(_SENT)))


def is_provider_proven(config: Config) -> bool:
    """Whether the provider answers: somebody tried it, or a look-up was answered."""
    return _was_tried(PROVIDER, provider_target(config)) or bool(
        db.session.scalar(sa.select(_ANSWERED))
    )


def _was_tried(parte: str, target: str) -> bool:
    """Whether somebody tried that part, as it is set up now, and it worked."""
    return find_setting(trial_setting(parte)) == target[:2000]
