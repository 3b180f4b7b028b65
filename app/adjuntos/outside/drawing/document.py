"""What a PDF would do besides showing its pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

#: Actions of a PDF that run something or fetch something when it is opened or clicked.
_MARKS = ("/JS", "/XFA")
_SCRIPTS = {"/JavaScript", "/Rendition", *_MARKS}
_LAUNCHES = {"/Launch", "/ImportData", "/GoToE"}
#: Deeper nesting than this is taken for an attack.
_DEPTH = 20


def inspect_pdf(file: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """What a PDF would do besides showing its pages. Nothing of it is executed.

    Raises:
        Exception: it is broken beyond repair, or asks for a password.
    """
    import pikepdf  # half the memory of this program, for PDFs alone

    actions: set[str] = set()
    embedded: list[str] = []
    with pikepdf.open(file, suppress_warnings=True) as pdf:
        for item in pdf.objects:
            # Only direct (inline) children are visited here; indirect objects are iterated anyway.
            for inner in _with_inner(item, (pikepdf.Dictionary, pikepdf.Stream), pikepdf.Array):
                actions |= {str(inner.get("/S", "")), *(name for name in _MARKS if name in inner)}
                if "/EF" in inner:
                    embedded.append(str(inner.get("/UF", inner.get("/F", "")))[:100])
        pages = len(pdf.pages)
    facts = {
        "paginas": pages,
        "scripts": bool(actions & _SCRIPTS),
        "ejecuta": bool(actions & _LAUNCHES),
        "incrustados": embedded[:10],
    }
    return facts, []


def _with_inner(
    item: Any, mappings: tuple[type, ...], array: type, depth: int = 0
) -> Iterator[Any]:
    """A dictionary of a PDF, and those that stand directly inside of it."""
    if depth > _DEPTH or (depth and item.is_indirect):
        return
    inner: list[Any]
    is_mapping: bool = isinstance(item, mappings)
    is_array: bool = isinstance(item, array)
    if is_mapping:
        yield item
        inner = [item[name] for name in item.keys()]  # noqa: SIM118  # not a real mapping
    elif is_array:
        inner = list(item)
    else:
        return
    for part in inner:
        if isinstance(part, (*mappings, array)):
            yield from _with_inner(part, mappings, array, depth + 1)
