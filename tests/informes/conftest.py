"""What the tests of expedientes share."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.adjuntos.conftest import both, s3_endpoint  # noqa: F401  # pytest finds them by name
from tests.informes.expedientes import make_expediente, pdf_of


@pytest.fixture
def printed(app, oficio, usuario_investigador):
    """Print an expediente of ``oficio``; returns the row and the text of its pages."""

    def print_one(variante=None, case=oficio):
        args = [variante] if variante else []
        row = make_expediente(app, case, usuario_investigador, *args)
        pages = PdfReader(BytesIO(pdf_of(app, row))).pages
        text = " ".join(page.extract_text() for page in pages)
        return row, " ".join(text.split())

    return print_one
