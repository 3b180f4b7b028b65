"""What deploys Rastro, held to what reads it.

The programs themselves (hadolint, compose, Caddy, systemd) run in ``make check-deploy``. Render's
and Railway's schemas have no licence to copy, so their references are written down here as rules:
https://render.com/docs/blueprint-spec and https://docs.railway.com/config-as-code/reference.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
import yaml

from app.supervisor import GRACE
from config import ROOT
from tests.installation.test_config import PRODUCTION, variables_read

RENDER_SERVICE = {
    "type", "name", "runtime", "plan", "region", "branch", "autoDeployTrigger", "domains",
    "healthCheckPath", "numInstances", "maxShutdownDelaySeconds", "disk", "envVars",
    "dockerfilePath", "dockerContext", "dockerCommand", "preDeployCommand", "buildFilter",
}  # fmt: skip
RENDER_DATABASE = {
    "name", "plan", "databaseName", "user", "region", "postgresMajorVersion", "diskSizeGB",
    "ipAllowList",
}  # fmt: skip
RAILWAY_DEPLOY = {
    "startCommand": str, "preDeployCommand": list, "numReplicas": int, "healthcheckPath": str,
    "healthcheckTimeout": int, "restartPolicyType": str, "restartPolicyMaxRetries": int,
    "requiredMountPath": str, "overlapSeconds": int, "drainingSeconds": int,
}  # fmt: skip
#: What compose.completo.yaml asks for besides what the application reads.
OWN_OF_COMPOSE = {
    "DOMAIN",
    "POSTGRES_PASSWORD",
    "S3_ROOT_PASSWORD",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "WEB_REPLICAS",
    "CONSUMER_REPLICAS",
}
#: What the image brings besides Python and its libraries: it reads papers, and builds nothing.
PROGRAMS_OF_THE_IMAGE = ("tesseract-ocr", "tesseract-ocr-spa")


def read(name: str):
    text = (ROOT / name).read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


@pytest.fixture(scope="module")
def image():
    """The module that runs the Dockerfile without an engine."""
    spec = importlib.util.spec_from_file_location("try_image", ROOT / "tools" / "try_image.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["try_image"] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["try_image"]


def dockerfile(image) -> list[tuple[str, str]]:
    return list(image.instructions((ROOT / "Dockerfile").read_text()))


def last_stage(image) -> list[tuple[str, str]]:
    found = dockerfile(image)
    return found[max(place for place, (word, _) in enumerate(found) if word == "FROM") :]


def volume_of(image) -> str:
    return next(rest for word, rest in last_stage(image) if word == "VOLUME")


def test_the_image_copies_the_whole_program_and_nothing_that_is_kept_out_of_it(image):
    patterns = (ROOT / ".dockerignore").read_text().split()
    copied = [
        name
        for word, rest in last_stage(image)
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    ]

    assert {path.name for path in ROOT.glob("*.py")} <= set(copied)
    assert {"app", "migrations", "static", "templates"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert not image.ignored(name, patterns), name
    for name in (
        ".env",
        ".git",
        "instance/rastro.sqlite3",
        "secretos/SECRET_KEY",
        "tests/conftest.py",
        "docs/manual.md",
    ):
        assert image.ignored(name, patterns), name
    assert image.ignored("app/__pycache__/db.cpython-311.pyc", patterns)


def test_the_last_stage_runs_as_nobody_special_and_brings_no_tool_that_builds(image):
    stage = last_stage(image)
    words = [word for word, _ in stage]

    assert words.count("USER") == words.count("HEALTHCHECK") == words.count("CMD") == 1
    assert next(rest for word, rest in stage if word == "USER") == "10001"
    runs = [rest for word, rest in stage if word == "RUN"]
    [installs] = [rest for rest in runs if re.search(r"\bapt(-get)?\b", rest)]
    steps = [" ".join(step.split()) for step in installs.split("&&")]
    assert steps == [
        "apt-get update",
        f"apt-get install -y --no-install-recommends {' '.join(PROGRAMS_OF_THE_IMAGE)}",
        "rm -rf /var/lib/apt/lists/*",
    ]
    commands = " ".join(runs)
    assert not re.search(r"\b(pip|gcc|make|curl|wget|build-essential|[\w-]+-dev)\b", commands)
    assert [word for word, _ in dockerfile(image)].count("FROM") == 2
    assert "--require-hashes" in next(rest for word, rest in dockerfile(image) if word == "RUN")


@pytest.mark.parametrize("name", ["compose.yaml", "compose.completo.yaml"])
def test_compose_names_only_what_is_there(name, image):
    found = read(name)
    volumes, services = set(found["volumes"]), found["services"]
    for service, values in services.items():
        for volume in values.get("volumes", ()):
            source = volume.split(":")[0]
            # Docker makes the folder of secrets where it is missing.
            there = source in volumes or (ROOT / source).is_file() or source == "./secretos"
            assert there, service
        assert set(values.get("depends_on", ())) <= set(services), service
        if not values.get("build"):
            assert re.fullmatch(r"[a-z/]+:[\w.-]*\d[\w.-]*", values["image"]), "a version is named"
        else:
            secrets = "./secretos:/run/secrets:ro"
            assert values["volumes"] == [f"instance:{volume_of(image)}", secrets]
            assert values["environment"]["CREDENTIALS_DIRECTORY"] == "/run/secrets"
            asked = set(values["environment"])
            assert asked <= variables_read() | OWN_OF_COMPOSE
            assert values["read_only"] is True
            assert values["cap_drop"] == ["ALL"]
            assert int(values["stop_grace_period"].removesuffix("s")) > GRACE
    outside = [service for service, values in services.items() if "ports" in values]
    assert outside == (["rastro"] if name == "compose.yaml" else ["caddy"])
    # The files that it names are those of a newcomer in the folder of the project.
    text = (ROOT / name).read_text()
    assert "env_file: .env" in text
    assert "build: ." in text
    assert set(re.findall(r"\$\{(\w+)", text)) <= variables_read() | OWN_OF_COMPOSE


def test_render_reads_a_blueprint_that_it_takes(image):
    found = read("render.yaml")
    assert set(found) == {"services", "databases"}
    (service,), (database,) = found["services"], found["databases"]
    assert set(service) <= RENDER_SERVICE
    assert set(database) <= RENDER_DATABASE
    assert (service["type"], service["runtime"]) == ("web", "docker")
    assert (ROOT / service["dockerfilePath"]).is_file()
    # «max shutdown delay is not supported for services with a disk», and one has one instance.
    assert "maxShutdownDelaySeconds" not in service
    assert service["numInstances"] == 1
    assert GRACE + 1 < 30
    assert service["disk"]["mountPath"] == volume_of(image)

    values = {each["key"]: each for each in service["envVars"]}
    assert set(values) <= variables_read()
    assert set(PRODUCTION) <= set(values), "what production needs is asked for"
    for each in values.values():
        (kind,) = set(each) - {"key"}
        assert kind in {"value", "sync", "generateValue", "fromDatabase"}
    assert values["DATABASE_URL"]["fromDatabase"]["name"] == database["name"]
    assert values["TRUSTED_PROXIES"]["value"] == "1"


def test_railway_reads_a_configuration_that_it_takes(image):
    found = read("railway.json")
    assert set(found) == {"$schema", "build", "deploy"}
    assert found["build"]["builder"] == "DOCKERFILE"
    assert (ROOT / found["build"]["dockerfilePath"]).is_file()
    for name, value in found["deploy"].items():
        assert type(value) is RAILWAY_DEPLOY[name], name
    deploy = found["deploy"]
    assert deploy["restartPolicyType"] in {"ALWAYS", "ON_FAILURE", "NEVER"}
    assert deploy["requiredMountPath"] == volume_of(image)
    assert deploy["drainingSeconds"] > GRACE
    assert deploy["numReplicas"] == 1


@pytest.mark.parametrize("platform", ["render.yaml", "railway.json"])
def test_the_address_that_says_how_rastro_is_exists(platform, stranger):
    found = read(platform)
    path = (
        found["services"][0]["healthCheckPath"]
        if platform == "render.yaml"
        else found["deploy"]["healthcheckPath"]
    )

    assert stranger.get(path).is_json


def test_every_target_of_the_issue_is_explained_in_a_line():
    lines = re.findall(r"^([a-z -]+):.*?## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {name: text for names, text in lines for name in names.split()}
    wanted = """dev logs logs-jobs shell db-shell init-db migration migrate rollback reset-db format
    lint type-check check test test-cov bench drill run prod backup-db restore-db update help"""

    assert [name for name in wanted.split() if name not in targets] == []
    assert all(len(text) < 90 for text in targets.values())


@pytest.fixture
def keep_secrets(tmp_path):
    """Runs ``rastro-secreto`` on a folder of its own, with a stand-in for systemd's program."""
    folder, programs = tmp_path / "etc", tmp_path / "programs"
    for each in (folder, programs):
        each.mkdir()
    # Turns letters round, and knows which name a secret was sealed under.
    seal = """#!/bin/sh
for word in "$@"; do case $word in --name=*) name=${word#--name=} ;; esac; done
case $1 in
    encrypt) echo "$name"; rev ;;
    decrypt) cat "$3" | { read -r sealed; [ "$sealed" = "$name" ] || exit 1; rev; } ;;
esac
"""
    for name, text in (("systemd-creds", seal), ("id", "#!/bin/sh\necho 0\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RASTRO_ETC": str(folder),
        "RASTRO_UNITS": str(tmp_path / "units"),
        "RASTRO_APP": str(ROOT),
    }

    def run(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        command = ["sh", str(ROOT / "deploy" / "rastro-secreto.sh"), *words]
        return subprocess.run(
            command, env=env, input=said, capture_output=True, text=True, check=False
        )

    return run


def test_secrets_are_taken_out_of_the_environments_file_and_into_credentials(
    keep_secrets, tmp_path
):
    env = tmp_path / "etc" / "rastro.env"
    env.write_text(
        "PORT=8000\nSECRET_KEY=abc/123|x\nSMTP_PASSWORD='con espacios y $x'\nSMTP_USER=\n"
    )
    env.chmod(0o640)

    assert keep_secrets("mover").returncode == 0

    text = env.read_text()
    assert "abc" not in text
    assert "espacios" not in text
    assert text.startswith("PORT=8000\n")
    assert text.endswith("SMTP_USER=\n")
    assert env.stat().st_mode & 0o777 == 0o640
    assert keep_secrets("lista").stdout.split() == ["SECRET_KEY", "SMTP_PASSWORD"]
    assert keep_secrets("ver", "SMTP_PASSWORD").stdout == "con espacios y $x\n"
    kept = tmp_path / "etc" / "secretos"
    assert "espacios" not in (kept / "SMTP_PASSWORD").read_text()
    assert (kept / "SMTP_PASSWORD").stat().st_mode & 0o077 == 0
    declared = (tmp_path / "units" / "rastro.service.d" / "secretos.conf").read_text()
    assert f"LoadCredentialEncrypted=SECRET_KEY:{kept / 'SECRET_KEY'}\n" in declared


def test_a_secret_is_made_asked_for_and_destroyed_and_none_by_mistake(keep_secrets, tmp_path):
    assert keep_secrets("nuevo", "SECRET_KEY").returncode == 0
    made = keep_secrets("ver", "SECRET_KEY").stdout
    assert len(made) > 60

    again = keep_secrets("nuevo", "SECRET_KEY")
    nothing = keep_secrets("poner", "SECRET_KEY")
    unknown = keep_secrets("poner", "CLAVE", said="x")

    assert again.returncode == nothing.returncode == unknown.returncode == 1
    assert "--cambiar" in again.stderr
    assert "No se escribió nada" in nothing.stderr
    assert "no es un secreto de Rastro" in unknown.stderr
    assert keep_secrets("ver", "SECRET_KEY").stdout == made
    assert keep_secrets("quitar", "SECRET_KEY").returncode == 0
    assert keep_secrets("lista").stdout == ""
    declared = (tmp_path / "units" / "rastro.service.d" / "secretos.conf").read_text()
    assert "LoadCredential" not in declared
    assert keep_secrets().returncode == 2
