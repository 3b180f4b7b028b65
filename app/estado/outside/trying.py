"""Trying each part for real, and saying what was seen."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.adjuntos.outside.storage import current_storage
from app.consultas.outside import ProviderError, make_provider
from app.core.clock import utcnow
from app.core.dates import format_fecha
from app.core.errors import RastroError
from app.db import db, release, transaction
from app.jobs.service import book_call
from app.mail.message import Mail, Person
from app.mail.sender import SHORT_SECONDS, configured_sender, send_mail
from app.vigia.outside import LogTargetDown, send_lines, target_name
from config import Config

#: A plate that is well formed; asking for it costs one call of the provider's quota.
TRIAL_PATENTE = "BBBB10"
_IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
#: Days before a certificate ends in which it is a warning.
CERTIFICATE_DAYS = 14


@dataclass(frozen=True)
class Prueba:
    """What a trial saw. ``ok`` is None where there was nothing to try."""

    nombre: str
    ok: bool | None
    texto: str


def try_database() -> Prueba:
    """Query the database's version."""
    try:
        release()
        name = db.engine.dialect.name
        ask = "SELECT version()" if name == "postgresql" else "SELECT 'SQLite ' || sqlite_version()"
        version = str(db.session.scalar(sa.text(ask)))
    except SQLAlchemyError as error:
        db.session.rollback()
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        return Prueba("Base de datos", False, f"No responde: {cause}")
    text = f"Responde {version.split(' on ')[0]}."
    if name == "postgresql" and db.session.scalar(sa.text(_IS_SUPERUSER)):
        text += (
            " Rastro entra con una cuenta que lo puede todo en ese servidor: dele una propia "
            "(docs/operacion.md, «Cambiar de SQLite a PostgreSQL»)."
        )
    return Prueba("Base de datos", True, text)


def try_storage() -> Prueba:
    """Write a small file where the photos are, read it back, and remove it."""
    storage = current_storage()
    key, data = f"pruebas/{secrets.token_hex(8)}.txt", secrets.token_bytes(64)
    try:
        storage.put(key, data)
        with storage.open(key) as file:
            same = file.read() == data
        storage.delete(key)
    except (OSError, RastroError) as error:
        return Prueba("Archivos", False, f"No se pudo escribir ni leer: {error}")
    if not same:
        return Prueba("Archivos", False, "Lo que se leyó no es lo que se escribió.")
    return Prueba("Archivos", True, "Se escribió, leyó y borró un archivo de prueba.")


def try_bucket(config: Config) -> Prueba:
    """List the backups in the bucket."""
    if not config.bucket_configured:
        return Prueba("Bucket", None, "No está configurado (S3_BUCKET_NAME).")
    from app.respaldo.outside.remote_copy import Bucket
    from app.respaldo.rules.backup_errors import (
        BackupError,  # with boto3, which takes a second to import
    )

    try:
        count = len(Bucket(config).names())
    except BackupError as error:
        return Prueba("Bucket", False, str(error))
    return Prueba("Bucket", True, f"{config.s3_bucket_name} responde; tiene {count} respaldos.")


def try_queue() -> Prueba:
    """Ask the queue's storage how many messages wait."""
    try:
        pending = current_app.extensions["alarm"].huey.pending_count()
    except Exception as error:  # each storage has errors of its own, and none may stop the others
        return Prueba("Cola", False, f"No responde: {error}")
    return Prueba("Cola", True, f"Responde; {pending} avisos esperando.")


def try_mail(config: Config, to: str) -> Prueba:
    """Send a mail to somebody who asked for it."""
    if not config.mail_configured:
        return Prueba("Correo", None, "No hay servidor de correo (SMTP_HOST).")
    text = (
        "Este correo prueba que Rastro puede enviar. Si lo está leyendo, funciona.\n\n"
        f"Salió de {config.base_url} por {config.smtp_host}.\n"
    )
    try:
        release()
        sent = send_mail(
            Mail(
                to=Person(to),
                sender=configured_sender(),
                subject="Prueba de correo de Rastro",
                text=text,
                html=f"<p>{text}</p>",
                message_id=make_msgid(domain="rastro.invalid"),
                date=utcnow(),
            ),
            patience=SHORT_SECONDS,
        )
    except RastroError as error:
        return Prueba("Correo", False, str(error))
    return Prueba("Correo", True, f"{config.smtp_host} aceptó un correo para {to}: {sent.answer}")


def try_provider(config: Config) -> Prueba:
    """Ask the provider once, for a plate that nobody looks for, within the quota."""
    if not config.provider_configured:
        return Prueba("Pórticos", None, "No hay proveedor (PROVIDER_API_URL y PROVIDER_API_KEY).")
    provider = make_provider(config)
    now = utcnow()
    with transaction():
        moment = book_call(
            provider.name,
            limit=config.provider_quota,
            seconds=config.provider_quota_seconds,
            now=now,
        )
    if moment > now:
        return Prueba("Pórticos", None, "La cuota está ocupada; pruebe otra vez en un momento.")
    try:
        answer = provider.check(TRIAL_PATENTE)
    except ProviderError as error:
        return Prueba("Pórticos", False, str(error))
    return Prueba(
        "Pórticos",
        True,
        f"{provider.name} respondió por {TRIAL_PATENTE}: {len(answer.sightings)} pasadas.",
    )


def try_certificate(config: Config) -> Prueba:
    """Read the certificate of the public address, as a browser would."""
    address = urlsplit(config.base_url)
    if address.scheme != "https" or not address.hostname:
        return Prueba("Certificado", None, f"{config.base_url} no usa HTTPS.")
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), timeout=5) as plain,
            ssl.create_default_context().wrap_socket(
                plain, server_hostname=address.hostname
            ) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except (OSError, ssl.SSLError) as error:
        return Prueba("Certificado", False, f"No se pudo revisar {config.base_url}: {error}")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    good = (ends - utcnow()).days >= CERTIFICATE_DAYS
    return Prueba("Certificado", good, f"Vence el {format_fecha(ends.date())}.")


def try_audit_copy() -> Prueba:
    """Speak to the machine that keeps a copy of the audit, and tell it nothing."""
    where = target_name()
    if not where:
        return Prueba("Auditoría en otra máquina", None, "No hay (AUDIT_SYSLOG_URL).")
    try:
        send_lines([])
    except LogTargetDown as down:
        return Prueba("Auditoría en otra máquina", False, str(down))
    return Prueba("Auditoría en otra máquina", True, f"{where} responde, con su certificado.")


def try_all(config: Config, mail_to: str) -> list[Prueba]:
    """Every trial, one after the other; ``mail_to`` empty sends no mail."""
    trials: list[Callable[[], Prueba]] = [
        try_database,
        try_storage,
        lambda: try_bucket(config),
        try_queue,
        lambda: try_provider(config),
        lambda: try_certificate(config),
        try_audit_copy,
    ]
    if mail_to:
        trials.append(lambda: try_mail(config, mail_to))
    return [trial() for trial in trials]
