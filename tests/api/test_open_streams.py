"""What ends a stream that is open already."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.ajustes.models import Ajuste
from app.api.models import ClaveApi
from app.avisos.queries import Campana
from app.core.clock import utcnow
from app.db import db, transaction
from app.eventos.pages.event_stream import EventListener, EventSource
from app.eventos.pages.live_updates import PageListener
from app.usuarios.models import Usuario
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.factories import make_oficio


@pytest.mark.parametrize(
    ("deed", "ended"),
    [
        (lambda rows: None, ""),
        (lambda rows: setattr(rows["otro"], "activo", False), "op"),
        (lambda rows: setattr(rows["otro"], "session_version", 99), "op"),
        (lambda rows: setattr(rows["clave"], "revocada_at", utcnow()), "k"),
        (lambda rows: setattr(rows["clave"], "vence_at", utcnow() - timedelta(days=1)), "k"),
        # An admin sees all cases; a page is told numbers alone, and goes on.
        (lambda rows: db.session.add(Ajuste(clave=ACCESS_MODE.clave, valor=ASSIGNED)), "o"),
    ],
)
def test_who_may_hear_no_more_hears_nothing_more(
    app, buffet, usuario_admin, usuario_investigador, make_key, deed, ended
):
    """While a stream is open: deactivated, signed out, given other rights, the key revoked."""
    make_key(usuario_admin)
    with app.app_context():
        clave_id = db.session.scalar(sa.select(ClaveApi.id))

        def hearing(usuario, clave=None):
            return EventListener(
                usuario_id=usuario.id,
                session_id=usuario.get_id(),
                clave_id=clave,
                place=0,
                buffet_id=None,
            )

        streams = {
            "o": hearing(usuario_investigador),
            "k": hearing(usuario_admin, clave_id),
            "p": PageListener(
                usuario_id=usuario_investigador.id,
                session_id=usuario_investigador.get_id(),
                place=0,
                bell=Campana(0, 0),
            ),
        }
    with app.app_context(), transaction():
        deed(
            {
                "otro": db.session.get_one(Usuario, usuario_investigador.id),
                "clave": db.session.get_one(ClaveApi, clave_id),
            }
        )
    make_oficio(app, buffet, usuario_admin)
    with app.app_context():
        assert EventSource().look(list(streams.values()))
    assert "".join(name for name, stream in streams.items() if stream.is_over) == ended
