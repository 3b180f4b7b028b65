"""Rastro: finds vehicles for law firms. ``create_app`` is the only module that knows all."""

from __future__ import annotations

import logging

from flask import Flask, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from app import models
from app.adjuntos import jobs as adjuntos_jobs
from app.adjuntos import pages as adjuntos
from app.adjuntos.cli import adjuntos_cli
from app.adjuntos.queries import sellos as adjuntos_sellos
from app.adjuntos.queries.guardianes import connect_keepers
from app.ajustes import pages as ajustes
from app.ajustes.queries import is_demo
from app.ajustes.rules import SETTINGS as OFFICE_SETTINGS
from app.ajustes.rules.registry import connect_settings
from app.api import jobs as api_jobs
from app.api import v1 as api_v1
from app.api.pages import claves, docs, health, metrics
from app.avisos import pages as avisos
from app.avisos.pages.escucha import BELLS, BellSource
from app.avistamientos import jobs as avistamientos_jobs
from app.avistamientos import pages as avistamientos
from app.avistamientos.pages import consultas, identificacion, panorama
from app.avistamientos.queries.aviso import list_for_notice
from app.avistamientos.rules import LEGAL_SETTINGS
from app.avistamientos.rules.alcance import SETTINGS as SOURCE_SETTINGS
from app.buffets import pages as buffets
from app.cli import prepare, schema_cli
from app.custodia import jobs as custodia_jobs
from app.custodia.cli import custodia_cli
from app.custodia.queries.registry import connect_sources
from app.db import db, prepare_engine
from app.demo import pages as demo
from app.estado import pages as estado
from app.estado.cli import config_cli, doctor, init, maintenance, reset_db
from app.eventos import jobs as eventos_jobs
from app.eventos import pages as webhooks
from app.eventos.pages import novedades
from app.eventos.pages.escucha import EVENTS, EventSource
from app.extensions import csrf, htmx, limiter, login, migrate
from app.informes import jobs as informes_jobs
from app.informes import pages as informes
from app.informes.queries.guarda import list_pdfs
from app.jobs.alarm import Alarm
from app.jobs.queue import connect_bell
from app.notificaciones import pages as notificaciones
from app.notificaciones.queries import sellos as notificaciones_sellos
from app.notificaciones.rules import SETTINGS as NOTICE_SETTINGS
from app.notificaciones.rules.sources import connect_found, connect_location, connect_sightings
from app.oficios import pages as oficios
from app.oficios.pages.sections import init_sections
from app.oficios.queries import sellos as oficios_sellos
from app.planillas.pages import importar, listados
from app.portal import pages as portal
from app.portal.access import SESSION_KEY
from app.porticos import pages as porticos
from app.respaldo import jobs as respaldo_jobs
from app.respaldo.cli import backup_cli
from app.tablero import pages as tablero
from app.terreno import pages as terreno
from app.trabajos import pages as trabajos
from app.ubicado import jobs as ubicado_jobs
from app.ubicado import pages as ubicado
from app.ubicado.queries import sellos as ubicado_sellos
from app.ubicado.queries.aviso import found_for_milestones, location_for_notice
from app.ubicado.rules import SETTINGS as LOCATION_SETTINGS
from app.usuarios import pages as usuarios
from app.usuarios.cli import usuarios_cli
from app.usuarios.pages import auth
from app.usuarios.rules import passwords
from app.web.bodies import init_bodies
from app.web.compression import init_compression
from app.web.converters import RowIdConverter
from app.web.errors import init_errors
from app.web.estaticos import StaticFiles, fingerprint
from app.web.filters import init_filters
from app.web.headers import init_headers
from app.web.limit_storage import SCHEME
from app.web.mantencion import init_maintenance
from app.web.retrying import RetryingFlask
from app.web.sesiones import init_sessions
from app.web.streaming import connect_source
from config import ROOT, Config, ensure_development_secret, load_config

__all__ = [
    "adjuntos_jobs",
    "api_jobs",
    "avistamientos_jobs",
    "create_app",
    "custodia_jobs",
    "eventos_jobs",
    "informes_jobs",
    "models",
    "respaldo_jobs",
    "ubicado_jobs",
]

#: Of one request, several files together; ``deploy/Caddyfile`` lets through the same.
MAX_REQUEST_BYTES = 210_000_000

BLUEPRINTS = (
    auth.bp,
    usuarios.bp,
    avisos.bp,
    buffets.bp,
    porticos.bp,
    trabajos.bp,
    ajustes.bp,
    estado.bp,
    health.bp,
    metrics.bp,
    api_v1.bp,
    docs.bp,
    claves.bp,
    webhooks.bp,
    novedades.bp,
    portal.bp,
    oficios.bp,
    oficios.textos.bp,
    importar.bp,
    adjuntos.bp,
    avistamientos.bp,
    panorama.bp,
    identificacion.bp,
    listados.bp,
    consultas.bp,
    ubicado.bp,
    notificaciones.bp,
    notificaciones.receptor_bp,
    demo.bp,
    tablero.bp,
    terreno.bp,
    informes.bp,
)

