"""What a process remembers of people goes soon after they were erased, in every process."""

from __future__ import annotations

import ast
import gc
import sys
from types import FrameType

from app.core.clock import utcnow
from app.core.process_memory import forget_all, forgettable
from app.core.rut import parse_rut
from app.db import db, transaction
from app.supresion.models import Supresion
from app.web.forgetting import EVERY, Forgetting
from app.web.kept_blocks import keeper_of
from config import ROOT
from tests.factories import make_oficio

#: Of no other test, and not in one piece: what tells of a failed test holds its source.
PLATE = "".join(["HZWB", "38"])

#: Files with a plain ``lru_cache``, by why its arguments and results are about nobody.
ABOUT_NOBODY = {
    "app/adjuntos/outside/bucket.py": "clients of the bucket",
    "app/cambios/queries.py": "stamps of tables",
    "app/cambios/rules.py": "statements",
    "app/core/process_memory.py": "how it is done",
    "app/custodia/service/collecting.py": "statements",
    "app/db/many_rows.py": "statements",
    "app/db/schema_version.py": "the version of the tables",
    "app/mapa/outside/street_file.py": "the file of the streets",
    "app/oficios/pages/sections.py": "sections",
    "app/promesas/rules/horario.py": "business hours of a day",
    "app/web/filters.py": "days between two dates",
    "app/web/headers.py": "the policy of a host",
    "app/web/navigation.py": "links of a menu",
}


def test_a_process_forgets_what_it_drew_and_read_once_somebody_was_erased(app, admin, oficio):
    clock = [0.0]
    forgetting = Forgetting(app, lambda: clock[0])

    def look():
        clock[0] += EVERY
        forgetting.look()

    look()
    look()
    parse_rut("12.345.678-5")
    admin.get(f"/oficios/{oficio.id}")
    assert len(keeper_of(app)) > 0
    look()
    forgetting.look()
    assert len(keeper_of(app)) > 0, "nobody was erased"
    assert parse_rut.cache_info().currsize > 0

    now = utcnow()
    with app.app_context(), transaction():
        db.session.add(
            Supresion(
                clave="k", numero="B-2026-0001", motivo="S-1", confirmada_at=now, filas_at=now
            )
        )
    forgetting.look()
    assert len(keeper_of(app)) > 0, "it is not time to ask"
    look()
    assert len(keeper_of(app)) == 0
    assert parse_rut.cache_info().currsize == 0

    # A page that was read before the erasure is drawn a moment after it.
    parse_rut("12.345.678-5")
    look()
    assert parse_rut.cache_info().currsize == 0
    parse_rut("12.345.678-5")
    look()
    assert parse_rut.cache_info().currsize == 1


def test_whatever_remembers_texts_can_forget_them():
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text()
        if "lru_cache" in text and any(
            "lru_cache" in {getattr(node, "id", ""), getattr(node, "attr", "")}
            for node in ast.walk(ast.parse(text))
        ):
            found.add(str(path.relative_to(ROOT)))

    assert found == set(ABOUT_NOBODY), (
        f"use {forgettable.__name__}, or say of whom it holds nothing"
    )


def test_nothing_that_a_process_holds_knows_what_was_shown_once_it_forgot(
    app, admin, buffet, usuario_admin
):
    oficio_id = make_oficio(app, buffet, usuario_admin, patente=PLATE).id
    for path in (f"/oficios/{oficio_id}", "/tablero", "/tablero/lista"):
        assert admin.get(path).status_code == 200
    with app.app_context():
        db.session.remove()
    assert holders() > 0, "what was drawn is remembered"

    forget_all()

    assert holders() == 0


def holders() -> int:
    """How many objects hold a text with the plate, also through tuples that are not tracked."""
    gc.collect()
    own = {id(sys.modules[__name__].__dict__), id(holders.__code__)}
    return sum(
        is_named_in(each, 0)
        for each in gc.get_objects()
        if id(each) not in own and not isinstance(each, FrameType)
    )


def is_named_in(each: object, depth: int) -> bool:
    return any(
        PLATE in one
        if isinstance(one, str)
        else depth < 4
        and isinstance(one, tuple | dict | list)
        and not gc.is_tracked(one)
        and is_named_in(one, depth + 1)
        for one in gc.get_referents(each)
    )
