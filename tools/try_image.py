"""Run the Dockerfile where no container engine is: every instruction, in a clean Debian root.

    sudo python3 tools/try_image.py ROOT

ROOT is a Debian root that stands for the base image, with Python 3.11 or newer (debootstrap makes
one). Each stage is an overlay above it, so nothing in ROOT changes and what lies in the last
stage's overlay is what the image adds to its base. Then the image is started as compose.yaml does
(its user, no capability, a root that cannot be written), until its HEALTHCHECK is content, and
stopped: once whole, once as web and consumer apart. Needs root and Linux; everything that is
mounted goes away with the process.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
#: Seconds that compose.yaml gives the container to stop, and that we give it to get healthy.
GRACE, START = 40, 120
BASE_ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
#: What belongs in the first stage only.
BUILD_TOOLS = re.compile(r"(^|/)(pip3?|gcc|g\+\+|cc|make|git|rustc|setuptools|wheel)(-[\d.]+)?$")
#: What has to be in the environment of a production; compose takes it from .env.
SETTINGS = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BASE_URL": "https://rastro.example",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_FROM": "rastro@rastro.example",
}
WEB = "gunicorn --bind 0.0.0.0:{port} --worker-class app.server.worker.Web --workers 2 --threads 8"
WEB += " --worker-tmp-dir /dev/shm --no-control-socket --log-level warning wsgi:app"


@dataclass
class Stage:
    """One stage of the build: an overlay above the base, and what was said of it."""

    name: str
    folder: Path
    env: dict[str, str] = field(default_factory=lambda: dict(BASE_ENV))
    workdir: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The stage as a process in it sees it."""
        return self.folder / "root"

    @property
    def added(self) -> Path:
        """What it adds to the base."""
        return self.folder / "added"


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile with their continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word:
            yield word.upper(), " ".join(rest.split())


