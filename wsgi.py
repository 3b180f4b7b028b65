"""The web application for a WSGI server (``gunicorn wsgi:app``) and for ``flask --app wsgi``."""

import gc
import os
import sys

gc.disable()  # nothing that is imported is garbage: looking for some took a fifth of the start

from app import create_app
from app.web.process_log import configure_logging, connect_sentry
from config import ConfigError

os.umask(0o077)  # data of people: for the account that runs this, and nobody else

try:
    app = create_app()
except ConfigError as error:
    sentences = "\n".join(f"  - {problem}" for problem in error.problems)
    sys.exit(f"Rastro no puede iniciar con esta configuración:\n{sentences}")

configure_logging(app.extensions["rastro_config"])
connect_sentry(app.extensions["rastro_config"])

gc.freeze()  # what is there now stays, and is not looked through again
gc.enable()
