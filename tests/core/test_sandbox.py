"""What a program of ours does with a stranger's file stays in that program."""

from __future__ import annotations

import ast
import time

import pytest

from app.core.sandbox import Limits, ProgramFailed, run_limited
from config import ROOT

PLENTY = Limits(seconds=60)


@pytest.fixture
def program(tmp_path):
    def write(source: str):
        path = tmp_path / "programa.py"
        path.write_text(source)
        return path

    return write


def test_a_program_gets_its_arguments_and_its_input(program):
    echo = program("import sys; print(sys.argv[1:], sys.stdin.read().upper(), end='')")

    told = run_limited(echo, "uno", "dos", limits=PLENTY, content="ñandú".encode())

    assert told.decode() == "['uno', 'dos'] ÑANDÚ"
    assert run_limited(echo, limits=PLENTY) == b"[] "
    with echo.open("rb") as source:
        assert run_limited(echo, limits=PLENTY, source=source).startswith(b"[] IMPORT SYS")


def test_a_package_is_run_by_its_folder(tmp_path):
    package = tmp_path / "programa"
    package.mkdir()
    (package / "__init__.py").write_text("WORD = 'entero'\n")
    (package / "__main__.py").write_text("from . import WORD\nprint(WORD, end='')\n")

    assert run_limited(package, limits=PLENTY) == b"entero"


def test_a_program_starts_without_the_application(program):
    alone = program("import sys; print('app' in sys.modules, sys.flags.isolated, end='')")

    assert run_limited(alone, limits=PLENTY) == b"False 1"


def test_its_environment_is_the_one_that_it_is_given(program):
    names = program("import os; print(os.environ.get('PATH'), os.environ.get('UNO'), end='')")

    assert run_limited(names, limits=PLENTY, environment={"UNO": "1"}) == b"None 1"
    assert b"/bin" in run_limited(names, limits=PLENTY)


@pytest.mark.parametrize(
    ("limits", "greed"),
    [
        (Limits(60, memory=100_000_000), "x = bytearray(400_000_000)"),
        (Limits(60, address_space=300_000_000), "x = bytearray(400_000_000)"),
        (Limits(60, cpu_seconds=1), "while True: pass"),
        (Limits(60, file_size=0), "open('mucho', 'wb', 0).write(b'x')"),
    ],
    ids=["memory", "address_space", "cpu_seconds", "file_size"],
)
def test_a_program_that_takes_too_much_is_ended_and_this_process_goes_on(
    program, limits, greed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    greedy = program(greed)

    begun = time.monotonic()
    with pytest.raises(ProgramFailed):
        run_limited(greedy, limits=limits)

    assert time.monotonic() - begun < 30
    if "while" not in greed:
        assert run_limited(greedy, limits=PLENTY) == b""


def test_a_program_that_hangs_is_ended(program):
    with pytest.raises(ProgramFailed, match=r"more than 0\.5 s"):
        run_limited(program("import time; time.sleep(60)"), limits=Limits(0.5))


def test_the_log_reads_why_a_program_gave_up(program):
    with pytest.raises(ProgramFailed, match="no se pudo"):
        run_limited(program("import sys; sys.exit('no se pudo')"), limits=PLENTY)
    with pytest.raises(ProgramFailed, match="ended with 3"):
        run_limited(program("import sys; sys.exit(3)"), limits=PLENTY)


def test_nobody_else_starts_programs_on_a_stranger_s_file():
    starting = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"subprocess.run", "subprocess.Popen", "resource.RLIMIT_DATA"}
    }
    # The supervisor starts Rastro itself. The verifier is a program of its own, for whoever gets an
    # expediente, and the reader of papers, which starts tesseract, is one: both are started through
    # the sandbox here.
    assert starting == {
        "app/anclaje/outside/verificar_rastro.py",
        "app/core/sandbox.py",
        "app/papeles/outside/paper_reader.py",
        "app/supervisor.py",
    }
