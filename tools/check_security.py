"""Looks for what an attacker would look for: risky calls, secrets, libraries with known faults.

Run by ``make check``. bandit reads the code (an exception is the one of ruff's rule of the same
number, with its reason), detect-secrets reads every file that is kept for the shapes of keys and
tokens, pip-audit asks about known faults of the locked libraries, and uv about newer versions of
them. Where nobody answers these questions it says so, and is no failure: no machine is without a
network for ever.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CODE = ("app", "config.py", "config_reader.py", "wsgi.py", "huey_consumer.py", "tools")
#: Not read for secrets: hashes of libraries, pictures, what others wrote.
NOT_READ = re.compile(
    r"\.lock$|package-lock\.json$|\.(png|woff2?|pdf|jpg|xlsx|xls|ods)$|^static/vendor/|^tests/"
)
#: File and kind of what looks like a secret and is none, with the reason.
NO_SECRETS = {
    (".env.example", "Basic Auth Credentials"): "shows the form of an address",
    ("deploy/kubernetes/secrets.example.yaml", "Basic Auth Credentials"): "shows the same form",
    ("docs/operacion.md", "Basic Auth Credentials"): "shows the same form",
}
#: Numbers of every program look like these.
NOT_ASKED = {"Public IP (ipv4)"}
#: It names all that the other locks name, and what Rastro is made and tested with.
LOCK = "requirements-dev.lock"
#: Seconds for the question about libraries.
PATIENCE = 60
#: Within how many days a newer version is taken over, as docs/seguridad.md promises.
UPDATE_DAYS = 92
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def main() -> int:
    """Run all four and print what they found; 1 if there is anything."""
    checks = (risky_calls, secrets, libraries, old_libraries)
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda check: check(), checks))
    for problem in (problem for problems in results for problem in problems):
        print(problem)
    return 1 if any(results) else 0


def risky_calls() -> list[str]:
    """What bandit finds of at least medium severity; what is below that, ruff knows."""
    done = subprocess.run(
        [BIN / "bandit", "--quiet", "-ll", "--recursive", *CODE, "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        return [f"bandit did not run: {done.stderr.strip()[-300:]}"]
    return [
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in json.loads(done.stdout)["results"]
        if not _has_reason(one)
    ]


def _has_reason(finding: dict[str, Any]) -> bool:
    """Whether ruff's rule of the same number is excused on one of its lines, with the reason."""
    lines = (ROOT / finding["filename"]).read_text("utf-8").splitlines()
    rule = f"noqa: S{finding['test_id'][1:]}"
    return any(rule in lines[number - 1] for number in finding["line_range"])


def secrets() -> list[str]:
    """Files that are kept and hold what looks like a key, a token or a password in an address."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.plugins.base import RegexBasedDetector

    detectors: dict[str, Any] = get_mapping_from_secret_type_to_class()
    shapes = [
        (kind, shape)
        for kind, detector in detectors.items()
        if issubclass(detector, RegexBasedDetector) and kind not in NOT_ASKED
        for shape in detector().denylist
    ]
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        return ["git does not list the files: secrets were not looked for."]
    found = []
    for name in listed.stdout.splitlines():
        if NOT_READ.search(name) or not (ROOT / name).is_file():
            continue
        text = (ROOT / name).read_text("utf-8", errors="replace")
        for kind, shape in shapes:
            for match in shape.finditer(text):
                if (name, kind) not in NO_SECRETS:
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{name}:{line}: looks like a secret ({kind})")
    return found


def libraries() -> list[str]:
    """Locked libraries with a fault that is known publicly."""
    command = [str(BIN / "pip-audit"), "--requirement", LOCK, "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        answer = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("Nobody answered about known faults of the libraries: they were not looked up.")
        return []
    known = [one for one in answer if "skip_reason" not in one]
    if len(known) < len(answer):
        print(f"Known faults were looked up of {len(known)} of {len(answer)} libraries.")
    return [
        f"{LOCK}: {one['name']} {one['version']} has {fault['id']}"
        f" (mended in {', '.join(fault['fix_versions']) or 'no version'})"
        for one in known
        for fault in one["vulns"]
    ]


def old_libraries(today: date | None = None) -> list[str]:
    """Locked libraries of which a newer version has been there for longer than ``UPDATE_DAYS``.

    What ``pyproject.toml`` excludes is no newer version: a line there says why.
    """
    locked = dict(_PIN.findall((ROOT / LOCK).read_text("utf-8")))
    extras = ("--extra", "demo", "--extra", "dev")
    newest = _resolve(["pyproject.toml", "--universal", "--python-version", "3.11", *extras])
    if newest is None:
        print("Nobody answered about newer versions of the libraries: they were not looked up.")
        return []
    behind = {name: one for name, one in locked.items() if newest.get(name, one) != one}
    print(f"Of {len(behind)} of {len(locked)} libraries there is a newer version.")
    until = (today or datetime.now(UTC).date()) - timedelta(days=UPDATE_DAYS)
    found = []
    for name, version in behind.items():
        then = _resolve(["-", "--no-deps", "--exclude-newer", f"{until}"], f"{name}>{version}")
        if then:
            found.append(
                f"{LOCK}: {name} is {version}, and {then[name]} is older than {UPDATE_DAYS} days:"
                " run uv with --upgrade"
            )
    return found


def _resolve(arguments: list[str], wanted: str = "") -> dict[str, str] | None:
    """Which versions would be chosen today; None if none would, or nobody answered."""
    command = [str(BIN / "uv"), "pip", "compile", *arguments, "--upgrade", "--quiet"]
    try:
        done = subprocess.run(
            [*command, "--no-header", "--no-annotate"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            input=wanted,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return dict(_PIN.findall(done.stdout)) if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
