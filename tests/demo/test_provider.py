"""The demonstration's provider: run by path like the supervisor does, asked over HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.consultas.outside import make_provider
from app.core.clock import SANTIAGO
from app.demo.outside.provider import CORRIDORS, DemoProviderServer, crossings, gantries
from config import load_config

SCRIPT = Path(__file__).resolve().parents[2] / "app" / "demo" / "outside" / "provider.py"
KEY = "una clave de prueba"
PLATE = "BBCL12"
MONDAY_NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=SANTIAGO)


@pytest.fixture
def address():
    """The server as a process of its own, in isolated mode: nothing but the standard library."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(SCRIPT), "--port", "0", "--key", KEY],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    yield line.rpartition(" ")[2].strip()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    process.stdout.close()


@pytest.fixture
def here():
    """The same server inside the tests."""
    server = DemoProviderServer("127.0.0.1", 0, KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def ask(url: str, key: str | None = KEY):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)
    return urllib.request.urlopen(request, timeout=5)


def test_the_application_can_ask_it_and_knows_it_for_a_demonstration(address):
    config = load_config(
        {"PROVIDER_API_URL": address, "PROVIDER_API_KEY": KEY, "PROVIDER_ALLOW_PRIVATE": "true"}
    )

    answer = make_provider(config).check(PLATE)

    assert answer.is_demo
    assert answer.omitted == ()
    assert len(answer.sightings) > 10
    now = datetime.now(SANTIAGO)
    assert all(item.fecha_hora <= now for item in answer.sightings)


@pytest.mark.parametrize("key", [None, "otra", "ñandú"])
def test_without_the_key_it_says_nothing(here, key):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{here}/porticos/{PLATE}", key)

    assert refused.value.code == 401
    assert "avistamientos" not in refused.value.read().decode()
    refused.value.close()


def test_another_path_is_not_found(here):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{here}/porticos/../etc/passwd")

    assert refused.value.code == 404
    refused.value.close()


def test_an_answer_says_that_it_is_a_demonstration(here):
    with ask(f"{here}/porticos/{PLATE}") as response:
        assert response.headers["X-Rastro-Demo"] == "1"
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert json.load(response)["avistamientos"]


def test_without_a_key_it_does_not_start():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )

    assert done.returncode == 2
    assert "falta la clave" in done.stderr


def test_the_same_crossings_are_told_again_two_days_later():
    before = crossings(PLATE, MONDAY_NIGHT)
    later = crossings(PLATE, MONDAY_NIGHT + timedelta(days=2))

    again = [item for item in later if item["fecha_hora"] <= before[-1]["fecha_hora"]]

    assert len(again) > 10
    assert again == before[-len(again) :]


def test_nothing_lies_in_the_future_at_any_hour_of_a_day():
    for hour in range(24):
        now = MONDAY_NIGHT.replace(hour=hour)
        for plate in ("BBCL12", "GGZL12", "PHZF55"):
            assert all(
                datetime.fromisoformat(item["fecha_hora"]) <= now for item in crossings(plate, now)
            )


def test_a_plate_shows_a_commuter_on_one_corridor():
    weekdays = [
        item
        for item in crossings(PLATE, MONDAY_NIGHT)
        if datetime.fromisoformat(item["fecha_hora"]).weekday() < 5
    ]

    assert len({item["empresa"] for item in weekdays}) == 1
    hours = [datetime.fromisoformat(item["fecha_hora"]).hour for item in weekdays]
    assert sum(hour in {6, 7, 8, 17, 18, 19, 20} for hour in hours) == len(hours)
    assert all(200 < item["monto"] < 1500 for item in weekdays)


def test_some_plates_pass_no_gantry_and_most_do():
    plates = [f"BBCL{number:02}" for number in range(80)]

    silent = sum(not crossings(plate, MONDAY_NIGHT) for plate in plates)

    assert 2 <= silent <= 25


def test_every_gantry_of_the_corridors_is_on_the_list():
    for motorway, there, back in CORRIDORS:
        for code in {*there, *back}:
            assert (motorway, code) in gantries()
