"""Why a step of the case is closed: one rule, told by the page, the board and the API alike."""

from __future__ import annotations

import pytest

from app.oficios.rules import Estado, allowed_moves, closed_because, closed_moves
from app.usuarios.rules import Rol
from tests.factories import make_oficio

P, I, N, E, X = Estado  # noqa: E741  # pendiente, investigación, notificación, encontrado, no


@pytest.mark.parametrize(
    ("origin", "target", "rol", "words"),
    [
        (P, N, Rol.INVESTIGADOR, "El estado siguiente es «Investigación»."),
        (P, E, Rol.INVESTIGADOR, "El estado siguiente es «Investigación», y luego «Notificación»."),
        (I, E, Rol.ADMIN, "El estado siguiente es «Notificación»."),
        (N, P, Rol.INVESTIGADOR, "Se retrocede de a un paso: vuelva primero a «Investigación»."),
        (X, I, Rol.INVESTIGADOR, "solo un administrador puede reabrirlo"),
        (E, X, Rol.ADMIN, "ya está finalizado como «Encontrado»"),
        (I, I, Rol.ADMIN, "ya está en «Investigación»"),
        (P, I, Rol.CLIENTE, "Solo la oficina"),
        (P, I, Rol.INVESTIGADOR, None),
        (N, X, Rol.INVESTIGADOR, None),
        (X, P, Rol.ADMIN, None),
    ],
)
def test_a_closed_step_says_what_is_missing(origin, target, rol, words):
    reason = closed_because(origin, target, rol)

    assert (reason is None) if words is None else (reason and words in reason)


@pytest.mark.parametrize("rol", Rol)
@pytest.mark.parametrize("estado", Estado)
def test_every_other_state_is_either_open_or_closed_for_a_reason(estado, rol):
    closed = [state for states in closed_moves(estado, rol).values() for state in states]

    assert {*allowed_moves(estado, rol), *closed, estado} == set(Estado)
    assert not set(allowed_moves(estado, rol)) & set(closed)


def head(client, case):
    page = client.get(f"/oficios/{case.id}").text
    return " ".join(page.partition('class="case-closed"')[2].partition("</ul>")[0].split())


def test_the_page_says_it_in_words(app, admin, investigador, buffet, usuario_admin):
    pending = make_oficio(app, buffet, usuario_admin)
    closed = make_oficio(app, buffet, usuario_admin, estado=X)

    whole = " ".join(investigador.get(f"/oficios/{pending.id}").text.split())
    step = "Sigue: <b>Asignar a un investigador</b>. El estado siguiente es «Investigación»."
    assert step in whole
    text = head(investigador, pending)
    assert "<b>Notificación</b> El estado siguiente es «Investigación»." in text
    assert (
        "<b>Encontrado</b> El estado siguiente es «Investigación», y luego «Notificación»." in text
    )
    assert "solo un administrador puede reabrirlo" in head(investigador, closed)
    assert "<b>Encontrado</b> El caso ya está finalizado" in head(admin, closed)
    assert "administrador" not in head(admin, closed)


def test_the_board_refuses_with_the_same_words(investigador, oficio):
    response = investigador.post(
        f"/tablero/oficios/{oficio.id}/mover",
        data={"estado": E.value, "version": "1", "despues_de": ""},
        follow_redirects=True,
    )

    assert closed_because(P, E, Rol.INVESTIGADOR) in response.text
