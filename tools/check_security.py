"""Looks for what an attacker would look for: risky calls, secrets, libraries with known faults.

Run by ``make check``. bandit reads the code (an exception is the one of ruff's rule of the same
number, with its reason), detect-secrets reads every file that is kept for the shapes of keys and
tokens, pip-audit asks about the locked libraries. Where nobody answers that question it says so,
and is no failure: no machine is without a network for ever.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


def main() -> int:
    """Run all three and print what they found; 1 if there is anything."""
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda check: check(), (risky_calls, secrets, libraries)))
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


if __name__ == "__main__":
    sys.exit(main())
