"""Flask extensions, without an app attached; each is the only door to its library."""

from __future__ import annotations

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from config import Config

login = LoginManager()
csrf = CSRFProtect()
htmx = Htmx()
migrate = Migrate()
#: The rate limiter; ``app.web.limit_storage`` shares its counters between processes.
limiter = Limiter(get_remote_address, headers_enabled=True)


def current_config() -> Config:
    """The configuration of the running application; ask where it is used, never at import."""
    config: Config = current_app.extensions["rastro_config"]
    return config
