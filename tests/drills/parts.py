"""Machines of a drill: each part in a network namespace of its own.

Where namespaces cannot be had it is at a loopback address of its own, and nothing can be cut off.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from config import ROOT
from tests.drills.supervision import descendants

_BRIDGE = "rastro77"
#: Seconds until a part takes connections, on a busy machine.
PATIENCE = 90


def can_have_namespaces() -> bool:
    """Whether this account may make network namespaces and bridges here."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    tried = subprocess.run(["ip", "netns", "add", f"{_BRIDGE}-try"], capture_output=True)
    if tried.returncode == 0:
        subprocess.run(["ip", "netns", "del", f"{_BRIDGE}-try"], check=True)
    return tried.returncode == 0


class Network:
    """A switch that machines are plugged into; the drill itself is machine 1."""

    def __init__(self) -> None:
        self.is_apart = can_have_namespaces()
        self._names: list[str] = []
        if self.is_apart:
            self._remove()
            _ip("link", "add", _BRIDGE, "type", "bridge")
            _ip("addr", "add", f"{self.address(1)}/24", "dev", _BRIDGE)
            _ip("link", "set", _BRIDGE, "up")

    def address(self, number: int) -> str:
        """The address of a machine."""
        return f"10.77.0.{number}" if self.is_apart else f"127.77.0.{number}"

    def plug(self, name: str, number: int) -> list[str]:
        """Add a machine; returns what begins a command that runs on it."""
        if not self.is_apart:
            return []
        namespace, cable = f"{_BRIDGE}-{name}", self._cable(name)
        self._names.append(name)
        _ip("netns", "add", namespace)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip("link", "set", cable, "master", _BRIDGE, "up")
        _ip("-n", namespace, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            _ip("-n", namespace, "link", "set", device, "up")
        return ["ip", "netns", "exec", namespace]

    def cut(self, name: str) -> None:
        """Pull a machine's cable: nothing comes or goes, and nobody is told."""
        _ip("link", "set", self._cable(name), "nomaster")

    def mend(self, name: str) -> None:
        """Plug it in again."""
        _ip("link", "set", self._cable(name), "master", _BRIDGE)

    def close(self) -> None:
        """Remove all of it."""
        if self.is_apart:
            self._remove()

    def _remove(self) -> None:
        found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
        for name in (line.split()[0] for line in found.stdout.splitlines() if line):
            if name.startswith(f"{_BRIDGE}-"):
                subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", _BRIDGE], capture_output=True, check=False)

    @staticmethod
    def _cable(name: str) -> str:
        return f"r77{name}"[:15]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


class Part:
    """A program on a machine of its own, which is started, killed, cut off and started again."""

    def __init__(
        self,
        network: Network,
        name: str,
        number: int,
        command: list[str],
        *,
        port: int,
        env: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.network, self.name, self.port = network, name, port
        self.address = network.address(number)
        self._command = [*network.plug(name, number), *command]
        self._env = dict(env)
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def start(self) -> None:
        """Start it; returns when it takes connections, or is there if it takes none."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(
                    self._command, cwd=ROOT, env=self._env, stdout=output, stderr=output
                )
            while self.process.poll() is None:
                if not self.port or self._answers():
                    return
                assert time.monotonic() < deadline, f"{self.name}: {self.tail()}"
                time.sleep(0.1)
            # What it left when it was killed may still be in its way.
            assert time.monotonic() < deadline, f"{self.name} ended: {self.tail()}"
            time.sleep(0.5)

    def kill(self) -> None:
        """Kill -9 of everything on the machine, as when its power fails."""
        if self.process is None or self.process.poll() is not None:
            return
        for pid in (self.process.pid, *descendants(self.process.pid)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def memory(self) -> int:
        """Megabytes that its processes hold for themselves (PSS)."""
        assert self.process is not None
        total = 0
        for pid in (self.process.pid, *descendants(self.process.pid)):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next(int(line.split()[1]) for line in rollup.splitlines() if "Pss:" in line)
        return total // 1024

    def tail(self) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-1500:]

    def _answers(self) -> bool:
        try:
            socket.create_connection((self.address, self.port), timeout=1).close()
        except OSError:
            return False
        return True
