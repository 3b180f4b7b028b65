"""Flask extensions, without an app attached; each is the only door to its library."""

from __future__ import annotations

from flask import current_app, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from app.core.networks import network_of
from config import Config

login = LoginManager()
csrf = CSRFProtect()
htmx = Htmx()


def asking_network() -> str:
    """The address or network that this request is counted for."""
    return network_of(request.remote_addr or "127.0.0.1")


#: The rate limiter; ``app.web.limit_storage`` shares its counters between processes.
limiter = Limiter(asking_network, headers_enabled=True)


def current_config() -> Config:
    """The configuration of the running application; ask where it is used, never at import."""
    config: Config = current_app.extensions["rastro_config"]
    return config
