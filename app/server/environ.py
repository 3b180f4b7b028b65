"""A request as WSGI describes it, made from what uvicorn read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import unquote_to_bytes


def make_environ(scope: dict[str, Any], body: IO[bytes], length: int) -> dict[str, Any]:
    """The WSGI environment of a request whose body is whole.

    A header whose name has an underscore is left out: WSGI could not tell it from the one with
    dashes, which a proxy may have checked.
    """
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body is whole and plain
    environ.pop("CONTENT_LENGTH", None)
    if length or scope["method"] in {"POST", "PUT", "PATCH"}:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value


class FileWrapper:
    """An open file as an answer: it is sent from where it lies, without passing a thread."""

    def __init__(self, file: IO[bytes], block_size: int = 65536) -> None:
        self.file = file
        self.block_size = block_size

    def __iter__(self) -> Iterator[bytes]:
        """Its blocks, for layers that look into the answer."""
        while block := self.file.read(self.block_size):
            yield block

    def close(self) -> None:
        """Close the file."""
        self.file.close()
