"""Naming a process so that another one on the same machine can tell whether it still lives.

A number alone is not enough, since the kernel gives it to others later: the boot of the machine,
the namespace that numbers its processes (a container has one of its own), and the moment when the
process began make it one of a kind.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")
#: States of proc(5) in which a process runs nothing any more; its parent has yet to be told.
_ENDED = {"Z", "X", "x"}


def own_process() -> str:
    """The name of this process, of at most 100 characters; other threads of it have the same."""
    place = _own_place()
    pid = os.getpid()
    return f"{place}/{pid}/{_began(pid) or 0}"


def is_dead(process: str) -> bool:
    """Whether that process ended for certain. One that cannot be seen from here may live."""
    place, pid, began = ["", "", *process.rsplit("/", 2)][-3:]
    if not (pid.isdecimal() and began.isdecimal() and int(began)):
        return False
    return place == _own_place() and _began(int(pid)) != int(began)


def is_here(process: str) -> bool:
    """Whether that process is, or was, where ``is_dead`` can tell."""
    return process.rsplit("/", 2)[0] == _own_place()


def _own_place() -> str:
    """Where numbers of processes mean the same as here."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').readlink().name}"
    except OSError:  # no Linux
        return socket.gethostname()[:60]


def _began(pid: int) -> int | None:
    """When a process began, in ticks since the boot; None when it runs no more."""
    try:
        # The name before the bracket may hold spaces and brackets itself.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in _ENDED else int(fields[19])
