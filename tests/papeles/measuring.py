"""How well papers are read: precision and recall by field, against what is right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.core.text import fold
from app.papeles.outside.paper_reader import read_pdf
from app.papeles.rules import MAX_PAGES, MAX_WORDS, LecturaDePapel
from app.papeles.rules.documento import compose
from app.papeles.rules.lectura import read_document

#: Field of what is right to field of what is read, of the case.
CASO = {
    "numero": "numero_oficio",
    "rol": "rol",
    "tribunal": "tribunal",
    "caratulado": "caratulado",
    "fecha": "fecha_oficio",
    "prop_nombre": "propietario_nombre",
    "prop_rut": "propietario_rut",
    "direccion": "direccion",
    "comuna": "comuna",
    "plazo": "plazo",
    "fuerza_publica": "fuerza_publica",
    "descerrajamiento": "descerrajamiento",
}
#: Rows beside the first person and address, each field to its keys of what is read.
OTROS = {
    "otras_personas": ("propietario_nombre", "propietario_rut", "tipo"),
    "otras_direcciones": ("direccion", "comuna", "tipo"),
}
VEHICULO = (
    "patente",
    "patente_dv",
    "tipo_vehiculo",
    "marca",
    "modelo",
    "anio",
    "color",
    "vin",
    "motor",
)


class Tally:
    """Right, wrong and missed values by field."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.notes: list[str] = []

    def add(self, paper: str, field: str, want: Any, got: str | None) -> None:
        """Count one value; a wrong one is missed, too."""
        if want is None and got is None:
            return
        if got is not None and want is not None and plain(want) == plain(got):
            self.right[field] += 1
            return
        self.notes.append(f"{paper}: {field}: {want!r} → {got!r}")
        if got is not None:
            self.wrong[field] += 1
        if want is not None:
            self.missed[field] += 1

    def precision(self, field: str | None = None) -> float:
        """Of what was filled in, the part that is right."""
        right, wrong = self._of(self.right, field), self._of(self.wrong, field)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, field: str | None = None) -> float:
        """Of what the papers say, the part that was filled in rightly."""
        right, missed = self._of(self.right, field), self._of(self.missed, field)
        return right / (right + missed) if right + missed else 1.0

    def recall_of(self, fields: Sequence[str]) -> float:
        """The recall of some fields together."""
        right, missed = (sum(one[field] for field in fields) for one in (self.right, self.missed))
        return right / (right + missed) if right + missed else 1.0

    def _of(self, counter: Counter[str], field: str | None) -> int:
        return counter[field] if field else sum(counter.values())

    def table(self) -> str:
        """The figures of each field, in lines."""
        lines = [f"{'campo':18} {'bien':>5} {'mal':>4} {'falta':>5} {'prec.':>6} {'cob.':>6}"]
        lines += [
            f"{field:18} {self.right[field]:5} {self.wrong[field]:4} {self.missed[field]:5} "
            f"{self.precision(field):6.3f} {self.recall(field):6.3f}"
            for field in ["clase", *CASO, *OTROS, *VEHICULO]
        ]
        total = f"{self.precision():6.3f} {self.recall():6.3f}"
        right, wrong = sum(self.right.values()), sum(self.wrong.values())
        lines.append(f"{'todos':18} {right:5} {wrong:4} {sum(self.missed.values()):5} {total}")
        return "\n".join(lines)


def plain(value: Any) -> str:
    """A value for comparing: without accents, case and punctuation."""
    if isinstance(value, bool):
        return "si" if value else "no"
    return re.sub(r"[^a-z0-9]+", " ", fold(str(value))).strip()


def read(pdf: bytes) -> LecturaDePapel:
    """Read a paper as the tray does, but in this process, which takes a tenth of the time."""
    return read_document(compose(read_pdf(pdf, MAX_PAGES, MAX_WORDS, "")["paginas"]))


def score(tally: Tally, name: str, want: dict[str, Any], got: LecturaDePapel) -> None:
    """Count what is right in one paper; a field that ``want`` lacks is one that it does not say."""
    tally.add(name, "clase", want.get("tipo"), got.clase.value)
    for field, campo in CASO.items():
        found = got.caso.get(campo)
        tally.add(name, field, want.get(field), found.valor if found else None)
    for field, rows in (("otras_personas", got.personas), ("otras_direcciones", got.direcciones)):
        texts = [
            " | ".join(row[key].valor if key in row else "" for key in OTROS[field]) for row in rows
        ]
        wished = [" | ".join(part or "" for part in row) for row in want.get(field, [])]
        for text in dict.fromkeys([*wished, *texts]):
            is_texts = any(plain(text) == plain(other) for other in texts)
            is_right = any(plain(text) == plain(other) for other in wished)
            tally.add(name, field, text if is_right else None, text if is_texts else None)
    wanted, found_ones = want["vehiculos"], list(got.vehiculos)
    for number in range(max(len(wanted), len(found_ones))):
        right = wanted[number] if number < len(wanted) else {}
        told = found_ones[number] if number < len(found_ones) else {}
        for field in VEHICULO:
            found = told.get(field)
            tally.add(name, field, right.get(field), found.valor if found else None)
