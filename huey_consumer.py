"""The job consumer as a process of its own: ``python huey_consumer.py``.

It runs under the supervisor, or alone under systemd or compose. Tasks are declared in imported
modules: declared here, huey would register them as ``__main__`` and the web could not name them.
"""

import logging

from app import create_app
from app.jobs.consumer import run_consumer


def main() -> None:
    """Run until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    run_consumer(create_app())


if __name__ == "__main__":
    main()
