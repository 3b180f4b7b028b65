"""Forms are checked and refusals answered in one place; what pages do themselves has a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from app import features
from app.core.errors import RastroError

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"

#: What is not given to ``carry_out`` (``app/web/deeds.py``), and why.
REASONS = {
    ("consultas/pages/log.py", "RegistroFilterForm.to_filter"): "reads an address; nothing is sent",
    ("factores/pages/proving.py", "sign_in_with_key"): "signs in, as the page of the password does",
    ("factores/pages/proving.py", "_try_proof"): "429 and a proof that goes along with other forms",
    ("informes/pages.py", "verify_upload"): "compares a file and stores nothing",
    ("notificaciones/pages/plantillas.py", "template_sample"): "shows what is typed, unsaved",
    ("notificaciones/pages/plantillas.py", "template_mail"): "shows what is typed, unsaved",
    ("tablero/pages/bulk.py", "_apply"): "one card's refusal leaves the others as they are",
    ("titulares/pages/person_search.py", "search"): "looks up a person and stores no change",
    ("usuarios/pages/signing_in.py", "login_page"): "401 and 403 are answers of signing in alone",
}


def _kinds(kind: type[Exception]) -> set[str]:
    return {kind.__name__}.union(*(_kinds(below) for below in kind.__subclasses__()))


def _does_it_itself(node: ast.AST, refusals: set[str]) -> bool:
    """Whether a node validates a form or catches a refusal."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"validate", "validate_on_submit"}
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return any(
            getattr(name, "id", getattr(name, "attr", "")) in refusals
            for name in ast.walk(node.type)
        )
    return False


def _places(
    node: ast.AST, refusals: set[str], where: str = "", *, is_inside: bool = False
) -> Iterator[str]:
    """The name of the outermost function, with its class, of each such node."""
    for child in ast.iter_child_nodes(node):
        if _does_it_itself(child, refusals):
            yield where
        name = where
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not is_inside:
            name = f"{where}.{child.name}".lstrip(".")
        inside = is_inside or isinstance(child, ast.FunctionDef)
        yield from _places(child, refusals, name, is_inside=inside)


def _pages() -> list[Path]:
    return sorted([*APP.glob("*/pages.py"), *APP.glob("*/pages/**/*.py")])


def test_pages_leave_forms_and_refusals_to_the_one_function_that_answers():
    assert features.FEATURES  # all classes of refusals are loaded
    refusals = _kinds(RastroError) | {"SignInRefused"}
    assert {"Refused", "Stale", "NumeroTaken", "ReasonMissing"} <= refusals
    found = {
        (str(path.relative_to(APP)), where)
        for path in _pages()
        for where in _places(ast.parse(path.read_text(encoding="utf-8")), refusals)
    }
    assert found == set(REASONS)


def test_what_a_person_is_told_goes_through_one_channel():
    doors = {"flash(", '"HX-Trigger"', "get_flashed_messages"}
    users = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if any(door in path.read_text(encoding="utf-8") for door in doors)
    }
    assert users == {"web/sentences.py"}
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    assert sum("take_sentences()" in text for text in templates) == 1
    assert not any("get_flashed_messages" in text for text in templates)
