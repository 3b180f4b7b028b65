#!/usr/bin/env python3
"""Comprueba el ZIP de un expediente de Rastro sin Rastro, sin red y sin confiar en la oficina.

    python3 verificar_rastro.py expediente.zip        (o la carpeta donde se descomprimió)

Sólo usa la biblioteca estándar de Python (3.9 o posterior) y, para los sellos de tiempo, el
programa openssl. Opciones:

    --ca raices.pem   certificados en que usted confía, para los sellos de tiempo
    --raiz HEX        la raíz de un ancla que usted guarda, por ejemplo de un correo de la oficina

Termina con 0 si todo calza, con 1 si algo fue alterado, y con 2 si algo no se puede comprobar
todavía (no anclado, sin sello de tiempo, sin openssl): entonces lo dice.

What it checks, in this order: every file against SHA256SUMS, every link of the chain of custody
against its content and the link before it, that the chain sealed the PDF and the originals, that
the chain's head is a leaf of the anchored Merkle tree (RFC 9162, 2.1.3), and that a time-stamping
authority signed the tree's root (RFC 3161). Rastro itself reads time stamps with this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CHAIN, PROOF, STATEMENT = "custodia/cadena.json", "custodia/prueba.json", "custodia/ancla.json"
_SUMS = "SHA256SUMS"
_SHA256_OID = bytes.fromhex("0609608648016503040201")
_SECONDS = 30


class Wrong(Exception):
    """Something was altered; the message says what."""


class CannotTell(Exception):
    """Something could not be checked; the message says why."""


# ------------------------------------------------------------------ the tree (RFC 9162, 2.1)
def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf with that hash is in the tree with that root: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, digest = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            digest = _node(step, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            digest = _node(digest, step)
        place, last = place >> 1, last >> 1
    return last == 0 and digest == root


def is_consistent(
    first: int, second: int, path: list[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether the larger tree begins with all of the smaller one: RFC 9162, 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root, *path]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node(step, old), _node(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = _node(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# ------------------------------------------------------------------ time stamps (RFC 3161)
@dataclass(frozen=True)
class Stamp:
    """What a time stamp says, before anybody looked at who signed it."""

    #: SHA-256 of what was stamped, in hex.
    imprint: str
    moment: datetime
    nonce: int | None


def _elements(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Tag, content and whole bytes of each DER element in a row."""
    found, place = [], 0
    while place < len(data):
        tag, length, start = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            if not 0 < count < 5:
                raise ValueError("no DER")
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        end = start + length
        if end > len(data):
            raise ValueError("cut off")
        found.append((tag, data[start:end], data[place:end]))
        place = end
    return found


def read_stamp(answer: bytes) -> Stamp:
    """Read the answer of a time-stamping authority (TimeStampResp, DER).

    Raises:
        ValueError: it is none, or it refuses.
    """
    try:
        ((_, response, _),) = _elements(answer)
        parts = _elements(response)
        status = int.from_bytes(_elements(parts[0][1])[0][1], "big")
        if status not in (0, 1):
            raise ValueError(f"refused with status {status}")
        signed = _elements(_elements(_elements(parts[1][1])[1][1])[0][1])
        content = _elements(signed[2][1])
        ((_, octets, _),) = _elements(content[1][1])
        ((_, info, _),) = _elements(octets)
        fields = _elements(info)
        algorithm, digest = _elements(fields[2][1])
        if _elements(algorithm[1])[0][2] != _SHA256_OID:
            raise ValueError("its imprint is no SHA-256")
        moment = _moment(fields[4][1].decode("ascii"))
        nonces = [int.from_bytes(value, "big") for tag, value, _ in fields[5:] if tag == 0x02]
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("no time stamp") from error
    return Stamp(digest[1].hex(), moment, nonces[0] if nonces else None)


def _moment(text: str) -> datetime:
    """A GeneralizedTime as RFC 3161 allows it: UTC, perhaps with a fraction."""
    plain = text[:-1] if text.endswith("Z") else ""
    form = "%Y%m%d%H%M%S.%f" if "." in plain else "%Y%m%d%H%M%S"
    return datetime.strptime(plain, form).replace(tzinfo=UTC)


