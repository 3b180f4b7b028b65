"""Flask extensions, without an app attached; each is the only door to its library."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

login = LoginManager()
csrf = CSRFProtect()
htmx = Htmx()
mail = Mail()
migrate = Migrate()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
