"""One name, one thing: the classes of the application, and the glossary that explains them."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
GLOSSARY = ROOT / "docs/desarrollo/glosario.md"


def _public_classes() -> dict[str, list[str]]:
    """The classes of the application that others may import, and the files that define them."""
    classes = defaultdict(list)
    for file in sorted(APP.rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(str(file.relative_to(APP)))
    return classes


def test_no_two_public_classes_have_one_name():
    classes = _public_classes()
    assert classes["Oficio"] == ["oficios/models.py"]
    assert {name: files for name, files in classes.items() if len(files) > 1} == {}


def _models() -> set[tuple[str, str]]:
    """The table and the class of each model, as its file names them."""
    return {
        (str(statement.value.value), node.name)
        for file in APP.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) == "__tablename__"
        and isinstance(statement.value, ast.Constant)
    }


def test_the_glossary_explains_the_table_and_the_class_of_each_model():
    rows = re.findall(
        r"^\| [^|]+ \| [^|]+ \| `(\w+)` \| `(\w+)` \|$",
        GLOSSARY.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert ("oficios", "Oficio") in rows
    assert len(rows) == len(set(rows))
    assert set(rows) == _models()


def test_the_glossary_names_no_class_that_is_gone():
    named = re.findall(r"`([A-Z][a-z]\w+)\b[^`]*`", GLOSSARY.read_text(encoding="utf-8"))
    assert "FuenteAlcance" in named
    assert set(named) - set(_public_classes()) == set()


#: Names with one meaning in every package, which docs/desarrollo/arquitectura.md explains.
_SHARED_NAMES = {
    *("__init__", "__main__", "access", "blueprint", "cli", "feature", "forms", "jobs", "mails"),
    *("models", "outside", "pages", "permissions", "queries", "rules", "service"),
}


def test_no_file_name_means_two_things():
    """Within one package, the layers of one subject share its name; two packages never do.

    Modules of the API are named after the nouns of its addresses, which are those of the packages.
    """
    packages = defaultdict(set)
    for file in APP.rglob("*.py"):
        package, *folders = file.relative_to(APP).parts
        if file.stem not in _SHARED_NAMES and folders and folders[0] != "v1":
            packages[file.stem].add(package)
    assert packages["bitacora"] == {"oficios"}
    assert {name: found for name, found in packages.items() if len(found) > 1} == {}


_ABOUT_THE_BELL = {"Aviso", "find_aviso", "avisos_statement", "list_avisos"}


def _identifiers(file: Path) -> set[str]:
    """What the code of a file calls things: names, attributes, parameters, keywords; no strings."""
    fields = ("id", "attr", "arg", "name")
    return {
        value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if not isinstance(node, ast.alias)
        for value in (getattr(node, field, None) for field in fields)
        if isinstance(value, str)
    }


def test_an_aviso_is_a_row_of_the_bell_and_nothing_else():
    named = {
        str(file.relative_to(APP)): found
        for file in APP.rglob("*.py")
        if file.relative_to(APP).parts[0] != "avisos"
        and (found := {name for name in _identifiers(file) if "aviso" in name.lower()})
    }
    assert {file: found for file, found in named.items() if found - _ABOUT_THE_BELL} == {}
    assert "aviso" in _identifiers(APP / "avisos/service.py"), "names are found at all"
