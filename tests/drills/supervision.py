"""(e) The supervisor and its family: stop in order, replace the dead, leave no orphans."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from app.jobs.rules import EstadoTrabajo
from app.supervisor import free_port
from config import ROOT
from tests.drills.stage import Stage
from tests.plugins.served import Served

#: What the README promises: seconds from SIGTERM to the end, whatever is under way.
STOP_BOUND = 26
#: Seconds until a child that was killed does its work again.
REPLACE_BOUND = 12
PREFIXES = ("[web] ", "[trabajos] ", "[supervisor] ", "[proveedor] ", "[correo] ")


def start_family(stage: Stage, log: Path) -> Served:
    """The supervisor on the stage's data, up and healthy."""
    port = free_port()
    env = stage.process_env(PORT=str(port), BASE_URL=f"http://127.0.0.1:{port}")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "app/supervisor.py"],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    stage.families.append(process)
    served = Served(f"http://127.0.0.1:{port}", Path(env["INSTANCE_DIR"]), process, log)
    served.wait_until_healthy()
    return served


def descendants(pid: int) -> list[int]:
    """All processes below one, children of children too."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid for child in children for pid in (int(child), *descendants(int(child)))]


def alive(pids: Iterable[int]) -> list[int]:
    """Those that still run; a zombie does not."""
    running = []
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if "\nState:\tZ" not in status:
            running.append(pid)
    return running


def drill_stop(stage: Stage) -> str:
    """SIGTERM while a request and a job of three seconds are under way: both finish."""
    stage.provider.answer("/porticos/", body={"avistamientos": []}, delay=3)
    served = start_family(stage, stage.folder / "stop.log")
    family = descendants(served.process.pid)
    oficio = stage.put_check()
    stage.wait(lambda: stage.count_states()[EstadoTrabajo.EJECUTANDO] == 1, "the job begins")
    answers: list[int] = []
    request = threading.Thread(target=_slow_request, args=(served.url, 3, answers))
    request.start()
    time.sleep(0.5)

    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    code = served.process.wait(STOP_BOUND + 10)
    seconds = time.monotonic() - began
    request.join()

    assert code == 0, served.read_log()
    assert answers, "the request was cut off"
    assert answers[0] < 500
    stage.judge_checks([oficio])
    assert stage.count_states()[EstadoTrabajo.HECHO] >= 1
    assert seconds < STOP_BOUND, f"{seconds:.1f} s"
    assert not alive(family)
    return f"a 3 s request ({answers[0]}) and a 3 s job finished, exit 0 after {seconds:.1f} s"


def drill_stubborn_job(stage: Stage) -> str:
    """SIGTERM while a job needs longer than anybody waits: it ends in time, and nothing is lost."""
    served = start_family(stage, stage.folder / "stubborn.log")
    stage.provider.answer("/porticos/", body={"avistamientos": []}, delay=29)
    oficio = stage.put_check()
    stage.wait(lambda: stage.count_states()[EstadoTrabajo.EJECUTANDO] == 1, "the job begins")
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(STOP_BOUND + 10) == 0, served.read_log()
    seconds = time.monotonic() - began
    assert seconds < STOP_BOUND, f"{seconds:.1f} s"

    stage.provider.answer("/porticos/", body={"avistamientos": []})
    consumer = stage.start_consumer()
    again = stage.wait_done()
    stage.judge_checks([oficio])
    assert consumer.stop() == 0
    return (
        f"a 29 s job: exit 0 after {seconds:.1f} s, done again {again:.1f} s after the next start"
    )


def drill_orphans(stage: Stage) -> str:
    """kill -9 of the supervisor leaves nobody, and the data folder is free again."""
    served = start_family(stage, stage.folder / "orphans.log")
    family = descendants(served.process.pid)
    assert len(family) >= 3, "gunicorn, its worker and the consumer"
    served.process.kill()
    served.process.wait()
    seconds = stage.wait(lambda: not alive(family), "everybody gone")
    again = start_family(stage, stage.folder / "again.log")
    assert again.stop() == 0
    return f"{len(family)} processes gone {seconds:.1f} s after kill -9, and it starts again"


def drill_replacement(stage: Stage) -> str:
    """Each child is killed in turn: the web answers again, jobs are done again."""
    log = stage.folder / "replacement.log"
    served = start_family(stage, log)
    times = []
    for role in range(3):
        victim = find_roles(served.process.pid)[role]
        os.kill(victim, signal.SIGKILL)
        began = time.monotonic()
        number = stage.put_local()
        stage.wait(partial(_is_replaced, served.process.pid, victim), "new")
        stage.wait(lambda: stage.count_open() == 0, "a job is done")
        stage.wait(lambda: _is_healthy(served.url), "the web is healthy")
        seconds = time.monotonic() - began
        assert seconds < REPLACE_BOUND, f"{seconds:.1f} s\n{served.read_log()}"
        times.append(seconds)
        assert number
    _assert_refused(stage)
    assert served.stop() == 0
    lines = [line for line in served.read_log().splitlines() if line and line[0] != " "]
    strange = [line for line in lines if not line.startswith(PREFIXES)]
    assert not strange, strange
    return (
        "web, its worker, consumer killed: at work again after "
        + ", ".join(f"{seconds:.1f} s" for seconds in times)
        + "; second start refused; every line has its prefix"
    )


def drill_alone(stage: Stage) -> str:
    """wsgi.py and huey_consumer.py without a supervisor, as under systemd or compose."""
    port = free_port()
    log = stage.folder / "alone.log"
    with log.open("ab") as output:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "wsgi:app"],
            cwd=ROOT,
            env=stage.process_env(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    consumer = stage.start_consumer("huey_consumer")
    try:
        stage.wait(lambda: _is_healthy(f"http://127.0.0.1:{port}"), "healthy")
        oficio = stage.put_check()
        stage.wait_done()
        stage.judge_checks([oficio])
        began = time.monotonic()
        assert consumer.stop() == 0
        consumer_seconds = time.monotonic() - began
        stage.wait(
            lambda: not _is_healthy(f"http://127.0.0.1:{port}"),
            "the web says it has no consumer",
        )
    finally:
        web.terminate()
        code = web.wait(30)
    assert code == 0
    return f"both work alone; the consumer stops in {consumer_seconds:.1f} s, and /health says so"


def find_roles(supervisor: int) -> list[int]:
    """The pids of gunicorn's master, its worker, and the consumer, as far as they run."""
    masters, consumers = [], []
    for pid in map(int, Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"gunicorn" in command:
            masters = [pid, *descendants(pid)]
        elif b"huey_consumer" in command:
            consumers = [pid]
    return alive(masters + consumers)


def _is_replaced(supervisor: int, victim: int) -> bool:
    roles = find_roles(supervisor)
    return len(roles) == 3 and victim not in roles


def _is_healthy(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _slow_request(url: str, seconds: float, answers: list[int]) -> None:
    """A form whose second half comes late."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    body = b"email=nadie%40oficina.example&password=x"
    connection.putrequest("POST", "/entrar")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:10])
    time.sleep(seconds)
    try:
        connection.send(body[10:])
        answers.append(connection.getresponse().status)
    except OSError:
        return
    finally:
        connection.close()


def _assert_refused(stage: Stage) -> None:
    second = subprocess.run(
        [sys.executable, "app/supervisor.py"],
        cwd=ROOT,
        env=stage.process_env(PORT=str(free_port())),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode == 1
    assert "Rastro ya está en marcha" in second.stderr
