"""``make run``: one process that starts the others, replaces what dies, and stops cleanly.

Run by its path (``python app/supervisor.py``). It imports the application once and uses nothing of
it: web and consumer are forks, which begin at once and share that memory (three imports took four
seconds and twice the memory). It holds no database handle and no thread, as a fork demands, and
what it runs itself is of the standard library. Measured before it was written this way: a
second start is refused by a file lock; a killed child is replaced; SIGTERM lets a request and a
job finish; kill -9 of the supervisor leaves no child behind (``PR_SET_PDEATHSIG``: gunicorn and
the consumer get a SIGTERM from the kernel, and gunicorn stops its workers).

From SIGTERM to the end it takes as long as what is under way, and at most 26 seconds: requests
and jobs get 20 (gunicorn's ``--graceful-timeout``, the consumer's ``GRACE``), the processes 25,
and then they are killed. An interrupted job is done again at the next start. Tried by
``tests/drills/supervision.py``.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import importlib
import importlib.util
import json
import os
import runpy
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
#: Seconds that the children have to finish what they are doing; then they are killed.
GRACE = 25
#: Seconds before a dead child is started again; it doubles while the child keeps dying.
RESTART_DELAY = 0.5
RESTART_DELAY_MAX = 8.0
#: A child that lived this long is healthy again.
HEALTHY_AFTER = 30
#: Seconds before a child is started again that ran and was killed: it did not fail by itself.
KILLED_DELAY = 0.1
#: A child that was killed sooner than this had not started to work.
RAN_AFTER = 1.0
#: Seconds that a web process which lost its master may still hold the port.
PORT_PATIENCE = 4.0
#: Seconds that what a killed child had started itself may go on (``ORPHAN`` of the web's workers).
ORPHANS_GO_ON = 30.0
#: Connections that wait to be taken.
BACKLOG = 2048
#: Seconds between looks at the code, for who works on it.
LOOK = 1.0
PR_SET_PDEATHSIG = 1
#: What web, consumer and ``flask prepare`` are made of.
SHARED = (
    "app.features",
    "app.jobs.consumer",
    "app.server.worker",
    "app.web.process_log",
    "flask.cli",
    "gunicorn.app.wsgiapp",
)
NO_MAILBOX = (
    "Sin buzón de demostración: falta la biblioteca aiosmtpd, que `make run` instala. Los avisos "
    "no salen hasta que complete SMTP_HOST."
)

_libc = ctypes.CDLL(None, use_errno=True)


class Become(BaseException):
    """Raised in a fork, so that it leaves the supervisor's calls before it runs its own program."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self.command = command