def ignored(name: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps a path out of the build; the last pattern that fits decides."""
    result = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!").removeprefix("**/")
        parts = [name, *(str(parent) for parent in Path(name).parents if str(parent) != ".")]
        if pattern.startswith("**/"):
            parts = list(Path(name).parts)
        if any(fnmatch.fnmatch(part, wanted) for part in parts):
            result = not pattern.startswith("!")
    return result


def copy(stage: Stage, rest: str, stages: list[Stage], patterns: list[str]) -> None:
    """COPY: of the sources, or of another stage."""
    words = rest.split()
    origin = SOURCE
    if words[0].startswith("--from="):
        name = words.pop(0).removeprefix("--from=")
        origin = next(each for each in stages if each.name == name).root
    *names, last = words
    target = stage.root / (Path(stage.workdir) / last).as_posix().lstrip("/")
    for name in names:
        source = origin / name.lstrip("/")
        if not source.is_dir():
            if origin == SOURCE and ignored(name, patterns):
                raise SystemExit(f"COPY {name}: .dockerignore leaves it out")
            into = target / source.name if last.endswith(("/", ".")) else target
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into)
            continue

        def leave_out(folder: str, found: list[str]) -> list[str]:
            if origin != SOURCE:
                return []
            inside = Path(folder).relative_to(SOURCE)
            return [each for each in found if ignored(str(inside / each), patterns)]

        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=leave_out)


def run_in(
    stage: Stage, command: list[str], *, env: dict[str, str] | None = None, quiet: bool = False
) -> subprocess.Popen[bytes]:
    """Start a program in a stage as its user, without any capability when that is not root."""
    identity = []
    if stage.user != "0":
        identity = ["setpriv", f"--reuid={stage.user}", f"--regid={group_of(stage)}"]
        identity += ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    values = [f"{key}={value}" for key, value in {**stage.env, **(env or {})}.items()]
    inside = ["env", "-i", "-C", stage.workdir, *values, *command]
    errors = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(["chroot", str(stage.root), *identity, *inside], stderr=errors)


def group_of(stage: Stage) -> str:
    """The group of the stage's user, as the engine would read it in its /etc/passwd."""
    for line in (stage.root / "etc/passwd").read_text().splitlines():
        parts = line.split(":")
        if stage.user in (parts[0], parts[2]):
            return parts[3]
    return stage.user


def mount(*arguments: str) -> None:
    """Mount in this process's own view; it goes away with the process."""
    subprocess.run(["mount", *arguments], check=True)


def begin(name: str, base: Path, work: Path) -> Stage:
    """FROM: a new overlay above the base, with what a process needs to run in it."""
    stage = Stage(name, work / name)
    for folder in ("added", "work", "root"):
        (stage.folder / folder).mkdir(parents=True)
    options = f"lowerdir={base},upperdir={stage.added},workdir={stage.folder / 'work'}"
    mount("-t", "overlay", "overlay", "-o", options, str(stage.root))
    mount("-t", "proc", "proc", str(stage.root / "proc"))
    mount("--rbind", "/dev", str(stage.root / "dev"))
    mount("-t", "tmpfs", "shm", str(stage.root / "dev/shm"))
    if not (stage.root / "usr/local/bin/python").exists():  # the official image's name for it
        (stage.root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    return stage


def build(base: Path, work: Path) -> Stage:
    """Every instruction of the Dockerfile in its order. Returns the last stage."""
    patterns = (SOURCE / ".dockerignore").read_text().split("\n")
    patterns = [line for line in patterns if line and not line.startswith("#")]
    stages: list[Stage] = []
    for word, rest in instructions((SOURCE / "Dockerfile").read_text()):
        print(f"--> {word} {rest[:90]}", flush=True)
        if word == "FROM":
            name = rest.split(" AS ")[1] if " AS " in rest else f"stage{len(stages)}"
            stages.append(begin(name, base, work))
            continue
        stage = stages[-1]
        if word == "WORKDIR":
            stage.workdir = rest
            (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            copy(stage, rest, stages, patterns)
        elif word == "ENV":
            for pair in rest.split():
                key, _, value = pair.partition("=")
                stage.env[key] = value.replace("$PATH", stage.env["PATH"])
        elif word == "RUN":
            if (
                run_in(stage, ["sh", "-c", rest], env={"HOME": "/root", "PIP_QUIET": "1"}).wait()
                != 0
            ):
                raise SystemExit(f"RUN failed: {rest}")
        elif word == "USER":
            stage.user = rest
        elif word == "VOLUME":
            stage.volumes.append(rest)
        elif word == "CMD":
            stage.command = json.loads(rest)
        elif word == "HEALTHCHECK":
            stage.health = json.loads(rest.split("CMD", 1)[1])
        elif word != "EXPOSE":
            raise SystemExit(f"Unknown instruction: {word}")
    return stages[-1]


def weigh(stage: Stage) -> None:
    """Say what the image adds to its base, and see that no build tool came along."""
    sizes: dict[str, int] = {}
    for path in stage.added.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        inside = path.relative_to(stage.added)
        if BUILD_TOOLS.search(str(inside)) or BUILD_TOOLS.search(str(inside.parent)):
            raise SystemExit(f"A build tool lies in the image: {inside}")
        top = "/".join(inside.parts[:2]) if inside.parts[0] == "rastro" else inside.parts[0]
        sizes[top] = sizes.get(top, 0) + path.stat().st_size
    print(f"The image adds {sum(sizes.values()) / 1e6:.0f} MB to its base:")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:8]:
        print(f"    {size / 1e6:7.1f} MB  /{name}")


def seal(stage: Stage) -> None:
    """As compose.yaml starts it: the root read-only, /tmp and the volumes not."""
    owners = {volume: (stage.root / volume.lstrip("/")).stat() for volume in stage.volumes}
    mount("-o", "remount,ro", str(stage.root))
    mount("-t", "tmpfs", "tmp", str(stage.root / "tmp"))
    for volume, owner in owners.items():
        folder = str(stage.root / volume.lstrip("/"))
        mount("-t", "tmpfs", "volume", folder)
        # A new volume takes owner and mode from the image.
        os.chown(folder, owner.st_uid, owner.st_gid)
        os.chmod(folder, owner.st_mode & 0o777)


@contextmanager
def started(stage: Stage, commands: list[list[str]], env: dict[str, str]) -> Iterator[None]:
    """Start programs of the image, wait until it is healthy, and stop them in order."""
    began = time.monotonic()
    processes = [run_in(stage, command, env=env) for command in commands]
    try:
        while run_in(stage, stage.health, env=env, quiet=True).wait() != 0:
            if time.monotonic() - began > START or any(p.poll() is not None for p in processes):
                raise SystemExit(f"{commands} is not healthy")
            time.sleep(1)
        print(f"Healthy after {time.monotonic() - began:.0f} s: {commands}", flush=True)
        yield
    finally:
        began = time.monotonic()
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(GRACE) for process in processes]
    print(f"Stopped in {time.monotonic() - began:.0f} s with {codes}", flush=True)
    if any(codes):
        raise SystemExit("It did not stop in order")


def must(stage: Stage, command: list[str], env: dict[str, str]) -> None:
    """Run a command in the image as ``docker compose exec`` would."""
    if run_in(stage, command, env=env).wait() != 0:
        raise SystemExit(f"{command} failed")


def main() -> None:
    """Build, weigh, start and stop."""
    if len(sys.argv) not in {2, 3} or os.geteuid() != 0:
        sys.exit(__doc__)
    if len(sys.argv) == 2:
        # Itself, where mounts end with the process.
        alone = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork"]
        alone += ["--kill-child", sys.executable, *sys.argv]
        with tempfile.TemporaryDirectory(prefix="rastro-image-") as folder:
            sys.exit(subprocess.run([*alone, folder], check=False).returncode)
    work = Path(sys.argv[2])
    stage = build(Path(sys.argv[1]).resolve(), work)
    weigh(stage)
    seal(stage)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = {**SETTINGS, "PORT": port}
    with started(stage, [stage.command], env):
        must(stage, ["flask", "init", "ana@oficina.example", "Ana Vega"], env)
        must(stage, ["flask", "backup", "create"], env)
        must(stage, ["python", "-c", "import os; assert os.getuid() == 10001"], env)
        if run_in(stage, ["touch", "/rastro/app/x"], env=env, quiet=True).wait() == 0:
            raise SystemExit("The program can be written")
    apart = [WEB.format(port=port).split(), ["python", "huey_consumer.py"]]
    with started(stage, apart, env):
        pass
    print("The image works.")


if __name__ == "__main__":
    main()