def check_signature(answer: bytes, imprint: str, moment: datetime, ca: str = "") -> str:
    """Have openssl check who signed a time stamp, and return that name.

    Without ``ca`` the certificates that the stamp carries are taken at their word: then the stamp
    is whole, but whose it is only a name says. An expired certificate counts as of the stamp's
    moment.

    Raises:
        Wrong: the signature does not hold.
        CannotTell: there is no openssl.
    """
    if shutil.which("openssl") is None:
        raise CannotTell("falta el programa openssl para comprobar la firma del sello de tiempo")
    with tempfile.TemporaryDirectory(prefix="rastro-") as name:
        folder = Path(name)
        (folder / "answer").write_bytes(answer)
        _openssl(folder, "ts", "-reply", "-in", "answer", "-token_out", "-out", "token")
        _openssl(folder, "pkcs7", "-inform", "DER", "-in", "token", "-print_certs", "-out", "certs")
        trusted = ["-CAfile", str(Path(ca).absolute())] if ca else ["-CAfile", "certs"]
        _openssl(
            folder,
            *("ts", "-verify", "-digest", imprint, "-in", "answer", *trusted),
            *("-untrusted", "certs", "-attime", str(int(moment.timestamp()))),
            *(() if ca else ("-partial_chain",)),
        )
        lines = (folder / "certs").read_text(errors="replace").splitlines()
    subjects = [line.partition("=")[2].strip() for line in lines if line.startswith("subject")]
    return subjects[0] if subjects else "?"


