"""The session cookie, which a request that only looks at the headers never changes."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Flask's cookie, signed with SHA-256 instead of SHA-1; HEAD and OPTIONS set none.

    A HEAD that stored the session would use up what a GET shows once (a notice, a person's RUT),
    although nobody saw its answer.
    """

    digest_method = staticmethod(hashlib.sha256)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what the request changed in the session."""
        if request.method not in {"HEAD", "OPTIONS"}:
            super().save_session(app, session, response)


def init_sessions(app: Flask) -> None:
    """Install the session interface."""
    app.session_interface = Sessions()
