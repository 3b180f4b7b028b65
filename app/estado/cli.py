"""Commands of who runs the machine: ``init``, ``config check``, ``doctor``, ``maintenance``."""

from __future__ import annotations

import shutil
import sys

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.ajustes.queries import find_setting, text_setting
from app.ajustes.service import set_setting
from app.api.outside.health import check_parts
from app.core.clock import utcnow
from app.core.email_address import parse_email
from app.core.errors import RastroError
from app.db import creating, db, transaction
from app.db.schema_version import upgrade_tables
from app.estado.outside.trying import Prueba, try_all
from app.estado.queries import list_partes
from app.extensions import current_config
from app.factores.rules import REQUIRED
from app.usuarios.models import Usuario
from app.usuarios.queries import count_active_admins, find_by_email
from app.usuarios.rules import INVITE_LIFE, Rol, make_invite
from app.usuarios.rules.sesiones import KEEP_DATA, lets_keep
from app.usuarios.service import UsuarioData, create_usuario
from app.web.maintenance import set_maintenance

config_cli = AppGroup("config", help="La configuración.")
_MARKS = {True: "bien   ", False: "FALLA  ", None: "no hay "}
_TONES = {"ok": "bien   ", "neutral": "no se  ", "warn": "ojo    ", "danger": "FALLA  "}


@click.command("init")
@click.argument("email")
@click.argument("nombre")
@click.option(
    "--segundo-factor",
    type=click.Choice([value for value, _label in REQUIRED.opciones]),
    default="todas",
    show_default=True,
    help="A quién se exige: a nadie, a quienes administran (si), al personal, a todas las cuentas.",
)
@with_appcontext
def init(email: str, nombre: str, segundo_factor: str) -> None:
    """Crea el primer administrador y muestra el enlace con que elige su contraseña.

    Si ese administrador no ha entrado todavía, da un enlace nuevo. Se exige un segundo factor a
    todas las cuentas, salvo que se diga otra cosa, y los teléfonos no guardan casos; después se
    cambia en Ajustes.
    """
    now = utcnow()
    try:
        usuario = _first_admin(parse_email(email), nombre, segundo_factor)
    except SQLAlchemyError:
        raise click.ClickException(
            "La base de datos no tiene tablas todavía. Créelas con: make migrate"
        ) from None
    except RastroError as error:
        raise click.ClickException(str(error)) from None
    token = make_invite(usuario.get_id(), str(current_app.secret_key), now=now)
    click.echo(f"Abra este enlace antes de {INVITE_LIFE.days} días y elija su contraseña:")
    click.echo(f"  {current_config().base_url}/invitacion/{token}")
    click.echo("Sirve una sola vez. Quien lo tenga entra como administrador: no lo reenvíe.")
    if not lets_keep(text_setting(KEEP_DATA)):
        click.echo(
            "Los teléfonos no guardan casos. Si se trabaja donde no hay señal, permítalo en "
            "Ajustes, Sesiones."
        )


def _first_admin(email: str, nombre: str, required: str) -> Usuario:
    """The first admin; with them a new installation asks for a second factor from the beginning."""
    existing = find_by_email(email)
    if existing is not None and existing.is_admin and existing.ultimo_acceso_at is None:
        return existing
    if count_active_admins():
        raise click.ClickException(
            "Ya hay un administrador. Los demás se crean en Administración → Personas."
        )
    data = UsuarioData(email=email, nombre=nombre, rol=Rol.ADMIN)
    with transaction():
        # What a careful office would choose; whoever needs it otherwise says so in Ajustes.
        for setting, value in ((REQUIRED, required), (KEEP_DATA, KEEP_DATA.opciones[0][0])):
            if find_setting(setting.clave) is None:
                set_setting(setting.clave, value)
        return create_usuario(data, None, actor=None, now=utcnow())


