"""What the documents say is so: packages, paths, targets, commands and variables that they name."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from app.cli import prepare
from config import ROOT

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/operacion.md",
    "docs/crecer.md",
    "docs/desarrollo/arquitectura.md",
    "docs/desarrollo/decisiones.md",
    "docs/desarrollo/agregar-una-funcion.md",
    "docs/desarrollo/glosario.md",
    "docs/desarrollo/ley.md",
    "docs/desarrollo/listas.md",
    "docs/desarrollo/tablas.md",
]
#: Written as an example, or made when it runs.
NOT_THERE = {"app/notas/", "tests/notas/", "templates/notas/index.html"}
FOLDERS = ("app/", "tests/", "docs/", "tools/", "deploy/", "templates/", "migrations/", "frontend/")
PACKAGES = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def test_the_architecture_names_every_package_in_the_order_of_its_layers():
    block = text_of("docs/desarrollo/arquitectura.md").split("```\n")[1]
    # The names, and after a gap what they are for.
    names = [name for line in block.splitlines() for name in line.split("  ")[0].split()]
    assert sorted(names) == sorted(PACKAGES | {"db", "feature"})

    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["id"] == "features")
    level = {
        name: place for place, layer in enumerate(layers) for name in re.findall(r"[a-z]+", layer)
    }
    assert set(level) == set(names)
    assert [level[name] for name in names] == sorted(level[name] for name in names)


def test_the_readme_names_every_package():
    folders = text_of("README.md").split("## The folders")[1].split("```")[1]

    named = {name for name in PACKAGES if re.search(rf"\b{name}/", folders)}
    assert named == set(PACKAGES)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_path_that_a_document_names_is_there(document):
    text = text_of(document)
    quoted = set(re.findall(r"`([\w./-]+)`", text))
    linked = set(re.findall(r"\]\(([\w./-]+)\)", text))
    base = (ROOT / document).parent

    paths = {name for name in quoted if name.startswith(FOLDERS)} - NOT_THERE
    assert sorted(name for name in paths if not (ROOT / name).exists()) == []
    assert sorted(name for name in linked if not (base / name).exists()) == []


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/manual.md"])
def test_a_target_that_a_document_names_is_one(document):
    lines = re.findall(r"^([a-z -]+):", text_of("Makefile"), re.MULTILINE)
    targets = {target for line in lines for target in line.split()}
    named = re.findall(r"(?:`|^sudo |^)make ((?:[a-z-]+(?!=) ?)+)", text_of(document), re.MULTILINE)

    assert {"run", "test"} <= targets
    words = {word for line in named for word in line.split() if not word.startswith("-")}
    assert sorted(words - targets) == []


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/manual.md"])
def test_a_command_that_a_document_names_is_one(document, app):
    commands = app.cli.commands
    assert commands["prepare"] is prepare
    named = re.findall(
        r"(?:flask|sudo rastro|exec \w+ flask) ([a-z][a-z-]*)(?: ([a-z-]+))?", text_of(document)
    )

    for group, verb in named:
        assert group in commands, f"{document}: {group}"
        inside = getattr(commands.get(group), "commands", {})
        if inside and verb:
            assert verb in inside, f"{document}: {group} {verb}"


def test_what_is_written_from_the_code_is_what_the_code_says():
    program = [sys.executable, "tools/describe.py", "--check"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "notificaciones.enviar" in text_of("docs/desarrollo/listas.md")
    assert "oficios ||--o{ vehiculos" in text_of("docs/desarrollo/tablas.md")


def test_the_map_is_drawn_and_shown():
    assert "](mapa.svg)" in text_of("docs/desarrollo/arquitectura.md")
    drawing = text_of("docs/desarrollo/mapa.svg")
    for part in ("wsgi.py", "huey_consumer.py"):
        assert part in drawing
        assert (ROOT / part).exists()