class Forked:
    """A child that began as a copy of this process; as ``subprocess.Popen``, where that is used."""

    def __init__(self, pid: int, stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdout: IO[bytes] | None = stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs. Minus the signal's number, if one ended it."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        code = self._reap(0)
        return 0 if code is None else code

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended: the number may be another's then."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


@dataclass
class Child:
    """A process of the family, and how it has fared."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | Forked | None = None
    started: float = 0.0
    delay: float = RESTART_DELAY
    restart_at: float = 0.0
    #: Whether it is stopped and started when the code changes.
    reloads: bool = False
    #: Whether it is a copy of this process, which has imported what it is made of.
    forks: bool = False
    #: Open descriptors that it inherits.
    descriptors: tuple[int, ...] = ()
    pending: bytes = field(default=b"", repr=False)
    #: Its processes that died, each with the moment: their own children may work on for a while.
    died: list[tuple[int, float]] = field(default_factory=list)


class Supervisor:
    """Keeps the children running until it is told to stop."""

    def __init__(self, env: dict[str, str], output: IO[str]) -> None:
        self.env = env
        self.output = output
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        #: Where the web listens. Held here, so that clients wait while it is replaced.
        self.listener: socket.socket | None = None
        #: What this process holds and no copy of it may hold on to.
        self.lock: IO[str] | None = None
        self.code = 0.0
        self.look_at = 0.0

    def add(
        self,
        name: str,
        command: list[str],
        *,
        reloads: bool = False,
        forks: bool = False,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        """Have a child run; it is started by ``run``, and again when the code changes if it
        ``reloads``. It inherits the open ``descriptors``. If it ``forks``, its command is one of
        Python, and what it imports was imported here (``share_application``).
        """
        self.children.append(
            Child(name, command, reloads=reloads, forks=forks, descriptors=descriptors)
        )

    def run(self, announce: list[str], health_url: str) -> int:
        """Start everything, say where it is, and watch until SIGTERM or Ctrl-C. Returns 0."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._on_signal)
        for child in self.children:
            self._start(child)
        announced = False
        while not self.stopping:
            self._copy_logs(0.2)
            self._replace_dead()
            self._reload_changed()
            if not announced and answers(health_url):
                announced = True
                for line in announce:
                    self._say(line)
        self._stop_all()
        return 0

    def _on_signal(self, _signum: int, _frame: object) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        if child.forks:
            child.process = fork(child.command, self.env, partial(self._let_go, child))
        else:
            child.process = subprocess.Popen(  # noqa: S603  # our own command lines
                child.command,
                bufsize=0,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=child.descriptors,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
                preexec_fn=partial(_die_with_parent, os.getpid()),  # this process has no threads
            )
        child.started = time.monotonic()
        child.restart_at = 0.0
        stdout = child.process.stdout
        if stdout is not None:
            os.set_blocking(stdout.fileno(), False)
            self.selector.register(stdout, selectors.EVENT_READ, child)

    def _let_go(self, child: Child) -> None:
        """In a fork that becomes this child: close what is the supervisor's."""
        for key in list(self.selector.get_map().values()):
            pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]  # registered in _start
            pipe.close()
        self.selector.close()
        if self.listener is not None and self.listener.fileno() in child.descriptors:
            self.listener.detach()  # its number stays open, for the child's program
        elif self.listener is not None:
            self.listener.close()
        if self.lock is not None:
            self.lock.close()  # the supervisor's own handle holds it on

    def _copy_logs(self, timeout: float) -> None:
        for key, _events in self.selector.select(timeout):
            child: Child = key.data
            try:
                data = os.read(key.fd, 65536)
            except BlockingIOError:
                continue
            if not data:
                if child.pending:
                    self._say(f"[{child.name}] {child.pending.decode(errors='replace')}")
                    child.pending = b""
                self.selector.unregister(key.fileobj)
                pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]  # registered in _start
                pipe.close()
                continue
            *lines, child.pending = (child.pending + data).split(b"\n")
            for line in lines:
                self._say(f"[{child.name}] {line.decode(errors='replace')}")

    def _replace_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            if child.restart_at == 0.0:
                child.died.append((child.process.pid, now))
                child.delay = _next_delay(child, now - child.started)
                child.restart_at = now + child.delay
                self._say(
                    f"[supervisor] {child.name} terminó (código {child.process.returncode}); "
                    f"se inicia otra vez en {child.delay:g} s."
                )
            elif now >= child.restart_at:
                self._start(child)

    def _reload_changed(self) -> None:
        """Stop in order who runs code that changed since; as a dead one it is started again."""
        reloading = [child for child in self.children if child.reloads]
        now = time.monotonic()
        if not reloading or now < self.look_at:
            return
        self.look_at = now + LOOK
        code, self.code = self.code, newest_code(ROOT)
        if code and self.code > code:
            for child in reloading:
                self._say(f"[supervisor] Cambió el código: {child.name} se inicia otra vez.")
                # Changed code has not failed yet; when it does, the wait grows as for any other.
                child.delay = RESTART_DELAY / 2
                child.restart_at = min(child.restart_at, now)
                _signal(child, signal.SIGTERM)

    def _stop_all(self) -> None:
        self._say("[supervisor] Cerrando: se espera a que termine lo que está en curso.")
        if self.listener is not None:
            self.listener.close()  # the web closes its own when it has no more to answer
        alive = [child for child in self.children if child.process and child.process.poll() is None]
        for child in alive:
            _signal(child, signal.SIGTERM)
        for child in self.children:
            _signal_orphans(child)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            self._copy_logs(0.1)
            if all(child.process is None or child.process.poll() is not None for child in alive):
                break
        for child in alive:
            if child.process and child.process.poll() is None:
                self._say(f"[supervisor] {child.name} no terminó en {GRACE} s y se interrumpe.")
                _signal(child, signal.SIGKILL)
                child.process.wait()
        while self.selector.get_map() and time.monotonic() < deadline + 1:
            self._copy_logs(0.1)
        self._say("[supervisor] Cerrado.")

    def _say(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(line, file=self.output, flush=True)


def _die_with_parent(parent: int) -> None:
    """Have the kernel end this child when the supervisor dies, even by kill -9."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # the supervisor died before prctl took effect
        os._exit(1)


def share_application() -> None:
    """Import what the forks are made of. Nothing of it may start a thread or open a connection."""
    sys.path[0] = str(ROOT)  # was the folder of this file, whose packages are not to be found there
    gc.disable()  # nothing that is imported is garbage
    for module in SHARED:
        importlib.import_module(module)
    # Else each fork would find out by itself how the tables belong together, at its first question.
    importlib.import_module("sqlalchemy.orm").configure_mappers()
    gc.freeze()  # a collection would write into what the forks share
    gc.enable()


def fork(
    command: list[str],
    env: dict[str, str],
    let_go: Callable[[], None],
    *,
    errors_too: bool = True,
) -> Forked:
    """Start a Python command line as a copy of this process; ``let_go`` closes what is not its.

    What it prints is read from the result's ``stdout``, also its errors unless they are to go
    where this process' errors go.

    Raises:
        Become: in the copy; whoever began this process runs its command then.
    """
    parent = os.getpid()
    receiving, giving = os.pipe()
    sys.stdout.flush()
    # A signal that came before the copy has its own handlers would be lost in the supervisor's.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
        os.close(giving)
        return Forked(pid, os.fdopen(receiving, "rb", 0))
    os.close(receiving)
    os.setsid()  # Ctrl-C reaches the supervisor alone, which stops in order
    _die_with_parent(parent)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(
            signum, signal.SIG_DFL if signum == signal.SIGTERM else signal.default_int_handler
        )
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
    let_go()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(giving, 1)
    if errors_too:
        os.dup2(giving, 2)
    for spare in (nothing, giving):
        os.close(spare)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    raise Become(command)


def run_program(command: list[str]) -> NoReturn:
    """Do what ``python`` would with the rest of this command line, in this process.

    It is named by its program, so that ``ps`` tells the members of the family apart.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text file
    arguments = command[1:]
    with contextlib.suppress(ImportError):
        importlib.import_module("setproctitle").setproctitle(" ".join(command))
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(str(ROOT / arguments[0]), run_name="__main__")
    sys.exit(0)


def _next_delay(child: Child, lived: float) -> float:
    """Seconds until a dead child is started again."""
    code = child.process.returncode if child.process else 0
    if code == -signal.SIGKILL and lived > RAN_AFTER:
        return KILLED_DELAY
    if lived > HEALTHY_AFTER:
        return RESTART_DELAY
    return max(RESTART_DELAY, min(child.delay * 2, RESTART_DELAY_MAX))


def _signal(child: Child, signum: int) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(signum)


def _signal_orphans(child: Child) -> None:
    """Have those stop whose master was killed lately: each child leads a group of its own."""
    for pid, moment in child.died:
        if time.monotonic() - moment < ORPHANS_GO_ON:  # later the pid may be reused
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGTERM)


