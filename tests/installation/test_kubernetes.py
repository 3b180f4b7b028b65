"""The manifests of deploy/kubernetes, held to what the image and the application take.

``make check-deploy`` holds them to Kubernetes' own schemas.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import create_app
from app.jobs.consumer import GRACE as JOBS_GRACE
from app.jobs.presence import new_consumer_id, present, show_life
from config import ROOT, ConfigError, load_config, product_version
from tests.installation.test_config import PRODUCTION, variables_read
from tests.installation.test_deploy import image, last_stage, read, volume_of  # noqa: F401
from tests.plugins.application import test_config as config_for_tests

FOLDER = ROOT / "deploy" / "kubernetes"
EXAMPLE = "secrets.example.yaml"


def documents(name: str = "*") -> list[dict[str, Any]]:
    return [
        found
        for path in sorted(FOLDER.glob(f"{name}.yaml"))
        if path.name != "kustomization.yaml"
        for found in yaml.safe_load_all(path.read_text())
    ]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [found for found in documents() if found["kind"] in kinds]


def pods() -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Each kind of pod: its name, its specification and its labels."""
    for found in of_kind("Deployment", "Job"):
        template = found["spec"]["template"]
        yield found["metadata"]["name"], template["spec"], template["metadata"]["labels"]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def settings() -> dict[str, str]:
    (config,) = of_kind("ConfigMap")
    (secret,) = of_kind("Secret")
    assert not set(config["data"]) & set(secret["stringData"])
    return {**config["data"], **secret["stringData"]}


def test_kustomize_lists_every_file_but_the_secrets_and_names_this_version():
    found = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())

    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml", EXAMPLE}
    assert set(found["resources"]) == files - {"secrets.yaml"}
    assert found["images"][0]["newTag"] == product_version()
    assert "deploy/kubernetes/secrets.yaml" in (ROOT / ".gitignore").read_text().split()
    for each in documents():
        if each["kind"] != "Namespace":
            assert each["metadata"]["namespace"] == found["namespace"], each["metadata"]["name"]


def test_what_one_names_another_is():
    claims = {each["metadata"]["name"] for each in of_kind("PersistentVolumeClaim")}
    sources = {each["metadata"]["name"] for each in of_kind("ConfigMap", "Secret")}
    configs = {each["metadata"]["name"] for each in of_kind("ConfigMap")}
    labels = {}
    for name, pod, found in pods():
        labels[name] = found
        volumes = {each["name"]: each for each in pod["volumes"]}
        assert {
            each["persistentVolumeClaim"]["claimName"]
            for each in volumes.values()
            if "persistentVolumeClaim" in each
        } <= claims
        assert volumes["secretos"]["secret"]["secretName"] in sources
        for each in containers(pod):
            assert {mount["name"] for mount in each["volumeMounts"]} == set(volumes)
            assert [one["configMapRef"]["name"] for one in each["envFrom"]] == [*configs]
            assert each["image"] == "rastro"
    for each in of_kind("Deployment"):
        name, wanted = each["metadata"]["name"], each["spec"]["selector"]["matchLabels"]
        assert wanted == labels[name]
        (spread,) = each["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert spread["labelSelector"]["matchLabels"] == wanted
    for each in of_kind("PodDisruptionBudget"):
        assert each["spec"]["selector"]["matchLabels"] == labels[each["metadata"]["name"]]
        (scaled,) = (
            one
            for one in of_kind("Deployment")
            if one["metadata"]["name"] == each["metadata"]["name"]
        )
        assert scaled["spec"]["replicas"] > each["spec"]["minAvailable"]
    (service,) = of_kind("Service")
    assert service["spec"]["selector"] == labels["web"]
    (web,) = next(pod for name, pod, _ in pods() if name == "web")["containers"]
    (port,) = web["ports"]
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    assert f"--bind=0.0.0.0:{port['containerPort']}" in web["command"]
    (ingress,) = of_kind("Ingress")
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] in ingress["spec"]["tls"][0]["hosts"]
    assert settings()["BASE_URL"] == f"https://{rule['host']}"
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {
        "name": service["metadata"]["name"],
        "port": {"name": service["spec"]["ports"][0]["name"]},
    }


