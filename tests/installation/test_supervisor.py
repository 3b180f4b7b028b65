"""The supervisor with small children: it starts them, replaces them, and stops in order."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import supervisor
from app.supervisor import (
    ROOT,
    Supervisor,
    answers,
    demo_services,
    free_port,
    listen,
    lock_instance,
)

SLEEPER = "import time; print('listo', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('no'); time.sleep(60)"
NOWHERE = "http://127.0.0.1:9/health"


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Give the test process its signal handlers back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


class Run:
    """A supervisor that runs in the main thread while a second one watches and acts."""

    def __init__(self) -> None:
        self.output = io.StringIO()
        self.supervisor = Supervisor(dict(os.environ), self.output)

    def until(self, condition, announce=(), url: str = NOWHERE, signum=signal.SIGTERM) -> int:
        def watch() -> None:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not condition(self):
                time.sleep(0.02)
            os.kill(os.getpid(), signum)

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = self.supervisor.run(list(announce), url)
        watcher.join()
        return code

    @property
    def text(self) -> str:
        return self.output.getvalue()

    def pids(self) -> list[int]:
        return [child.process.pid for child in self.supervisor.children if child.process]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_child_and_ends_with_zero(signum):
    run = Run()
    run.supervisor.add("uno", [sys.executable, "-c", SLEEPER])
    run.supervisor.add("dos", [sys.executable, "-c", SLEEPER])

    code = run.until(lambda run: run.text.count("listo") == 2, signum=signum)

    assert code == 0
    assert not any(is_alive(pid) for pid in run.pids())
    assert "[uno] listo" in run.text
    assert "[dos] listo" in run.text
    assert run.text.endswith("[supervisor] Cerrado.\n")


def test_a_killed_child_is_replaced():
    run = Run()
    run.supervisor.add("uno", [sys.executable, "-c", SLEEPER])
    killed: list[int] = []

    def kill_once(run: Run) -> bool:
        if run.text.count("listo") == 1 and not killed:
            killed.extend(run.pids())
            os.kill(killed[0], signal.SIGKILL)
        return run.text.count("listo") == 2

    run.until(kill_once)

    assert "se inicia otra vez" in run.text
    assert run.pids() != killed


def test_a_child_that_does_not_stop_is_killed_after_the_grace(monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    run = Run()
    run.supervisor.add("terco", [sys.executable, "-u", "-c", STUBBORN])

    assert run.until(lambda run: "[terco] no" in run.text) == 0
    assert "terco no terminó" in run.text
    assert not is_alive(run.pids()[0])


def test_who_lost_its_master_is_stopped_with_the_others(tmp_path):
    """A killed master's workers go on while the next one starts: nobody waits for them."""
    worker = f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); {SLEEPER}"
    master = (
        "import signal, subprocess, sys\n"
        f"worker = subprocess.Popen([sys.executable, '-c', {worker!r}])\n"
        "signal.signal(signal.SIGTERM, lambda *_: worker.terminate())\n"
        "worker.wait()\n"
    )
    run = Run()
    run.supervisor.add("uno", [sys.executable, "-c", master])
    orphans: list[int] = []
    ended: list[float] = []

    def kill_once(run: Run) -> bool:
        if run.text.count("listo") == 1 and not orphans:
            orphans.append(int((tmp_path / "pid").read_text()))
            os.kill(run.pids()[0], signal.SIGKILL)
        if run.text.count("listo") < 2:
            return False
        ended.append(time.monotonic())
        return True

    run.until(kill_once)

    assert time.monotonic() - ended[0] < 5
    assert not is_alive(orphans[0])
    assert run.text.endswith("[supervisor] Cerrado.\n")


def test_who_works_on_the_code_gets_the_jobs_started_again_and_nothing_else(tmp_path, monkeypatch):
    code = tmp_path / "app" / "oficios" / "rules" / "__init__.py"
    code.parent.mkdir(parents=True)
    code.write_text("A = 1")
    monkeypatch.setattr(supervisor, "ROOT", tmp_path)
    monkeypatch.setattr(supervisor, "LOOK", 0.05)
    run = Run()
    run.supervisor.add("web", [sys.executable, "-c", SLEEPER])
    run.supervisor.add("trabajos", [sys.executable, "-c", SLEEPER], reloads=True)

    def change_once(run: Run) -> bool:
        if run.text.count("listo") == 2 and run.supervisor.code and "Cambió" not in run.text:
            later = time.time() + 5
            os.utime(code, (later, later))
        return run.text.count("[trabajos] listo") == 2

    run.until(change_once)

    assert run.text.count("Cambió el código: trabajos se inicia otra vez") == 1
    assert run.text.count("[web] listo") == 1


