"""``make check`` finds what it says it looks for."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest

from tools import check_security

#: Made up, and joined here so that this file holds none.
SECRETS = {
    "AWS Access Key": "AKIA" + "QWERTYUIOPASDFGH",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub Token": "ghp_" + "a1B2c3D4e5" * 3 + "a1B2c3",
}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder under git that stands for the project."""
    monkeypatch.setattr(check_security, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        subprocess.run(["git", "-C", tmp_path, "add", name], check=True)

    return write


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_in_a_file_that_is_kept_is_found(kept, kind):
    kept("notas.md", f"uno\n{SECRETS[kind]}\n")
    assert any(
        found.startswith("notas.md:2:") and kind in found for found in check_security.secrets()
    )


def test_a_file_without_one_is_fine(kept):
    kept("notas.md", "patente BBCL21, RUT 12.345.678-5\n")
    assert check_security.secrets() == []


def test_a_risky_call_is_found_unless_its_reason_stands_there(kept, monkeypatch):
    monkeypatch.setattr(check_security, "CODE", ("code.py",))
    kept("code.py", "import subprocess\nsubprocess.run('ls ' + x, shell=True)\n")
    assert ["B602" in found for found in check_security.risky_calls()] == [True]
    kept(
        "code.py",
        "import subprocess\nsubprocess.run('ls ' + x, shell=True)  # noqa: S602  # ours\n",
    )
    assert check_security.risky_calls() == []


def test_faults_of_libraries_are_told_and_silence_is_no_failure(monkeypatch, capsys):
    answers = iter(
        [
            '{"dependencies": [{"name": "una", "version": "1", "vulns":'
            ' [{"id": "CVE-1", "fix_versions": ["2"]}]}, {"name": "otra", "skip_reason": "x"}]}',
            "",
        ]
    )

    def ask(*_args: object, **_kwargs: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, next(answers), "")

    monkeypatch.setattr(check_security.subprocess, "run", ask)

    assert check_security.libraries() == ["requirements-dev.lock: una 1 has CVE-1 (mended in 2)"]
    assert "1 of 2 libraries" in capsys.readouterr().out
    assert check_security.libraries() == []
    assert "Nobody answered" in capsys.readouterr().out


def test_the_libraries_that_are_asked_about_are_all_that_are_locked():
    def locked(name: str) -> set[str]:
        lines = (check_security.ROOT / name).read_text("utf-8").splitlines()
        return {line.split()[0] for line in lines if "==" in line.split(" ")[0]}

    for name in ("requirements.lock", "requirements-demo.lock"):
        assert locked(name)
        assert locked(name) <= locked(check_security.LOCK), name


@pytest.fixture
def uv(kept, monkeypatch):
    """What uv answers: newest versions, and of one library the newest before a day."""
    kept(
        "requirements-dev.lock",
        "una==1.0 \\\n    --hash=sha256:0\notra==2.0 ; python_version < '4'\n",
    )
    asked = []

    def answer(newest: str | None, then: str = ""):
        def ask(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
            asked.append((command, options["input"]))
            text = then if "--exclude-newer" in command else newest
            return subprocess.CompletedProcess([], 0 if text else 2, text or "", "")

        monkeypatch.setattr(subprocess, "run", ask)
        return asked

    return answer


def test_a_library_that_was_left_behind_for_three_months_is_a_finding(uv, capsys):
    asked = uv("una==1.2\notra==2.0\n", then="una==1.1\n")

    (found,) = check_security.old_libraries(date(2026, 11, 30))

    assert "una is 1.0, and 1.1 is older than 92 days" in found
    assert "Of 1 of 2 libraries" in capsys.readouterr().out
    command, wanted = asked[-1]
    assert wanted == "una>1.0"
    assert command[command.index("--exclude-newer") + 1] == "2026-08-30"


def test_a_newer_version_of_yesterday_is_none_yet_and_silence_is_told(uv, capsys):
    uv("una==1.2\notra==2.0\n")
    assert check_security.old_libraries() == []
    uv(None)
    assert check_security.old_libraries() == []
    assert "Nobody answered about newer versions" in capsys.readouterr().out