def test_the_image_finds_what_it_needs(image):  # noqa: F811
    user = int(next(rest for word, rest in last_stage(image) if word == "USER"))
    web_of_compose = read("compose.completo.yaml")["services"]["web"]["command"].split()
    for name, pod, _ in pods():
        assert pod["enableServiceLinks"] is False, "a service named smtp would set SMTP_PORT"
        assert pod["automountServiceAccountToken"] is False
        rights = pod["securityContext"]
        assert (rights["runAsUser"], rights["fsGroup"], rights["runAsNonRoot"]) == (
            user,
            user,
            True,
        )
        for each in containers(pod):
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            places = {mount["mountPath"] for mount in each["volumeMounts"]}
            secrets = settings()["CREDENTIALS_DIRECTORY"]
            assert places == {volume_of(image), secrets, "/tmp"}  # noqa: S108  # in a container
            assert "memory" in each["resources"]["limits"]
        commands = [each["command"] for each in containers(pod)]
        if name == "web":
            assert commands[0] == ["flask", "schema", "wait"]
            # The same as compose, whose «--x y» is «--x=y» here.
            assert " ".join(commands[1]).replace("=", " ").split() == web_of_compose
            (pause,) = [int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])]
            assert pod["terminationGracePeriodSeconds"] > pause + 20
        elif name == "trabajos":
            assert commands == [["flask", "schema", "wait"], ["python", "huey_consumer.py"]]
            assert pod["terminationGracePeriodSeconds"] > JOBS_GRACE
        else:
            assert commands == [["flask", "prepare"]]
    assert Path(settings()["INSTANCE_DIR"]).parent == Path(volume_of(image))


def test_the_variables_are_those_of_the_application_and_enough_once_completed(tmp_path):
    found = settings()
    assert set(found) <= variables_read()
    assert set(PRODUCTION) <= set(found), "what production needs is asked for"
    (plain,), (secret,) = (each["data"] for each in of_kind("ConfigMap")), of_kind("Secret")
    for name, value in secret["stringData"].items():
        (tmp_path / name).write_text(value)
    here = {**plain, "CREDENTIALS_DIRECTORY": str(tmp_path)}

    with pytest.raises(ConfigError, match="SECRET_KEY"):
        load_config(here)
    (tmp_path / "SECRET_KEY").write_text(PRODUCTION["SECRET_KEY"])
    (tmp_path / "BACKUP_PASSPHRASE").write_text("palabras-al-azar-9341")
    config = load_config(here)
    assert config.is_production
    assert {source for _name, source in config.secret_sources} == {"credencial"}
    assert config.storage_type == "s3", "pods share no folder of files"
    assert config.database_url.startswith("postgresql")


def test_probes_of_the_web_ask_what_answers_whatever_else_is_down(stranger, tmp_path):
    (web,) = next(pod for name, pod, _ in pods() if name == "web")["containers"]
    paths = {
        web[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert paths == {"/health/web"}
    assert "/health/web" in str(read("compose.completo.yaml")["services"]["web"]["healthcheck"])

    away = "postgresql+psycopg://rastro@127.0.0.1:9/rastro"
    client = create_app(config_for_tests(away, tmp_path)).test_client()
    answer = client.get("/health/web", headers={"Host": "10.4.3.2:8000"})  # as the kubelet does
    assert (answer.status_code, answer.get_json()) == (200, {"status": "healthy"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert stranger.get("/health").status_code == 503, "no consumer here: only this one says so"


def test_the_probe_of_a_consumer_sees_whether_it_lives(once, tmp_path):
    (each,) = next(pod for name, pod, _ in pods() if name == "trabajos")["containers"]
    command = each["livenessProbe"]["exec"]["command"]
    folder = tmp_path / "consumidores"

    def probe(host: str) -> int:
        env = {**os.environ, "INSTANCE_DIR": str(tmp_path), "HOSTNAME": host}
        return subprocess.run(command, env=env, capture_output=True, check=False).returncode

    consumer = new_consumer_id()
    host = consumer.rpartition(":")[0]
    with present(folder, consumer):
        assert probe(host) == 0
        assert probe("otra-maquina") != 0, "another one's file is not its own"
        os.utime(folder / f"{consumer}.lock", (1_790_000_000, 1_790_000_000))
        assert probe(host) != 0, "it has stood still"
        show_life(folder, consumer)
        assert probe(host) == 0
    assert probe(host) != 0
