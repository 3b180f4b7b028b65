"""The counters for programs: what they say, and who may read them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.api.rules.prometheus import Family, render
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Cuota
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import beat
from config import ConfigError, load_config
from tests.avistamientos.rows import make_check
from tests.factories import make_trabajo
from tests.jobs.history import make_ended

TOKEN = "un-token-largo-al-azar"
CHECK = "avistamientos.consultar"
PATHS = ("/metrics", "/metrics.json")


def samples(text: str) -> dict[str, float]:
    """Every sample of the text, which must be of the exposition format line by line."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP|TYPE) rastro_[a-z_]+ .+", line), line
            continue
        match = re.fullmatch(r"(rastro_[a-z_]+(?:\{[^}]+\})?) ([0-9.e+-]+)", line)
        assert match, line
        assert match[1] not in found, "a sample twice"
        found[match[1]] = float(match[2])
    return found


@pytest.fixture
def ledger(app, oficio, configure):
    """A ledger with a bit of everything."""
    now = utcnow()
    config = configure(provider_quota=7)
    for wait, run in ((0.5, 1.5), (1.5, 2.5)):
        make_ended(app, now, wait=wait, run=run)
    make_ended(app, now - timedelta(hours=2), estado=EstadoTrabajo.FALLIDO, wait=60, run=4)
    make_trabajo(
        app, estado=EstadoTrabajo.PENDIENTE, intentos=0, ejecutar_desde=now - timedelta(seconds=90)
    )
    make_check(app, oficio)
    with app.app_context(), transaction():
        beat("host:1", hilos=4, version="1", started=now, now=now)
        db.session.add(
            Cuota(
                nombre=config.porticos_provider,
                momentos=[now.timestamp() - 1, now.timestamp() + 50],
                bloqueada_hasta=now + timedelta(seconds=100),
            )
        )


def test_prometheus_reads_the_ledger(ledger, stranger):
    response = stranger.get("/metrics")

    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(response.text)
    assert found[f'rastro_jobs{{kind="{CHECK}",state="hecho"}}'] == 2
    assert found[f'rastro_jobs{{kind="{CHECK}",state="pendiente"}}'] == 1
    assert found[f'rastro_job_attempts_total{{kind="{CHECK}"}}'] == 3
    assert found[f'rastro_job_attempt_failures_total{{kind="{CHECK}"}}'] == 1
    assert found[f'rastro_job_run_seconds{{kind="{CHECK}",quantile="0.5"}}'] == 1.5
    assert found[f'rastro_job_run_seconds{{kind="{CHECK}",quantile="0.95"}}'] == 2.5
    assert found[f'rastro_job_run_seconds_sum{{kind="{CHECK}"}}'] == pytest.approx(8, abs=0.01)
    assert found[f'rastro_job_run_seconds_count{{kind="{CHECK}"}}'] == 3
    assert found[f'rastro_job_wait_seconds_last_hour{{kind="{CHECK}",quantile="0.95"}}'] == 1.5
    assert found["rastro_jobs_due"] == 1
    assert 90 <= found["rastro_jobs_due_oldest_seconds"] < 120
    assert found["rastro_consumers_alive"] == 1
    assert found["rastro_consumer_threads"] == 4
    assert found["rastro_last_sweep_seconds"] < 30
    assert found['rastro_provider_calls_today{provider="generico",outcome="answered"}'] == 1
    assert found["rastro_provider_quota_calls"] == 7
    assert found["rastro_provider_quota_used"] == 1
    assert found["rastro_provider_quota_booked"] == 1
    assert 60 < found["rastro_provider_blocked_seconds"] <= 100


def test_the_json_says_the_same(ledger, stranger):
    body = stranger.get("/metrics.json").get_json()

    jobs = body["jobs"][CHECK]
    assert jobs["states"]["fallido"] == 1
    assert (jobs["attempts"], jobs["failures"]) == (3, 1)
    assert jobs["last_hour"] == {
        "wait": {"p50": 0.5, "p95": 1.5},
        "run": {"p50": 1.5, "p95": 2.5},
    }
    assert body["queue"]["due"] == 1
    assert body["consumers"]["alive"] == 1
    assert body["provider"]["in_window"] == 1
    assert body["provider"]["answered_today"] == 1


def test_an_empty_installation_has_counters_too(app, stranger):
    found = samples(stranger.get("/metrics").text)

    assert found["rastro_consumers_alive"] == 0
    assert "rastro_last_sweep_seconds" not in found
    assert stranger.get("/metrics.json").get_json()["consumers"]["swept_seconds_ago"] is None


@pytest.mark.parametrize("path", PATHS)
def test_only_this_machine_reads_them(path, app, stranger, admin):
    for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        assert stranger.get(path, environ_base={"REMOTE_ADDR": address}).status_code == 200, address
    for address in ("10.0.0.4", "190.1.2.3", "2001:db8::1", ""):
        for client in (stranger, admin):
            response = client.get(path, environ_base={"REMOTE_ADDR": address})
            assert response.status_code == 404, address


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_on_this_machine_opens_nothing(path, header, app, stranger):
    assert stranger.get(path).status_code == 200
    assert stranger.get(path, headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_token_opens_them_from_anywhere(path, app, stranger, configure):
    far = {"REMOTE_ADDR": "10.0.0.4"}
    bearer = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "10.0.0.9"}
    assert stranger.get(path, environ_base=far, headers=bearer).status_code == 404, "none is set"

    configure(metrics_token=TOKEN)
    assert stranger.get(path, environ_base=far, headers=bearer).status_code == 200
    for wrong in ("Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ñ"):
        headers = {"Authorization": wrong}
        assert stranger.get(path, environ_base=far, headers=headers).status_code == 404, wrong


def test_a_token_is_not_a_short_word():
    assert load_config({"METRICS_TOKEN": TOKEN}).metrics_token == TOKEN
    with pytest.raises(ConfigError, match="METRICS_TOKEN debe tener al menos 16"):
        load_config({"METRICS_TOKEN": "corto"})


def test_labels_are_written_so_that_they_end_where_they_should():
    family = Family("rastro_x", "gauge", "X.")
    family.add(1, kind='a"b\\c\nd')

    assert render([family, Family("rastro_nada", "gauge", "Nada.")]).splitlines() == [
        "# HELP rastro_x X.",
        "# TYPE rastro_x gauge",
        'rastro_x{kind="a\\"b\\\\c\\nd"} 1',
    ]
