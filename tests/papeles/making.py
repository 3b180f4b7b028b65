"""Papers as courts, the register and buffets make them, set by typst from what lies beside.

The first line of each source says in JSON what is right to read in it. A field that it does not
name is one that the paper does not say. Those in ``kept`` were written before the rules and were
not looked at while the rules were made; one that showed a fault goes over to ``tuned`` when the
fault is mended.
"""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import typst

PAPERS = Path(__file__).parent / "papers"
INTAKE = Path(__file__).parent / "intake"


def sources(folder: str) -> list[Path]:
    """The papers of a folder, in their order."""
    return sorted((PAPERS / folder).glob("*.typ"))


def expected(source: Path) -> dict[str, Any]:
    """What is right to read in a paper."""
    first = source.read_text(encoding="utf-8").splitlines()[0]
    told: dict[str, Any] = json.loads(first.removeprefix("// "))
    return told


@cache
def make_paper(source: Path) -> bytes:
    """The PDF of a paper."""
    pdf = typst.compile(source, format="pdf", ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    turned = expected(source).get("rotate")
    if not turned:
        return pdf
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        for page in paper.pages:
            page.rotate(turned, relative=False)
        paper.save(target)
    return target.getvalue()
