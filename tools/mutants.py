"""Change the code of one package in small ways, and print the changes that no test notices.

    make mutants OF=custodia                     all of app/custodia, tried by tests/custodia
    make mutants OF=oficios/rules                one module or folder, tried by tests/oficios
    make mutants OF=jobs MUTANTS="--seconds 3600 --tests tests/jobs tests/drills"
    make mutants OF=rules                        the rules of every package, one after the other
    make mutants OF=mail MUTANTS="--tenths 10"   all of them; otherwise a sample of two in ten

A package has a thousand mutants and more, and half an hour tries a few hundred. So a sample is
tried, the same one for the same --seed; another seed tries others.

mutmut works in a copy of what git knows, so that nothing here is changed. It makes every mutant in
one pass and forks a process for each, which tries the tests that reach it: one to three a second.
A mutant that survives is code that no test of that folder needs, or a test that is missing.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What a mutant may be: mutmut's word, and ours.
_ENDS = {
    "killed": "noticed by a test",
    "timeout": "noticed, it ran too long",
    "survived": "SURVIVED",
    "no tests": "reached by no test",
    "not checked": "not tried, the time was over",
}
#: The end-to-end tests serve the application from processes that know nothing of mutants.
_ARGUMENTS = ["-p", "no:cacheprovider", "-n", "0", "-m", "not e2e"]


def main() -> int:
    """Try the mutants of what the command line names. Returns 1 when nothing could be tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("of", help="a package or module below app/, or «rules» for those of all")
    parser.add_argument("--tests", nargs="+", help="folders or files of tests; tests/<package>")
    parser.add_argument("--seconds", type=int, default=1800, help="in all; 1800")
    parser.add_argument("--tenths", type=int, default=2, help="how many of ten are tried; 2")
    parser.add_argument("--seed", type=int, default=1, help="which ones; 1")
    parser.add_argument("--children", type=int, default=2, help="processes at a time; 2")
    parser.add_argument("--show", type=int, default=60, help="survivors shown as a diff; 60")
    options = parser.parse_args()

    chosen = list(_chosen(options.of))
    if not chosen:
        print(f"There is no app/{options.of} nor app/{options.of}.py.", file=sys.stderr)
        return 1
    # Mutants are numbered within each function: a last digit is a tenth of them, all over the code.
    digits = sorted(random.Random(options.seed).sample(range(10), options.tenths))
    sample = ["*__mutmut_*" + "".join(["[", *map(str, digits), "]"])]
    if options.tenths < 10:
        print(f"A sample: mutants whose number ends in {digits} (--seed {options.seed}).")
    ended = 0
    for place in chosen:
        tests = options.tests or _tests_of(place)
        if not tests:
            print(f"\n{place}: no folder of tests is named after it; use --tests")
            continue
        with tempfile.TemporaryDirectory(prefix="rastro-mutants-") as folder:
            copy = Path(folder)
            _copy(copy)
            _configure(copy, place, tests)
            seconds = options.seconds // len(chosen)
            _run(copy, sample, seconds=seconds, children=options.children)
            ended += _report(copy, place, tests, sample=sample[0], show=options.show)
    return 0 if ended else 1


def _chosen(name: str) -> Iterator[Path]:
    """The module or folder of that name, or the rules of every package."""
    if name == "rules":
        for package in sorted((ROOT / "app").iterdir()):
            yield from _chosen(f"{package.name}/rules")
        return
    for place in (ROOT / "app" / name, ROOT / "app" / f"{name}.py"):
        if place.exists():
            yield place.relative_to(ROOT)


def _tests_of(place: Path) -> list[str]:
    folder = Path("tests") / place.with_suffix("").parts[1]
    return [str(folder)] if (ROOT / folder).is_dir() else []


def _copy(target: Path) -> None:
    """What git knows of this folder, with the changes that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    names = [name for name in listed.split("\0") if name and (ROOT / name).exists()]
    for name in names:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / name).read_bytes())


def _configure(copy: Path, place: Path, tests: list[str]) -> None:
    """Tell mutmut what to change and which tests to try, at the end of the copy's pyproject."""
    inside = str(place) if place.suffix else f"{place}/*"
    beside = sorted(
        path.name for path in copy.iterdir() if path.name not in {"tests", ".git", "pyproject.toml"}
    )
    with (copy / "pyproject.toml").open("a") as settings:
        settings.write(
            "\n[tool.mutmut]\n"
            'source_paths = ["app"]\n'
            f'only_mutate = ["{inside}"]\n'
            f"also_copy = {beside!r}\n"
            f"pytest_add_cli_args_test_selection = {tests!r}\n"
            f"pytest_add_cli_args = {_ARGUMENTS!r}\n"
        )


def _run(copy: Path, sample: list[str], *, seconds: int, children: int) -> None:
    """Run mutmut until it has tried all, or the time is over; what was tried is kept."""
    process = subprocess.Popen(
        [*_mutmut(), "run", "--max-children", str(children), *sample],
        cwd=copy,
        stdout=(copy / "output.txt").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        print(f"The time ({seconds} s) was over before all were tried.")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _report(copy: Path, place: Path, tests: list[str], *, sample: str, show: int) -> int:
    """Print the figures and each survivor with its change. Returns how many were tried."""
    listed = subprocess.run(
        [*_mutmut(), "results", "--all", "true"], cwd=copy, capture_output=True, text=True
    ).stdout
    ends = dict(re.findall(r"^\s+(\S+): (.+)$", listed, re.MULTILINE))
    whole = len(ends)
    ends = {name: end for name, end in ends.items() if fnmatch.fnmatch(name, sample)}
    counts = Counter(ends.values())
    print(f"\n{place}, tried by {' '.join(tests)}: {len(ends)} of {whole} mutants")
    for end, count in counts.most_common():
        print(f"  {count:5}  {_ENDS.get(end, end)}")
    tried = len(ends) - counts["not checked"]
    if not tried:
        said = (copy / "output.txt").read_text(errors="replace").splitlines()
        lines = [line for line in said if line and not "\u2800" <= line[0] <= "\u28ff"]
        print("\n".join(lines[-40:]), file=sys.stderr)  # without what a spinner wrote
    for name in [name for name, end in ends.items() if end == "survived"][:show]:
        shown = subprocess.run(
            [*_mutmut(), "show", name], cwd=copy, capture_output=True, text=True
        ).stdout
        print(f"\n{name}")
        print("\n".join(_change(shown)))
    return tried


def _change(shown: str) -> list[str]:
    """The lines of a diff that differ."""
    return [
        f"  {line}"
        for line in shown.splitlines()
        if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}
    ]


def _mutmut() -> list[str]:
    return [sys.executable, "-m", "mutmut"]


if __name__ == "__main__":
    sys.exit(main())
