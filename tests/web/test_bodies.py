"""What a form brings is closed with its request, also where the form could not be read."""

from __future__ import annotations

import pytest
from werkzeug import formparser

PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
FILE = PART % (b'archivos"; filename="a.jpg', b"abc")
BODIES = {
    "whole": (FILE + b"--x--\r\n", 303),
    "too large": (FILE + PART % (b"motivo", b"x" * 3_000_000) + b"--x--\r\n", 413),
    "cut": (FILE, 422),
    "cut in a file": (FILE + FILE[:-5], 422),
}


@pytest.mark.parametrize("kind", BODIES)
def test_no_file_of_a_form_stays_open(kind, investigador, monkeypatch):
    body, status = BODIES[kind]
    opened = []
    make = formparser.SpooledTemporaryFile

    def note(*args, **kwargs):
        opened.append(make(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(formparser, "SpooledTemporaryFile", note)

    answer = investigador.post(
        "/bandeja", data=body, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == status
    assert opened
    assert all(file.closed for file in opened)
