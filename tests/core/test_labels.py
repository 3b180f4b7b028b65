"""Every word of the domain that is shown says how, in Spanish, and says it in one place."""

from __future__ import annotations

import ast
import enum
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import app
from app.core.labels import Labelled
from app.jobs.rules import EstadoTrabajo
from app.planillas.rules.oficio_outcomes import Resultado
from config import ROOT

TONES = {"", "neutral", "primary", "info", "ok", "warn", "danger"}
#: What the database and the API hold: lower case, without accents.
VALUE = re.compile(r"[a-z0-9_]+(\.[a-z_]+)?")
SPRITE = (ROOT / "static/vendor/tabler-icons/sprite.svg").read_text()
SPANISH = re.compile(r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÑáéíóúñü0-9 ,:]*[a-záéíóúñA-Z0-9]")


def labelled() -> Iterator[type[Labelled]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] != "__main__":
            importlib.import_module(module.name)
    todo = [Labelled]
    while todo:
        found = todo.pop().__subclasses__()
        yield from found
        todo += found


CLASSES = sorted(set(labelled()), key=lambda one: (one.__module__, one.__name__))


@pytest.mark.parametrize("words", CLASSES, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_member_has_a_label_in_spanish(words):
    assert list(words)
    for member in words:
        assert VALUE.fullmatch(member.value), member
        assert SPANISH.fullmatch(member.label), member
        assert words(member.value) is member
    # Of two with one label nobody can tell which is meant.
    assert len({member.label for member in words}) == len(words)


@pytest.mark.parametrize("words", CLASSES, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_tones_and_icons_are_those_that_the_pages_draw(words):
    for member in words:
        assert member.tone in TONES, member
        if member.icon:
            assert f'id="{member.icon}"' in SPRITE, member


def test_what_stands_beside_a_value_is_not_part_of_it():
    assert EstadoTrabajo("fallido") is EstadoTrabajo.FALLIDO
    assert EstadoTrabajo.FALLIDO.value == "fallido"
    assert (EstadoTrabajo.FALLIDO.label, EstadoTrabajo.FALLIDO.tone) == ("Fallido", "danger")
    assert EstadoTrabajo.FALLIDO.icon == "circle-x"
    assert (Resultado.CREA.label, Resultado.CREA.label_done) == ("Se crea", "Creado")
    with pytest.raises(ValueError, match="Fallido"):
        EstadoTrabajo("Fallido")


def test_no_other_enum_keeps_its_words_apart():
    kept_apart = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "self.value"
    ]
    assert kept_apart == []
    plain = [
        one
        for one in enum.Enum.__subclasses__()
        if one.__module__.startswith("app.") and one is not Labelled and hasattr(one, "label")
    ]
    assert plain == []