def newest_code(root: Path) -> float:
    """When a Python file of the application was last changed."""
    files = [*root.glob("*.py"), *(root / "app").rglob("*.py")]
    return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)


def answers(url: str) -> bool:
    """Whether the web answers, healthy or not yet."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own address
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listen(host: str, port: int, patience: float = PORT_PATIENCE) -> socket.socket | None:
    """A socket that takes connections there; None when another program has the port.

    A web process that outlived its killed master gives it back within ``patience`` seconds.
    """
    deadline = time.monotonic() + patience
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(BACKLOG)
            return listener
        except OSError:
            listener.close()
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.2)


def lock_instance(folder: Path) -> IO[str] | None:
    """Hold the data folder for this process family; None when another one holds it.

    The kernel drops the lock when the process dies, however it dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "rastro.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def prepare(env: dict[str, str], let_go: Callable[[], None]) -> dict[str, object] | int:
    """Migrate, and fill a new database with the demo where that is allowed.

    Returns what ``flask prepare`` reports, or its exit code when it refused.
    """
    command = [sys.executable, "-m", "app.prepare_installation"]
    done = fork(command, env, let_go, errors_too=False)
    said = done.stdout.read() if done.stdout else b""
    if code := done.wait():
        return code
    report: dict[str, object] = json.loads(said.decode().strip().splitlines()[-1])
    return report


def has_mail_server() -> bool:
    """Whether the library of the demo's mail server is installed; production goes without it."""
    return importlib.util.find_spec("aiosmtpd") is not None