def test_code_that_does_not_start_is_tried_again_after_ever_longer_waits(tmp_path, monkeypatch):
    code = tmp_path / "app" / "rules.py"
    code.parent.mkdir()
    code.write_text("A = 1")
    monkeypatch.setattr(supervisor, "ROOT", tmp_path)
    monkeypatch.setattr(supervisor, "LOOK", 0.05)
    run = Run()
    # It lives once; with the changed code it ends at once.
    program = f"'rota' in open({str(code)!r}).read() and exit(3)\n{SLEEPER}"
    run.supervisor.add("trabajos", [sys.executable, "-c", program], reloads=True)

    def break_once(run: Run) -> bool:
        if "listo" in run.text and run.supervisor.code and "Cambió" not in run.text:
            code.write_text("rota")
            later = time.time() + 5
            os.utime(code, (later, later))
        return run.text.count("(código 3)") == 2

    run.until(break_once)

    waits = re.findall(r"se inicia otra vez en ([\d.]+) s", run.text)
    assert waits == ["0.5", "1", "2"]


def test_a_data_folder_that_cannot_be_written_is_told_in_a_sentence():
    done = subprocess.run(
        [sys.executable, "app/supervisor.py"],
        cwd=supervisor.ROOT,
        env={"PATH": os.environ["PATH"], "INSTANCE_DIR": "/proc/rastro"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert "Rastro no puede escribir en /proc/rastro" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_last_line_of_a_child_is_told_even_without_its_end():
    run = Run()
    run.supervisor.add("uno", [sys.executable, "-c", "print('adiós', end='')"])

    run.until(lambda run: "adiós" in run.text)

    assert "[uno] adiós\n" in run.text


def test_the_address_is_announced_once_the_web_answers():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert listen("127.0.0.1", port, patience=0) is None
    server = "import http.server, sys; http.server.test(http.server.SimpleHTTPRequestHandler, "
    server += f"bind='127.0.0.1', port={port})"
    run = Run()
    run.supervisor.add("web", [sys.executable, "-u", "-c", server])

    run.until(
        lambda run: "Rastro está listo" in run.text,
        announce=["Rastro está listo"],
        url=f"http://127.0.0.1:{port}/no/existe",
    )

    assert run.text.count("Rastro está listo") == 1


def test_the_data_folder_is_held_by_one_family_at_a_time(tmp_path):
    first = lock_instance(tmp_path / "datos")
    assert first is not None
    assert lock_instance(tmp_path / "datos") is None

    first.close()
    again = lock_instance(tmp_path / "datos")
    assert again is not None
    again.close()


def test_the_demo_brings_its_own_services_only_where_none_is_configured(tmp_path):
    env: dict[str, str] = {}
    services = demo_services(env, tmp_path)

    assert [name for name, _command in services] == ["proveedor", "correo"]
    assert env["SMTP_HOST"] == "127.0.0.1"
    assert env["PROVIDER_API_URL"].startswith("http://127.0.0.1:")
    assert len(env["PROVIDER_API_KEY"]) > 20
    assert not any(
        env["PROVIDER_API_KEY"] in part for _name, command in services for part in command
    )

    own = {"SMTP_HOST": "mail.example", "PROVIDER_API_URL": "https://api.example"}
    assert demo_services(own, tmp_path) == []
    assert own["SMTP_HOST"] == "mail.example"


def test_a_demo_without_the_library_of_the_mail_server_starts_without_a_mailbox(
    tmp_path, monkeypatch
):
    # As in the image: the standard library and what production installs, but no aiosmtpd.
    monkeypatch.setattr(sys, "path", [each for each in sys.path if "site-packages" not in each])
    for name in [name for name in sys.modules if name.split(".")[0] == "aiosmtpd"]:
        monkeypatch.delitem(sys.modules, name)
    env: dict[str, str] = {}

    assert [name for name, _command in demo_services(env, tmp_path)] == ["proveedor"]
    assert "SMTP_HOST" not in env


def test_production_installs_no_mail_server_and_the_demo_does():
    locked = {
        name: set(re.findall(r"^([\w-]+)==", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
    }

    assert "aiosmtpd" not in locked["requirements.lock"]
    assert "aiosmtpd" in locked["requirements-demo.lock"]
    assert locked["requirements.lock"] < locked["requirements-demo.lock"]
    assert locked["requirements-demo.lock"] < locked["requirements-dev.lock"]


def test_nothing_but_the_demos_mail_server_needs_its_library():
    users = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"^\s*(from|import) aiosmtpd", path.read_text(), re.MULTILINE)
    ]

    assert users == ["app/demo/outside/mailserver.py"]


def test_a_free_port_is_free_and_nobody_answers_there():
    port = free_port()

    listener = listen("127.0.0.1", port)
    assert listener is not None
    listener.close()
    assert not answers(f"http://127.0.0.1:{port}/health")


def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path):
    code = (
        "import os, sys\n"
        "from app.supervisor import Supervisor\n"
        "s = Supervisor(dict(os.environ), sys.stdout)\n"
        f"s.add('uno', [sys.executable, '-c', {SLEEPER!r}])\n"
        f"s.run([], {NOWHERE!r})\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=supervisor.ROOT
    )
    assert parent.stdout is not None
    assert "listo" in parent.stdout.readline()
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    assert len(children) == 1

    parent.kill()
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and is_alive(int(children[0])):
        time.sleep(0.05)
    assert not is_alive(int(children[0]))
