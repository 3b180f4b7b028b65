"""The case page in figures, as ratios of one run: ``python -m tests.bench.caso``.

One installation is served by gunicorn as in production, with two cases: one of 1,000 entries,
5,000 sightings and 100 photos, and one with 10 of each. Each page is asked for in turns with the
same page of the other case, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

import sqlalchemy as sa

from app.db import db, refresh_statistics
from app.oficios.models import Oficio
from tests.bench.board import Site, count_queries, in_turns, say, served
from tests.bench.caso_rows import fill_case
from tests.drills.servers import servers

#: Oficios of the installation besides.
OTHERS = 1200
MANY = (1000, 5000, 100)
FEW = (10, 10, 10)
#: The page opened on each of its own sections.
PAGES = ("", "/historial", "/personas", "/direcciones")
MAX_RATIO = 1.5
MAX_QUERIES = 12


def measure(kind: str) -> bool:
    """Measure on one kind of database."""
    print(f"\n{kind}")
    with servers() as running, served(running, kind, OTHERS) as site:
        many, few = _cases(site)
        results = [ok for path in PAGES for ok in _page(site, many, few, path)]
    return all(results)


def _cases(site: Site) -> tuple[int, int]:
    """The ids of the two cases, which differ in nothing but in how much they hold."""
    with site.app.app_context():
        many, few = db.session.scalars(sa.select(Oficio.id).order_by(Oficio.id.desc()).limit(2))
        db.session.rollback()
        fill_case(many, site.usuario_id, *MANY)
        fill_case(few, site.usuario_id, *FEW)
        refresh_statistics()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
    return many, few


def _page(site: Site, many: int, few: int, path: str) -> list[bool]:
    site.reconnect()
    large, small = in_turns(
        partial(_seconds, site, f"/oficios/{many}{path}"),
        partial(_seconds, site, f"/oficios/{few}{path}"),
    )
    queries = count_queries(site, lambda client: client.get(f"/oficios/{many}{path}"))
    name = f"case page{path}"
    times = f"{1000 * large:.1f} / {1000 * small:.1f} ms"
    ratio = large / small
    return [
        say(
            f"{name}, 1,000·5,000·100 / 10·10·10",
            f"{times} = {ratio:.2f}",
            f"<= {MAX_RATIO:g}",
            ratio <= MAX_RATIO,
        ),
        say(f"{name}, queries", str(queries), f"<= {MAX_QUERIES}", queries <= MAX_QUERIES),
    ]


def _seconds(site: Site, path: str) -> float:
    status, _body, seconds = site.ask(path)
    assert status == 200, (path, status)
    return seconds


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args().database
    kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    results = [measure(kind) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
