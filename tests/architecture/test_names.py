"""One name, one thing: the classes of the application."""

import ast
from collections import defaultdict
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"


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