def _openssl(folder: Path, *arguments: str) -> None:
    try:
        # S603, S607: our own arguments; openssl is the one that the person has.
        done = subprocess.run(  # noqa: S603
            ["openssl", *arguments],  # noqa: S607
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotTell("openssl no terminó a tiempo") from None
    if done.returncode:
        raise Wrong("openssl no acepta la firma del sello de tiempo")


# ------------------------------------------------------------------ the chain of custody
def content_hash(content: str, salt: str | None) -> str:
    """What a link holds of a content: SHA-256 over the salt, if it has one, and the text."""
    return hashlib.sha256(bytes.fromhex(salt or "") + content.encode()).hexdigest()


def check_links(chain: dict[str, Any]) -> list[str]:
    """What is wrong with the links of ``cadena.json``, one sentence each."""
    links = chain["eslabones"]
    erased = {
        number
        for link in links
        if link["tipo"] == chain.get("lapida") and _is_whole(link)
        for number in json.loads(link["contenido"]).get("eslabones", [])
    }
    problems = []
    previous, number = chain["anterior"], chain["desde"]
    for link in links:
        head = json.loads(link["texto"])
        name = f"eslabón {link['secuencia']} ({link['nombre']})"
        if hashlib.sha256(link["texto"].encode()).hexdigest() != link["hash"]:
            problems.append(f"el {name} fue cambiado")
        elif any(head[key] != link[key] for key in ("secuencia", "tipo")):
            problems.append(f"el {name} no dice lo que se selló")
        elif head["secuencia"] != number:
            problems.append(f"falta el eslabón {number}, antes del {name}")
        elif head["anterior"] != previous:
            problems.append(f"el {name} no sigue al que está antes de él")
        elif link["contenido"] is None and link["reservado"] is False and number not in erased:
            problems.append(f"el contenido del {name} falta, y ningún eslabón dice que se borró")
        elif not _is_whole(link):
            problems.append(f"el contenido del {name} fue cambiado")
        previous, number = link["hash"], link["secuencia"] + 1
    return problems


def _is_whole(link: dict[str, Any]) -> bool:
    """Whether the content is the one that the link sealed; one that is not told cannot be wrong."""
    if link["contenido"] is None:
        return True
    sealed = json.loads(link["texto"])["contenido"]
    return bool(content_hash(link["contenido"], link["sal"]) == sealed)


# ------------------------------------------------------------------ a ZIP
class Bundle:
    """The ZIP, or the folder that it was unpacked into."""

    def __init__(self, place: str) -> None:
        path = Path(place)
        self._folder = None if path.is_file() else path
        self._zip = zipfile.ZipFile(path) if path.is_file() else None

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None when it is not there."""
        if self._zip is not None:
            return self._zip.read(name) if name in self._zip.namelist() else None
        if self._folder is None or ".." in Path(name).parts or Path(name).is_absolute():
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None

    def need(self, name: str) -> bytes:
        """The bytes of a file that has to be there.

        Raises:
            Wrong: it is not.
        """
        data = self.read(name)
        if data is None:
            raise Wrong(f"falta el archivo {name}")
        return data

    def hash_of(self, name: str) -> str | None:
        """The SHA-256 of a file, read piece by piece."""
        if self._zip is not None and name not in self._zip.namelist():
            return None
        if self._folder is not None and not (self._folder / name).is_file():
            return None
        digest = hashlib.sha256()
        source = self._zip.open(name) if self._zip else (self._folder / name).open("rb")  # type: ignore[operator]  # one of them is there
        with source:
            for piece in iter(lambda: source.read(1 << 20), b""):
                digest.update(piece)
        return digest.hexdigest()


class Telling:
    """What was checked, as it is told."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.open: list[str] = []

    def good(self, text: str) -> None:
        """Something holds."""
        print(f"bien     {text}")

    def bad(self, text: str) -> None:
        """Something was altered."""
        self.wrong.append(text)
        print(f"ALTERADO {text}")

    def untold(self, text: str) -> None:
        """Something could not be checked."""
        self.open.append(text)
        print(f"no se sabe: {text}")

    def note(self, text: str) -> None:
        """Something to know that proves nothing."""
        print(f"         {text}")


def check_files(bundle: Bundle, report: Telling) -> dict[str, str]:
    """Each file against the list of the moment of issue; returns that list."""
    lines = bundle.need(_SUMS).decode().splitlines()
    listed = {line[66:]: line[:64] for line in lines if len(line) > 66}
    wrong = 0
    for name, digest in listed.items():
        found = bundle.hash_of(name)
        if found != digest:
            wrong += 1
            report.bad(f"falta el archivo {name}" if found is None else f"el archivo {name}")
    if not wrong:
        report.good(f"{len(listed)} archivos son los que se emitieron")
    return listed


def check_chain(bundle: Bundle, listed: dict[str, str], report: Telling) -> dict[str, Any]:
    """The chain by itself, and that it sealed the files; returns it."""
    chain: dict[str, Any] = json.loads(bundle.need(CHAIN))
    problems = check_links(chain)
    for text in problems:
        report.bad(text)
    links = chain["eslabones"]
    if not problems:
        report.good(
            f"la cadena de custodia, {len(links)} eslabones hasta el {links[-1]['secuencia']}"
        )
        if erased := [one for one in links if one["contenido"] is None and not one["reservado"]]:
            report.note(
                f"de {len(erased)} de ellos el contenido se borró por ley, y la cadena lo dice"
            )
        if hidden := sum(1 for one in links if one["reservado"]):
            report.note(f"de {hidden} de ellos esta copia trae sólo la huella, no el contenido")
    sealed = [one["contenido"] for one in links if one["contenido"] and _is_whole(one)]
    for name, digest in listed.items():
        if (name in chain["sellados"] or name == chain["expediente"]) and not any(
            f'"{digest}"' in text for text in sealed
        ):
            report.bad(f"la cadena de custodia no sella el archivo {name}")
    if listed.get(chain["expediente"]) is None:
        report.bad(f"{_SUMS} no nombra el expediente {chain['expediente']}")
    return chain


def check_anchor(
    bundle: Bundle, chain: dict[str, Any], options: argparse.Namespace, report: Telling
) -> None:
    """The proof that the chain's end was in the tree of a night, and who else knows that tree."""
    raw = bundle.read(PROOF)
    if raw is None:
        report.untold(
            "este expediente todavía no estaba anclado cuando se descargó; pida otra copia"
        )
        return
    proof = json.loads(raw)
    statement = bundle.need(STATEMENT)
    anchor = json.loads(statement)
    leaf = json.loads(proof["hoja"])
    ends = {link["secuencia"]: link["hash"] for link in chain["eslabones"]}
    if leaf["cadena"] != chain["cadena"] or ends.get(leaf["secuencia"]) != leaf["hash"]:
        report.bad("la prueba de inclusión es de otra cadena: no calza con custodia/cadena.json")
    elif max(ends) != leaf["secuencia"]:
        report.bad("hay eslabones después del que se ancló")
    elif not is_included(
        leaf_hash(proof["hoja"].encode()),
        proof["indice"],
        anchor["tamano"],
        [bytes.fromhex(step) for step in proof["camino"]],
        bytes.fromhex(anchor["raiz"]),
    ):
        report.bad(
            f"la prueba de inclusión no lleva a la raíz del ancla {anchor['ancla']} "
            f"({PROOF} o {STATEMENT})"
        )
    else:
        report.good(f"la cadena estaba en el ancla {anchor['ancla']} del {anchor['fecha']}")
        report.note(f"raíz {anchor['raiz']}, tamaño {anchor['tamano']}")
    is_held = False
    if options.raiz:
        is_held = options.raiz.strip().lower() == anchor["raiz"]
        if is_held:
            report.good("la raíz es la que usted guarda")
        else:
            report.bad("la raíz no es la que usted guarda")
    if not proof["sellos"] and not is_held:
        report.untold(
            "el ancla no trae sello de tiempo: compare la raíz con la que recibió por correo "
            "(opción --raiz)"
        )
    for stamp in proof["sellos"]:
        _check_stamp(bundle, stamp, statement, options.ca, report)


def _check_stamp(
    bundle: Bundle, listed: dict[str, str], statement: bytes, ca: str, report: Telling
) -> None:
    name = listed["archivo"]
    answer = bundle.read(name)
    if answer is None:
        report.bad(f"falta el sello de tiempo {name}")
        return
    try:
        stamp = read_stamp(answer)
        if stamp.imprint != hashlib.sha256(statement).hexdigest():
            raise Wrong(f"es de otra cosa que {STATEMENT}")
        signer = check_signature(answer, stamp.imprint, stamp.moment, ca)
    except ValueError:
        report.bad(f"el sello de tiempo {name} no se puede leer")
    except Wrong as error:
        report.bad(f"el sello de tiempo {name}: {error}")
    except CannotTell as error:
        report.untold(str(error))
    else:
        report.good(f"el sello de tiempo {name}: {stamp.moment:%Y-%m-%d %H:%M:%S} UTC, {signer}")
        if not ca:
            report.note(
                "quién es ese firmante lo dice sólo su propio certificado; use --ca para exigir más"
            )


def _judge_stamp(answer: bytes, imprint: str, ca: str) -> dict[str, str]:
    """Who signed an answer, or what is wrong with it; nothing where that cannot be told."""
    try:
        return {"firmante": check_signature(answer, imprint, read_stamp(answer).moment, ca)}
    except (ValueError, Wrong) as error:
        return {"error": str(error)}
    except CannotTell:
        return {}


def main(arguments: list[str]) -> int:
    """Check what the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("lugar", nargs="?", help="el ZIP, o la carpeta donde se descomprimió")
    parser.add_argument("--ca", default="", help="certificados en que usted confía (PEM)")
    parser.add_argument("--raiz", default="", help="la raíz que usted guarda, en hexadecimal")
    # Of an answer on the standard input alone: Rastro asks so.
    parser.add_argument("--sello", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.sello:
        print(json.dumps(_judge_stamp(sys.stdin.buffer.read(), options.sello, options.ca)))
        return 0
    if not options.lugar:
        parser.error("falta el ZIP")
    report = Telling()
    try:
        bundle = Bundle(options.lugar)
        listed = check_files(bundle, report)
        chain = check_chain(bundle, listed, report)
        check_anchor(bundle, chain, options, report)
    except Wrong as error:
        report.bad(str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        report.bad(f"un archivo de custodia/ no tiene la forma que debe ({error})")
    except (OSError, zipfile.BadZipFile) as error:
        report.bad(f"el ZIP no se puede leer ({error})")
    if report.wrong:
        print(f"\nALTERADO: {len(report.wrong)} cosas no calzan.")
        return 1
    if report.open:
        print("\nNada fue alterado en lo que se pudo comprobar; lo demás no se sabe.")
        return 2
    print("\nTodo calza: nada fue alterado.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
