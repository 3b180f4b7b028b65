"""Write what docs/desarrollo says of the code from the code itself: the tables, and the lists.

    make docs                       writes docs/desarrollo/tablas.md and listas.md
    tools/describe.py --check       says which of them is stale, and fails; a test does this

Both are the same on every machine: sorted, and without a date. They name no file, since files move;
every word in them is found by searching the code for it.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "desarrollo"
_HEAD = "<!-- Written by `make docs` from the code; do not edit. -->\n"


def main() -> int:
    """Write the documents, or compare them. Returns 1 when one is stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    stale = []
    for name, text in _documents():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
            if not options.check:
                path.write_text(text, encoding="utf-8")
    if stale and options.check:
        print(f"Stale: {', '.join(stale)}. Run: make docs", file=sys.stderr)
        return 1
    return 0


def _documents() -> Iterator[tuple[str, str]]:
    """Each document with its name; the application is made once, on no database."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(ENVIRONMENT="test", INSTANCE_DIR=folder)
        from wsgi import app

        with app.app_context():
            yield "tablas.md", _tables()
            yield "listas.md", _lists()


def _tables() -> str:
    """A drawing of the tables and their references, then each with its columns."""
    from app.db import Model

    tables = [Model.metadata.tables[name] for name in sorted(Model.metadata.tables)]
    drawn, described = [], []
    for table in tables:
        for column in table.columns:
            for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname):
                end = "|o" if column.nullable else "||"
                target = key.column.table.name
                drawn.append(f'    {target} {end}--o{{ {table.name} : "{column.name}"')
        described.append(f"### {table.name}\n")
        described.append("| column | type | |\n|---|---|---|")
        described += [
            f"| `{column.name}` | {_kind(column)} | {_marks(column)} |" for column in table.columns
        ]
        described.append("")
    lonely = [
        f"    {table.name}"
        for table in tables
        if not table.foreign_keys and not any(f"    {table.name} " in line for line in drawn)
    ]
    head = f"""{_HEAD}# The tables

{len(tables)} tables. A line leads from the row that is named to the rows that name it, with
the column that does; `|o` where it may be empty. What a column means is said beside it in the
model.

```mermaid
erDiagram
"""
    return head + "\n".join(sorted([*drawn, *lonely])) + "\n```\n\n" + "\n".join(described)


def _kind(column: object) -> str:
    """The type in the words of the models, without the length that a database gives it."""
    kind = column.type  # type: ignore[attr-defined]  # a column of any type
    length = getattr(kind, "length", None) or getattr(getattr(kind, "impl", None), "length", None)
    name = type(kind).__name__
    if name == "Enum":
        return " ".join(f"`{value}`" for value in kind.enums)
    return f"{name}({length})" if length else name


def _marks(column: object) -> str:
    keys = column.foreign_keys  # type: ignore[attr-defined]  # as above
    marks = [f"→ {key.target_fullname}" for key in keys]
    if column.primary_key:  # type: ignore[attr-defined]  # as above
        marks.append("key")
    elif column.unique:  # type: ignore[attr-defined]  # as above
        marks.append("unique")
    if column.nullable:  # type: ignore[attr-defined]  # as above
        marks.append("may be empty")
    return ", ".join(marks)


def _lists() -> str:
    return (
        f"{_HEAD}# Lists\n\nWhat the code names by a word that is stored, sent or typed.\n\n"
        + _section("Jobs", ("job", "on screen", "every", "attempts", "lease"), _jobs())
        + _section("Events", ("event", "on screen"), _events())
        + _section(
            "Settings on the page *Ajustes*", ("setting", "on screen", "default"), _ajustes()
        )
        + _section("Settings of the installation", ("variable",), _variables())
        + _section("Words of the audit", ("word",), _audited())
    ).rstrip("\n") + "\n"


def _section(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"## {title}\n", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {' | '.join(row)} |" for row in sorted(rows)]
    return "\n".join(lines) + "\n\n"


def _jobs() -> list[tuple[str, ...]]:
    from app.jobs.registry import get_job, list_periodic

    every = {known.name: _span(known.every_seconds or 0) for known in list_periodic()}
    found = []
    for name in _first_arguments("job"):
        known = get_job(name)
        found.append(
            (
                f"`{name}`",
                known.label,
                every.get(name, ""),
                str(known.max_attempts),
                _span(known.lease_seconds),
            )
        )
    return found


def _events() -> list[tuple[str, ...]]:
    from app.eventos.rules import TipoEvento

    return [(f"`{kind.value}`", kind.label) for kind in TipoEvento]


def _ajustes() -> list[tuple[str, ...]]:
    from app.ajustes.rules.settings_registry import list_settings

    return [
        (f"`{setting.clave}`", setting.etiqueta, str(setting.defecto))
        for setting in list_settings()
    ]


def _variables() -> list[tuple[str, ...]]:
    """Those that .env.example explains, which a test compares with those that are read."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return [(f"`{name}`",) for name in set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.M))]


def _audited() -> list[tuple[str, ...]]:
    return [(f"`{word}`",) for word in _first_arguments("audit")]


def _first_arguments(function: str) -> list[str]:
    """Every text that is the first argument of a function of that name.

    Constants are followed into the module that they come from, and a parameter of the calling
    function to who calls that one in its module. ``*`` stands for what only a run knows.
    """
    modules = {_module(path): ast.parse(path.read_text("utf-8")) for path in _sources()}
    found: set[str] = set()
    for module, tree in modules.items():
        for caller in ast.walk(tree):
            if isinstance(caller, ast.FunctionDef):
                for call in _calls(caller, function):
                    found |= _texts(call.args[0], module, modules, caller)
    return sorted(found)


def _sources() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _calls(tree: ast.AST, function: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
        and node.args
    ]


def _texts(
    node: ast.expr, module: str, modules: dict[str, ast.Module], caller: ast.FunctionDef | None
) -> set[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        either = (node.body, node.orelse)
        return set().union(*(_texts(each, module, modules, caller) for each in either))
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
        return {"".join(str(part) for part in parts)}
    if not isinstance(node, ast.Name):
        return {"*"}
    names = [argument.arg for argument in caller.args.args] if caller else []
    if caller and node.id in names:
        place = names.index(node.id)
        found: set[str] = set()
        for other in ast.walk(modules[module]):
            if isinstance(other, ast.FunctionDef) and other is not caller:
                for call in _calls(other, caller.name):
                    found |= _texts(call.args[place], module, modules, other)
        return found
    for each in [*(ast.walk(caller) if caller else ()), *modules[module].body]:
        if isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == node.id for target in each.targets
        ):
            return _texts(each.value, module, modules, caller)
        if isinstance(each, ast.ImportFrom) and each.module in modules:
            for alias in each.names:
                if (alias.asname or alias.name) == node.id:
                    return _texts(ast.Name(alias.name), each.module, modules, None)
    return {"*"}


def _span(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


if __name__ == "__main__":
    sys.exit(main())