@config_cli.command("check")
@click.option("--mail-to", default="", help="A quién enviar un correo de prueba.")
def check(mail_to: str) -> None:
    """Prueba de verdad cada parte de la configuración y dice qué vio.

    Sin --mail-to no se envía ningún correo. La prueba de pórticos hace una consulta al proveedor.
    Termina con 1 si algo falla.
    """
    found = try_all(current_config(), mail_to)
    _show(found)
    if not mail_to:
        click.echo("El correo no se probó: agregue --mail-to su@correo.cl")
    if any(prueba.ok is False for prueba in found):
        sys.exit(1)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Revisa la instalación sin cambiar nada y dice qué hacer. Termina con 1 si algo falla."""
    found = check_parts()
    parts = found.parts
    labels = {
        "database": ("Base de datos", "no responde: revise DATABASE_URL"),
        "migrations": ("Esquema", "no está al día: reinicie Rastro, que lo actualiza al iniciar"),
        "job_consumer": ("Consumidor", "no está en marcha: inicie Rastro"),
        "job_sweep": ("Barrido", "no se hace: reinicie Rastro"),
        "queue": ("Cola", "no se puede escribir: revise HUEY_URL y el disco"),
        "storage": ("Archivos", "no se puede guardar: revise la carpeta, el disco o el bucket"),
    }
    causes = {
        "full": "no hay espacio en el disco: borre respaldos antiguos o pida más espacio",
        "read_only": "sólo se puede leer: revise los permisos y el montaje del disco",
        "missing": "no se puede abrir: si se perdió, restaure con «make restore-db»",
        "damaged": "está dañada: detenga Rastro y restaure con «make restore-db»",
        "unreadable": "el disco falla: revíselo, y su espacio libre",
    }
    told = {
        "job_queue": "Hay tareas que esperan más de lo normal: vea Administración → Trabajos.",
        "disk_low": "El disco está por llenarse.",
        "database_locked": "Otro programa o una tarea larga retiene la base de datos.",
        "clock": "Los relojes no coinciden: vea «Reloj» más abajo.",
        "files_missing": "Faltan archivos guardados: véalos con «flask adjuntos verify».",
    }
    for name, up in parts.items():
        label, problem = labels.get(name, (name, "no está bien"))
        problem = causes.get(found.causes.get(name, ""), problem)
        click.echo(f"{_MARKS[up]} {label}" + ("" if up else f": {problem}"))
    bad = not all(parts.values())
    for warning in found.warnings:
        click.echo(f"{_TONES['warn']} {told.get(warning, warning)}")
    if parts["database"] and parts["migrations"]:
        for parte in list_partes(current_config(), utcnow()):
            click.echo(f"{_TONES[parte.tono]} {parte.nombre}: {parte.texto}")
            bad = bad or parte.tono == "danger"
    if bad:
        sys.exit(1)
    click.echo("Todo está bien.")


@click.command("maintenance")
@click.argument("modo", type=click.Choice(["on", "off"]))
@click.option("--text", default="", help="Qué leerán las personas.")
@with_appcontext
def maintenance(modo: str, text: str) -> None:
    """Inicia (on) o termina (off) la mantención: mientras dura, sólo entran administradores."""
    set_maintenance(current_config().instance_dir, text if modo == "on" else None)
    click.echo("En mantención." if modo == "on" else "Abierto para todos.")


@click.command("reset-db")
@with_appcontext
def reset_db() -> None:
    """Borra todas las tablas y los archivos, y crea las tablas otra vez. Nunca en producción."""
    config = current_config()
    if config.is_production:
        raise click.ClickException("En producción no se borra la base de datos.")
    shown = db.engine.url.render_as_string(hide_password=True)
    if click.prompt(f"Se borrará todo lo de {shown}. Escriba BORRAR", default="") != "BORRAR":
        raise click.ClickException("No se hizo nada.")
    db.session.remove()
    metadata = sa.MetaData()
    with creating():
        metadata.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.schema.DropTable(table))
    shutil.rmtree(config.storage_dir, ignore_errors=True)
    upgrade_tables()
    click.echo("La base de datos quedó vacía.")


def _show(found: list[Prueba]) -> None:
    for prueba in found:
        click.echo(f"{_MARKS[prueba.ok]} {prueba.nombre}: {prueba.texto}")
