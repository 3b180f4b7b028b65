"""A small typed client of Rastro's API v1. Copy it into your project; it needs only requests."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

#: States in which a job has ended.
ENDED = frozenset({"hecho", "fallido", "cancelado", "incierta"})


class ApiError(Exception):
    """What the API refused, with its HTTP status and its words."""

    def __init__(self, status: int, detail: Any) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


@dataclass
class Rastro:
    """One installation, asked with a key (or a token of ``POST /auth/login``)."""

    url: str
    token: str
    timeout: float = 30.0
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask once; too many requests are waited for, and a POST is never done twice.

        Raises:
            ApiError: the answer is a refusal.
        """
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        for last_try in (False, True):
            response = self.session.request(
                method,
                f"{self.url.rstrip('/')}/api/v1{path}",
                headers=headers,
                timeout=self.timeout,
                **options,
            )
            if response.status_code == 429 and not last_try:
                time.sleep(float(response.headers.get("Retry-After", "1")))
                continue
            break
        if not response.ok:
            raise ApiError(response.status_code, _detail(response))
        return response

    def create_buffet(self, nombre: str, rut: str, email: str) -> dict[str, Any]:
        """Register a law firm."""
        body = {"nombre": nombre, "rut": rut, "email_principal": email}
        return self._json("POST", "/buffets", json=body)

    def create_oficio(
        self, numero: str, buffet_id: int, patente: str, **more: Any
    ) -> dict[str, Any]:
        """Enter an oficio; ``more`` are the other fields of the contract."""
        body = {"numero_oficio": numero, "buffet_id": buffet_id, "patente": patente, **more}
        return self._json("POST", "/oficios", json=body)

    def list_oficios(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """All oficios that fit the filters, page by page."""
        skip = 0
        while True:
            page = self.ask("GET", "/oficios", params={**filters, "skip": skip, "limit": 100})
            rows: list[dict[str, Any]] = page.json()
            yield from rows
            skip += len(rows)
            if not rows or skip >= int(page.headers["X-Total-Count"]):
                return

    def move_oficio(self, oficio: dict[str, Any], estado: str) -> dict[str, Any]:
        """Move an oficio as it was last read; refused with 409 if somebody changed it since."""
        body = {"estado": estado, "version": oficio["version"]}
        return self._json("PATCH", f"/oficios/{oficio['id']}/estado", json=body)

    def upload_photo(self, oficio_id: int, photo: Path, descripcion: str = "") -> dict[str, Any]:
        """Add a photo to an oficio."""
        with photo.open("rb") as file:
            return self._json(
                "POST",
                f"/oficios/{oficio_id}/adjuntos",
                files={"archivo": (photo.name, file)},
                data={"tipo": "foto_vehiculo", "descripcion": descripcion},
            )

    def check_gantries(self, oficio_id: int) -> str:
        """Have the gantries checked; returns the id of the job."""
        return str(self._json("POST", f"/oficios/{oficio_id}/consultar-apis")["task_id"])

    def notify_receptor(
        self, oficio_id: int, email: str, adjuntos_ids: list[int], *, incompleto: bool = False
    ) -> str:
        """Have a receptor judicial notified; returns the id of the job.

        Without photos or without an address it is refused (409) unless ``incompleto`` is true.
        """
        body = {
            "receptor_email": email,
            "adjuntos_ids": adjuntos_ids,
            "confirmar_incompleto": incompleto,
        }
        path = f"/oficios/{oficio_id}/notificar-receptor"
        return str(self._json("POST", path, json=body)["task_id"])

    def wait_for(self, task_id: str, seconds: float = 120.0) -> dict[str, Any]:
        """Wait until a job has ended, however it ended.

        Raises:
            TimeoutError: it takes longer.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            job = self._json("GET", f"/trabajos/{task_id}")
            if job["estado"] in ENDED:
                return job
            time.sleep(0.5)
        raise TimeoutError(f"job {task_id} has not ended after {seconds} s")

    def notificaciones(self, oficio_id: int) -> list[dict[str, Any]]:
        """The mails of a case and how each went, newest first."""
        answer = self.ask("GET", f"/oficios/{oficio_id}/notificaciones", params={"limit": 100})
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def timeline(self, oficio_id: int) -> list[dict[str, Any]]:
        """The newest hundred entries of a bitácora."""
        answer = self.ask("GET", f"/oficios/{oficio_id}/timeline", params={"limit": 100})
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(method, path, **options).json()
        return answer


def _detail(response: requests.Response) -> Any:
    try:
        return response.json()["detail"]
    except (ValueError, KeyError):
        return response.text[:200]
