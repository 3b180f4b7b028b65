"""``python -m app.prepare_installation``: ``flask prepare``, as the supervisor asks for it.

Flask's command line brings the commands of every library with it, and what these print with: a
tenth of a second at each start. Here is the one command.
"""

from __future__ import annotations

from app.cli import prepare


def main() -> None:
    """Make the installation ready that the variables describe, and report it."""
    from wsgi import app  # which reads them as it is imported

    with app.app_context():
        prepare.main(args=[], prog_name="flask prepare")


if __name__ == "__main__":
    main()
