"""A person at work in a drill: asks the served application over HTTP, as scripts and phones do."""

from __future__ import annotations

import re
import uuid
from io import BytesIO
from typing import Any

import requests

from tests.factories import PASSWORD
from tests.plugins.served import Served

#: Seconds that a person waits for an answer.
PATIENCE = 30


class Person:
    """Somebody with an account. An answer that never came is None."""

    def __init__(self, served: Served, email: str) -> None:
        self.url, self.email = served.url, email
        self.session = requests.Session()
        self.session.trust_env = False
        self.statuses: list[int | None] = []

    def sign_in_for_programs(self) -> None:
        answer = self.ask("POST", "/api/v1/auth/login", json=self._credentials())
        assert answer is not None
        assert answer.status_code == 200, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def sign_in(self) -> requests.Response | None:
        """Through the page, as people do; a new session each time."""
        with requests.Session() as browser:
            browser.trust_env = False
            try:
                page = browser.get(f"{self.url}/entrar", timeout=PATIENCE)
                token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
                data = {**self._credentials(), "csrf_token": token[1] if token else ""}
                return browser.post(
                    f"{self.url}/entrar", data=data, timeout=PATIENCE, allow_redirects=False
                )
            except requests.RequestException:
                return None

    def write_note(
        self, oficio_id: int, text: str, key: str | None = None
    ) -> requests.Response | None:
        """A note; with the same ``key`` again it is the same note."""
        return self.ask(
            "POST",
            f"/api/v1/oficios/{oficio_id}/actividades",
            json={"tipo": "nota", "descripcion": text},
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
        )

    def upload(self, oficio_id: int, data: bytes) -> requests.Response | None:
        return self.ask(
            "POST",
            f"/api/v1/oficios/{oficio_id}/adjuntos",
            files={"archivo": ("foto.jpg", BytesIO(data), "image/jpeg")},
        )

    def read(self, oficio_id: int) -> requests.Response | None:
        return self.ask("GET", f"/api/v1/oficios/{oficio_id}")

    def health(self) -> dict[str, Any]:
        """What /health says, with its status; empty when nobody answers."""
        try:
            answer = requests.get(f"{self.url}/health", timeout=PATIENCE)
        except requests.RequestException:
            return {"code": None}
        return {**answer.json(), "code": answer.status_code}

    def ask(self, method: str, path: str, **values: Any) -> requests.Response | None:
        try:
            answer = self.session.request(method, self.url + path, timeout=PATIENCE, **values)
        except requests.RequestException:
            self.statuses.append(None)
            return None
        self.statuses.append(answer.status_code)
        return answer

    def _credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}
