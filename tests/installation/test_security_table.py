"""docs/seguridad.md names every requirement of ASVS 5.0 level 2, and only tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "seguridad.md").read_text(encoding="utf-8")
#: The numbers of the requirements of levels 1 and 2, from OWASP ASVS 5.0.0 (CC BY-SA 4.0).
IDS = (ROOT / "tests" / "data" / "asvs_5_0_l2.txt").read_text(encoding="utf-8").split()
_ROW = re.compile(r"^\| (V[\d.]+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)


def test_every_requirement_has_a_row_or_is_named_among_those_that_do_not_apply():
    rows = [row[0] for row in _ROW.findall(TABLE)]
    named = re.findall(r"V1[07]\.\d+\.\d+", TABLE)

    assert len(IDS) > 240
    assert len(rows) == len(set(rows))
    assert set(rows) | set(named) == set(IDS)
    states = {state for _id, _level, state, *_ in _ROW.findall(TABLE)}
    assert {"sí", "no aplica"} <= states <= {"sí", "parte", "no", "no aplica"}


def test_every_test_that_it_names_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TABLE))

    assert len(named) > 60
    for path, name in sorted(named):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{path}::{name}"


def test_what_is_met_in_part_or_not_says_what_is_missing():
    for number, _level, state, note, _test in _ROW.findall(TABLE):
        if state.strip() in {"parte", "no"}:
            assert len(note.strip()) > 10, (number, state)


def test_the_count_over_the_table_is_that_of_the_table():
    states = [row[2].strip() for row in _ROW.findall(TABLE)]
    told = re.search(r"Quedan (\d+) sí, (\d+) en parte, (\d+) no;", TABLE)

    assert told is not None
    counts = [states.count(state) for state in ("sí", "parte", "no")]
    assert [int(number) for number in told.groups()] == counts
