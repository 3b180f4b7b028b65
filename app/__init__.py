"""Rastro: finds vehicles for law firms. ``create_app`` builds it of its features."""

from __future__ import annotations

import logging

from flask import Flask, abort, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from app.cli import prepare, schema_cli
from app.db import REOPEN_AFTER, db, prepare_engine
from app.db.schema_version import init_migrations
from app.extensions import csrf, htmx, limiter, login
from app.feature import Feature, init_features
from app.features import FEATURES
from app.jobs.alarm import Alarm
from app.jobs.queue import set_bell
from app.web.bodies import ClosingRequest, init_bodies
from app.web.compression import init_compression
from app.web.converters import RowIdConverter
from app.web.error_pages import init_errors
from app.web.filters import init_filters
from app.web.headers import init_headers
from app.web.kept_blocks import init_kept_blocks
from app.web.limit_storage import SCHEME, init_limits
from app.web.maintenance import init_maintenance
from app.web.navigation import find_landing, init_navigation
from app.web.retrying import RetryingFlask
from app.web.sentences import init_sentences
from app.web.session_cookie import init_sessions
from app.web.static_files import StaticFiles, fingerprint
from config import ROOT, Config, ensure_development_secret, load_config

#: Of one request, several files together; ``deploy/Caddyfile`` lets through the same.
MAX_REQUEST_BYTES = 210_000_000


def create_app(config: Config | None = None, features: tuple[Feature, ...] = FEATURES) -> Flask:
    """Build the application for a configuration (by default, that of the environment).

    It is made of the features that are given, each after those that it builds on.

    Raises:
        ConfigError: the environment is incomplete or wrong.
        DeclaredTwice: two features bring a part of the same name.
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
    init_migrations(app)
    init_bodies(app)  # before anything reads a form
    csrf.init_app(app)
    init_kept_blocks(app)
    htmx.init_app(app)
    app.request_class = ClosingRequest  # the one of htmx, that closes its files
    init_limits(app, config.database_url, config.huey_url, config.instance_dir)
    limiter.init_app(app)
    init_filters(app)
    init_navigation(app)
    init_errors(app)
    init_sentences(app)
    init_compression(app)
    init_headers(app)
    init_sessions(app)
    init_maintenance(app)
    _init_alarm(app, config)
    app.url_map.converters["int"] = RowIdConverter
    init_features(app, features)
    for command in (prepare, schema_cli):
        app.cli.add_command(command)
    app.add_url_rule("/", "home", home)
    app.wsgi_app = StaticFiles(  # type: ignore[method-assign]
        app.wsgi_app, ROOT / "static", versions, version
    )
    return app


def home() -> ResponseReturnValue:
    """Where a person lands: the firm on its board, a buffet on its dashboard."""
    landing = find_landing()
    if landing is not None:
        return redirect(landing, 303)
    if current_user.is_authenticated:
        abort(404)
    return login.unauthorized()


def _init_alarm(app: Flask, config: Config) -> None:
    """Give the ledger a bell that wakes the consumer, wherever it runs."""
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    alarm = Alarm(app, config.huey_url, config.worker_threads)
    app.extensions["alarm"] = alarm
    set_bell(app, alarm.ring)


def _flask_settings(config: Config) -> dict[str, object]:
    secret = config.secret_key or ensure_development_secret(config.instance_dir)
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        # What an error says goes to the log; the values of a row do not.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_recycle": REOPEN_AFTER},
        # With this prefix browsers take it over HTTPS alone, from this very host (ASVS 3.3.1).
        "SESSION_COOKIE_NAME": "__Host-rastro" if config.secure_cookies else "rastro",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "RATELIMIT_STORAGE_URI": f"{SCHEME}://",
        "MAX_CONTENT_LENGTH": min(config.max_upload_bytes * 10, MAX_REQUEST_BYTES),
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    }
