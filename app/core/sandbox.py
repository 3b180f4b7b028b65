"""Sandbox: runs a subprocess under limits of memory, CPU and time.

What a stranger's file makes a compiled library do, it does there: a process that serves people is
neither ended by it nor grown for good. The program starts isolated (``python -I``), without the
application, whose own memory would count; its limits are set before its first import.
"""

from __future__ import annotations

import json
import os
import resource
import runpy
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

#: Characters of what a program said before it failed that are kept for the log.
_TOLD = 2000


@dataclass(frozen=True)
class Limits:
    """What a program may use; None where it is not limited."""

    #: Wall-clock seconds.
    seconds: float
    #: CPU seconds.
    cpu_seconds: int | None = None
    #: Bytes that it may allocate.
    memory: int | None = None
    #: Bytes of address space, mapped libraries included.
    address_space: int | None = None
    #: Bytes of a file that it writes.
    file_size: int | None = None


class ProgramFailed(Exception):
    """A program was ended by its limits, crashed, or gave up; the message is for the log."""


def run_limited(
    program: Path,
    *arguments: str,
    limits: Limits,
    source: IO[bytes] | None = None,
    content: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a program of ours and return what it wrote to its standard output.

    Args:
        program: a script, or the folder of a package with a ``__main__``.
        *arguments: its ``sys.argv[1:]``.
        limits: of memory and time.
        source: a real file that it reads as its standard input; nothing without it.
        content: the same as bytes.
        environment: its variables; those of this process by default.

    Raises:
        ProgramFailed: it did not end well.
    """
    command = [sys.executable, "-I", __file__, json.dumps(asdict(limits)), str(program), *arguments]
    given: dict[str, Any] = {"stdin": source or subprocess.DEVNULL}
    if content is not None:
        given = {"input": content}
    try:
        # S603: our own program, no shell; what people wrote is its input and no part of this.
        done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            timeout=limits.seconds,
            env=os.environ if environment is None else environment,
            check=False,
            **given,
        )
    except subprocess.TimeoutExpired:
        raise ProgramFailed(f"it took more than {limits.seconds:g} s") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()[-_TOLD:]
        raise ProgramFailed(told or f"it ended with {done.returncode}")
    return done.stdout


def _start(limits: Limits, program: Path) -> None:
    """Become the program, under its limits; this is the first thing of the new process."""
    # At the soft limit it gets SIGXCPU, a second later SIGKILL.
    cpu = limits.cpu_seconds
    for which, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu, cpu and cpu + 1),
        (resource.RLIMIT_DATA, limits.memory, limits.memory),
        (resource.RLIMIT_AS, limits.address_space, limits.address_space),
        (resource.RLIMIT_FSIZE, limits.file_size, limits.file_size),
    ):
        if soft is not None and hard is not None:
            resource.setrlimit(which, (soft, hard))
    if program.is_dir():
        # At the end: beside the package may lie what could be taken for a library.
        sys.path.append(str(program.parent))
        runpy.run_module(program.name, run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(str(program), run_name="__main__")


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    asked = Limits(**json.loads(sys.argv.pop(0)))
    _start(asked, Path(sys.argv[0]))