#: The sections of the case page, in their order on screen.
SECTIONS = [
    oficios.BITACORA,
    avistamientos.AVISTAMIENTOS,
    ubicado.UBICACION,
    oficios.DIRECCIONES,
    oficios.PERSONAS,
    adjuntos.FOTOS,
    notificaciones.NOTIFICACIONES,
    informes.EXPEDIENTE,
    trabajos.TRABAJOS,
    oficios.VEHICULO,
    oficios.DATOS,
    oficios.HISTORIAL,
    oficios.CUSTODIA,
]

#: What an admin may change on the page of the settings, in its order there.
SETTINGS = (
    *OFFICE_SETTINGS,
    *NOTICE_SETTINGS,
    *LOCATION_SETTINGS,
    *LEGAL_SETTINGS,
    *SOURCE_SETTINGS,
)

CLI_GROUPS = (
    prepare,
    schema_cli,
    usuarios_cli,
    custodia_cli,
    adjuntos_cli,
    backup_cli,
    config_cli,
    init,
    doctor,
    maintenance,
    reset_db,
)


def create_app(config: Config | None = None) -> Flask:
    """Build the application for a configuration (by default, that of the environment).

    Raises:
        ConfigError: the environment is incomplete or wrong.
    """
    config = config or load_config()
    version = "" if config.web_reload else fingerprint(ROOT / "static")
    versions = config.instance_dir / "estaticos"
    app = RetryingFlask(
        __name__,
        instance_path=str(config.instance_dir),
        template_folder=str(ROOT / "templates"),
        # With this ``url_for("static", ...)`` names the version; ``StaticFiles`` answers first.
        static_url_path=f"/static/{version}".rstrip("/"),
        static_folder=str(versions / version if version else ROOT / "static"),
    )
    app.extensions["static_version"] = version
    app.config.from_mapping(_flask_settings(config))
    app.extensions["rastro_config"] = config
    logging.getLogger("app").setLevel(config.log_level.upper())
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]

    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    init_bodies(app)  # before anything reads a form
    csrf.init_app(app)
    htmx.init_app(app)
    limiter.init_app(app)
    passwords.configure(config.argon2_memory_kib)
    auth.init_auth(app)
    init_filters(app)
    init_errors(app)
    init_compression(app)
    init_headers(app)
    init_sessions(app)
    init_maintenance(app)
    _init_alarm(app, config)
    connect_settings(SETTINGS)
    connect_source(EVENTS, EventSource)
    connect_source(BELLS, BellSource)
    connect_keepers([list_pdfs])
    connect_sightings(list_for_notice)
    connect_location(location_for_notice)
    connect_found(found_for_milestones)
    connect_sources(
        (
            *oficios_sellos.SOURCES,
            *adjuntos_sellos.SOURCES,
            *notificaciones_sellos.SOURCES,
            *ubicado_sellos.SOURCES,
        )
    )

    app.url_map.converters["int"] = RowIdConverter
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for group in CLI_GROUPS:
        app.cli.add_command(group)
    init_sections(app, SECTIONS)
    app.add_url_rule("/", "home", home)

    @app.context_processor
    def template_globals() -> dict[str, object]:
        return {"demo_mode": is_demo_database(app)}

    app.wsgi_app = StaticFiles(  # type: ignore[method-assign]
        app.wsgi_app, ROOT / "static", versions, version
    )
    return app


def is_demo_database(app: Flask) -> bool:
    """Whether every page must say that this is a demonstration.

    A database is marked before its first start and keeps the mark, so it is read once. An error
    page must stand when the database does not.
    """
    if "is_demo" not in app.extensions:
        try:
            app.extensions["is_demo"] = is_demo()
        except SQLAlchemyError:
            db.session.rollback()
            return False
    return bool(app.extensions["is_demo"])


def home() -> ResponseReturnValue:
    """Where a person lands: the firm on its board, a buffet on its dashboard."""
    if not current_user.is_authenticated:
        # Who came by a link has no account to sign in with.
        by_link = SESSION_KEY in session
        return redirect(url_for("portal.home"), 303) if by_link else login.unauthorized()
    endpoint = "tablero.board" if current_user.is_staff else "portal.home"
    return redirect(url_for(endpoint), 303)


def _init_alarm(app: Flask, config: Config) -> None:
    """Give the ledger a bell that wakes the consumer, wherever it runs."""
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    alarm = Alarm(app, config.huey_url, config.worker_threads)
    app.extensions["alarm"] = alarm
    connect_bell(alarm.ring)


def _flask_settings(config: Config) -> dict[str, object]:
    secret = config.secret_key or ensure_development_secret(config.instance_dir)
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        # What an error says goes to the log; the values of a row do not.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "SESSION_COOKIE_NAME": "rastro",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "RATELIMIT_STORAGE_URI": f"{SCHEME}://",
        "RATELIMIT_STORAGE_OPTIONS": {
            "database_url": config.database_url,
            "queue_url": config.huey_url,
            "folder": str(config.instance_dir),
        },
        "MAX_CONTENT_LENGTH": min(config.max_upload_bytes * 10, MAX_REQUEST_BYTES),
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    }
