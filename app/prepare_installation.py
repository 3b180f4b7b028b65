"""``python -m app.prepare_installation``: ``flask prepare``, as the supervisor asks for it.

Flask's command line brings the commands of every library with it, and what these print with: a
tenth of a second at each start. Here is the one command.
"""

from __future__ import annotations

from app.cli import prepare
from wsgi import app

if __name__ == "__main__":
    with app.app_context():
        prepare.main(args=[], prog_name="flask prepare")