def demo_services(env: dict[str, str], instance: Path) -> list[tuple[str, list[str]]]:
    """The demo's own provider and mail server, where nothing else was configured.

    Without the library of the mail server there is none, and who sends a mail is told that
    SMTP_HOST is missing.
    Changes ``env`` so that the application talks to them.
    """
    services = []
    if not (env.get("PROVIDER_API_URL") or env.get("BOOSTR_API_URL")):
        port, key = free_port(), secrets.token_urlsafe(24)
        env.update(
            PORTICOS_PROVIDER="generico",
            PROVIDER_API_URL=f"http://127.0.0.1:{port}",
            PROVIDER_API_KEY=key,
            PROVIDER_ALLOW_PRIVATE="true",
            DEMO_PROVIDER_KEY=key,
        )
        script = str(ROOT / "app" / "demo" / "outside" / "provider.py")
        services.append(("proveedor", [sys.executable, script, "--port", str(port)]))
    if not env.get("SMTP_HOST") and has_mail_server():
        port = free_port()
        env.update(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), SMTP_TLS="false")
        script = str(ROOT / "app" / "demo" / "outside" / "mailserver.py")
        folder = str(instance / "buzon")
        services.append(
            ("correo", [sys.executable, script, "--port", str(port), "--folder", folder])
        )
    return services


def main() -> int:
    """Start the family. Returns the exit code."""
    os.umask(0o077)  # its files hold data of people: for this account, and nobody else
    env = dict(os.environ)
    env["PYTHONUNBUFFERED"] = "1"
    env["SUPERVISOR_PID"] = str(os.getpid())  # an orphaned web process checks this pid
    host = env.get("HOST", "127.0.0.1")
    instance = Path(env.get("INSTANCE_DIR") or ROOT / "instance").absolute()
    try:
        lock = lock_instance(instance)
    except OSError as error:
        print(
            f"Rastro no puede escribir en {instance}, la carpeta de los datos ({error.strerror}): "
            f"debe ser del usuario {os.getuid()}, que es el que lo ejecuta.",
            file=sys.stderr,
        )
        return 1
    if lock is None:
        print(
            f"Rastro ya está en marcha con los datos de {instance}. Ciérrelo antes de iniciarlo "
            "otra vez, o use otra carpeta con INSTANCE_DIR.",
            file=sys.stderr,
        )
        return 1
    share_application()
    report = prepare(env, lock.close)
    if isinstance(report, int):
        return report
    port = int(str(report["port"]))
    listener = listen(host, port)
    if listener is None:
        print(
            f"El puerto {port} está ocupado por otro programa. Elija otro: PORT=8001 make run",
            file=sys.stderr,
        )
        return 1
    supervisor = Supervisor(env, sys.stdout)
    supervisor.listener = listener
    supervisor.lock = lock
    reloads = bool(env.get("WEB_RELOAD"))  # changed code must be imported anew
    if report.get("demo"):
        for name, command in demo_services(env, instance):
            supervisor.add(name, command)
    gunicorn = ["-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
    gunicorn += ["--worker-class", "app.server.worker.Web"]
    gunicorn += ["--workers", env.get("WEB_WORKERS", "1"), "--threads", "8"]
    gunicorn += ["--graceful-timeout", "20", "--timeout", "60", "--log-level", "warning"]
    # Its socket for commands would lie in the home folder, which may be read-only, and is not used.
    gunicorn += ["--no-control-socket"]
    if reloads:
        templates = (ROOT / "templates").rglob("*.html")
        gunicorn += ["--reload", *(f"--reload-extra-file={path}" for path in templates)]
    supervisor.add(
        "web",
        [sys.executable, *gunicorn, "wsgi:app"],
        forks=not reloads,
        descriptors=(listener.fileno(),),
    )
    supervisor.add(
        "trabajos", [sys.executable, "huey_consumer.py"], reloads=reloads, forks=not reloads
    )
    shown = "127.0.0.1" if host in {"0.0.0.0", "127.0.0.1"} else host  # noqa: S104  # compared only
    announce = ["", f"  Rastro está listo: http://{shown}:{port}"]
    accounts = report.get("accounts")
    if isinstance(accounts, list) and accounts:
        announce.append("  Cuentas de demostración:")
        announce += [f"    {account}" for account in accounts]
    if report.get("demo") and not env.get("SMTP_HOST"):
        announce.append(f"  {NO_MAILBOX}")
    announce += ["  Ctrl-C lo cierra.", ""]
    return supervisor.run(announce, f"http://{shown}:{port}/health")


if __name__ == "__main__":
    try:
        ended = main()
    except Become as become:
        program = become.command
    else:
        sys.exit(ended)
    run_program(program)  # here, so that no frame of the supervisor is kept
