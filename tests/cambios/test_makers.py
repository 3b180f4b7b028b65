"""Rows that become objects once: the same objects as each row alone would make."""

import pytest
import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import Maker, db, prepared, rows_of
from app.oficios.models import Oficio
from app.tablero.queries.cards import cards_statement, list_cards, make_card
from tests.factories import make_oficio


@pytest.fixture
def ids(app, buffet, usuario_investigador):
    return [make_oficio(app, buffet, usuario_investigador).id for _ in range(3)]


@prepared
def _cases(ids):
    """Columns of several kinds: JSON, dates, enums and booleans among them."""
    return (
        sa.select(
            Oficio.id,
            Oficio.estado,
            Oficio.created_at,
            Oficio.fecha_limite,
            Oficio.advertencias_ingreso,
        )
        .where(Oficio.id.in_(ids))
        .order_by(Oficio.id)
    )


def test_a_row_is_made_once_and_anew_when_it_is_another(app, ids):
    made = []
    maker = Maker(lambda row: made.append(row) or tuple(row), most=8)
    with app.test_request_context():
        plain = [tuple(row) for row in _cases.rows(ids=ids)]
        assert maker.of(_cases.rows(ids=ids)) == plain
        assert [(row.id, row.estado) for row in made] == [row[:2] for row in plain]
        assert maker.of(_cases.rows(ids=ids)) == plain
        assert len(made) == len(ids)
        assert maker.of(_cases.rows(ids=[])) == []
        assert maker.of(rows_of(sa.select(Oficio.id).where(Oficio.id == 0))) == []
        db.session.rollback()
        with db.engine.begin() as connection:
            changed = {"advertencias_ingreso": {"rol": "No calza"}}
            connection.execute(sa.update(Oficio).where(Oficio.id == ids[1]).values(**changed))
        again = maker.of(_cases.rows(ids=ids))
        assert again == [tuple(row) for row in _cases.rows(ids=ids)] != plain
        assert len(made) == len(ids) + 1
        for _ in range(3):  # no more than it may keep
            maker.of(_cases.rows(ids=ids))
        assert len(maker._made) <= 8


def test_cards_are_those_of_their_rows_at_any_moment(app, ids):
    with app.test_request_context():
        for now in (utcnow(), utcnow().replace(year=utcnow().year + 1), utcnow()):
            rows = db.session.execute(cards_statement().where(Oficio.id.in_(ids)))
            alone = {row.id: make_card(row, now) for row in rows}
            assert list_cards(ids, now=now) == [alone[pk] for pk in ids]
        assert list_cards(ids[::-1], now=now)[0] is list_cards(ids, now=now)[-1]
