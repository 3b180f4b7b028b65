"""The example client of the manual does what it shows, against the real processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import requests

from config import ROOT
from tests.adjuntos.files import jpeg

pytestmark = pytest.mark.e2e


def test_the_example_walks_the_main_job(rastro, tmp_path):
    answer = requests.post(
        f"{rastro.url}/api/v1/auth/login",
        json={"email": "admin@investigaciones.cl", "password": "admin123"},
        timeout=30,
    )
    photo = tmp_path / "frente.jpg"
    photo.write_bytes(jpeg((640, 480)))

    result = subprocess.run(
        [sys.executable, "examples/recorrido.py", str(photo), "ema.soto@actuarios.example"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "RASTRO_URL": rastro.url,
            "RASTRO_CLAVE": answer.json()["access_token"],
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "consulta hecho" in result.stdout
    assert "aviso hecho" in result.stdout
    assert "correo enviada ema.soto@actuarios.example" in result.stdout
    assert "Oficio ingresado" in result.stdout
    assert "Aviso enviado a ema.soto@actuarios.example, con 1 foto." in result.stdout
    assert [mail["To"] for mail in rastro.mails()] == ["ema.soto@actuarios.example"]
