"""The job consumer as a process of its own: ``python huey_consumer.py``.

It runs under the supervisor, or alone under systemd or compose. Tasks are declared in imported
modules: declared here, huey would register them as ``__main__`` and the web could not name them.
"""

import gc
import os
import signal
import sys

gc.disable()  # nothing that is imported is garbage: looking for some took a fifth of the start

if __name__ == "__main__":  # before the imports below, which take seconds on a slow machine
    signal.signal(signal.SIGTERM, lambda _signum, _frame: sys.exit(0))

from app import create_app
from app.feature import Feature
from app.features import FEATURES
from app.jobs.consumer import run_consumer
from app.web.process_log import configure_logging, connect_sentry


def main(features: tuple[Feature, ...] = FEATURES) -> None:
    """Run until SIGTERM, which ends it in order and with 0, also while it still starts."""
    os.umask(0o077)  # data of people: for the account that runs this, and nobody else
    app = create_app(features=features)
    configure_logging(app.extensions["rastro_config"])
    connect_sentry(app.extensions["rastro_config"])
    gc.freeze()  # what is there now stays, and is not looked through again
    gc.enable()
    run_consumer(app)


if __name__ == "__main__":
    main()
