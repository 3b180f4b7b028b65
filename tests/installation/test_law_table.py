"""docs/desarrollo/ley.md names only tests that exist, and says what is missing."""

from __future__ import annotations

import ast
import re

from config import ROOT

TABLE = (ROOT / "docs" / "desarrollo" / "ley.md").read_text(encoding="utf-8")
_ROW = re.compile(
    r"^\| ([^|]+) \| (sí|parte|no|no aplica) \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE
)


def test_every_test_and_file_that_it_names_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TABLE))

    assert len(named) > 40
    for path, name in sorted(named):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{path}::{name}"
    for path in re.findall(r"`((?:app|templates|tests)/[\w./]+)`", TABLE):
        assert (ROOT / path).exists(), path


def test_what_is_met_names_a_test_and_what_is_not_says_what_is_missing():
    rows = _ROW.findall(TABLE)
    lines = [line for line in TABLE.splitlines() if re.match(r"\| (?!Frase|-)", line)]

    assert len(rows) == len(lines), "a row has another form"
    for words, state, where, tests in rows:
        if state == "sí":
            assert "`tests/" in tests, words
        else:
            assert len(where.strip()) > 20, words
