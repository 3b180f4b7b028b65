"""Parts of pages that are kept by the values that they show."""

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from jinja2.exceptions import TemplateSyntaxError

from app.ajustes.models import Ajuste
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado, Prioridad
from app.usuarios.models import Usuario
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from app.vehiculos.models import Vehiculo
from app.web.kept_blocks import Keeper, NotByValue, keeper_of
from config import ROOT
from tests.factories import make_oficio

PART = "{% from 'web/_macros.html' import csrf %}{% kept a=a %}<b>{{ a }}</b>{% endkept %}"


@dataclass(frozen=True)
class Row:
    name: str
    when: date


@pytest.fixture
def keeper(app):
    found = keeper_of(app)
    found.clear()
    return found


def test_every_template_compiles(app):
    for path in sorted((ROOT / "templates").rglob("*.html")):
        app.jinja_env.get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("{{ current_user.nombre }}", "current_user"),
        ("{{ request.path }}", "request"),
        ("{{ session }}", "session"),
        ("{{ g.x }}", "g"),
        ("{{ now() }}", "now"),
        ("{{ a | relativa }}", "the filter relativa"),
        ("{{ a | map('plazo') | list }}", "the filter plazo"),
        ("{% include 'web/_live.html' %}", "include"),
        ("{% for x in a %}{% endfor %}{{ x }}", "x"),
        ("{{ loop.index }}", "loop"),
        ("{% if z is defined %}{{ a }}{% endif %}", "z"),
        ("{% kept b=oficio %}{{ b }}{% endkept %}", "oficio"),
    ],
)
def test_a_part_sees_its_values_alone(app, body, named):
    with pytest.raises(TemplateSyntaxError, match=f"may not use {named}"):
        app.jinja_env.from_string("{% kept a=a %}" + body + "{% endkept %}")
    app.jinja_env.from_string(
        "{% kept a=a %}{% for x in a %}{{ loop.index }}{% endfor %}{% endkept %}"
    )


def test_it_is_drawn_once_for_equal_values_and_again_for_others(app, keeper):
    template = app.jinja_env.from_string(PART)
    now = date(2026, 1, 2)
    values = [
        "x",
        "<x>",
        1,
        True,
        1.0,
        None,
        Estado.PENDIENTE,
        now,
        ("x", 1),
        ("x", True),
        Row("x", now),
    ]
    with app.test_request_context():
        first = [template.render(a=value) for value in values]
        assert len(keeper) == len(values)
        assert [template.render(a=value) for value in values] == first
        assert template.render(a=Row("x", date(2026, 1, 2))) == first[-1]
        assert template.render(a=["x", 1]) == first[8], "a list is taken as a tuple"
        assert len(keeper) == len(values)
        assert first[1] == "<b>&lt;x&gt;</b>"
        assert first[2:4] == ["<b>1</b>", "<b>True</b>"]
    # The same template for another application below a path: its addresses are others.
    with app.test_request_context("/", base_url="http://localhost/rastro"):
        template.render(a="x")
        assert len(keeper) == len(values) + 1


def test_what_may_change_and_be_the_same_is_refused(app, keeper):
    template = app.jinja_env.from_string(PART)
    with app.test_request_context():
        for value in (Oficio(), object(), {"a": 1}, (1, Oficio()), utcnow().replace(tzinfo=None)):
            with pytest.raises((NotByValue, TypeError)):
                template.render(a=value)
        assert len(keeper) == 0


def test_each_form_has_the_token_of_its_own_session(app, keeper):
    inner = "{% kept b=1 %}{{ csrf() }}{% endkept %}"
    text = PART.replace("<b>", inner + "<b>").replace("</b>", "</b>{{ csrf_token() }}")
    template = app.jinja_env.from_string(text)
    seen = []
    for _ in range(2):
        with app.test_request_context():
            page = template.render(a="x")
            token = app.jinja_env.from_string("{{ csrf_token() }}").render()
            assert page.count(token) == 2
            assert "-token-" not in page
            seen.append(token)
    assert seen[0] != seen[1]
    assert len(keeper) == 2


def test_the_least_used_go_when_there_is_no_more_room(app):
    keeper = Keeper(most_bytes=20_000)
    with app.test_request_context():
        for number in range(50):
            keeper.draw(1, (number,), lambda _: "x" * 1000)
            keeper.draw(1, (0,), lambda _: "x" * 1000)
        assert keeper.size <= 20_000
        assert 5 < len(keeper) < 20
        keeper.draw(1, (0,), lambda _: pytest.fail("it was used last"))
        again = []
        keeper.draw(1, (1,), lambda _: again.append(1) or "x")
        assert again == [1]


def _deeds(rng, pk, usuario_id):
    """Changes of what board and list show, each by a statement of its own."""
    day = local_today(utcnow()) + timedelta(days=rng.randrange(-9, 9))
    oficio = sa.update(Oficio).where(Oficio.id == pk)
    return [
        oficio.values(numero_oficio=f"N-{rng.randrange(99)}", version=Oficio.version + 1),
        oficio.values(prioridad=rng.choice(list(Prioridad))),
        oficio.values(estado=rng.choice([Estado.PENDIENTE, Estado.INVESTIGACION])),
        oficio.values(fecha_limite=rng.choice([None, day])),
        oficio.values(ultima_actividad_at=utcnow() - timedelta(days=rng.randrange(40))),
        oficio.values(investigador_id=rng.choice([None, usuario_id])),
        sa.update(Vehiculo)
        .where(Vehiculo.oficio_id == pk)
        .values(color=rng.choice(["Rojo", "<i>"])),
        sa.update(Usuario).where(Usuario.id == usuario_id).values(nombre=f"Ana {rng.randrange(9)}"),
    ]


def _without_tokens(page):
    return re.sub(r'(csrf_token" value=|X-CSRFToken": )"[^"]+"', "", page)


def test_kept_pages_are_what_they_would_be_drawn_now(
    app, keeper, investigador, usuario_investigador, buffet
):
    ids = [make_oficio(app, buffet, usuario_investigador).id for _ in range(4)]
    rng = random.Random(20)
    paths = (
        "/tablero?todo=1",
        "/tablero/lista?todo=1",
        "/tablero/hoy?todo=1",
        f"/oficios/{ids[0]}",
    )
    drawn = set()
    for _ in range(12):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(rng.choice(_deeds(rng, rng.choice(ids), usuario_investigador.id)))
        kept = [_without_tokens(investigador.get(path).text) for path in paths]
        keeper.clear()
        assert kept == [_without_tokens(investigador.get(path).text) for path in paths]
        drawn.update(kept)
    assert len(drawn) > len(paths)
    assert len(keeper) > 0


def test_nothing_of_it_is_shown_to_who_may_not_see_it(
    app, keeper, investigador, admin, oficio, usuario_admin
):
    board = "/tablero?todo=1"
    for client in (investigador, admin, investigador):
        assert f"oficio-card-{oficio.id}" in client.get(board).text
    assert "/admin" in admin.get(board).text
    assert "Administración" not in investigador.get(board).text
    with app.app_context(), transaction():
        db.session.add(Ajuste(clave=ACCESS_MODE.clave, valor=ASSIGNED))
        db.session.execute(sa.update(Oficio).values(investigador_id=usuario_admin.id))
    assert f"oficio-card-{oficio.id}" not in investigador.get(board).text
    assert f"oficio-row-{oficio.id}" not in investigador.get("/tablero/lista?todo=1").text
