"""A small IMAP server on loopback: as much of RFC 3501 as a mailbox that feeds the tray needs."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Folder:
    """The mails of INBOX by their UID, and which were read."""

    mails: dict[int, bytes] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    password: str = "s3creto"
    port: int = 0


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder: Folder = self.server.folder  # type: ignore[attr-defined]
        self._say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            command, _, arguments = rest.partition(" ")
            match command.upper():
                case "CAPABILITY":
                    self._say("* CAPABILITY IMAP4rev1")
                case "LOGIN":
                    if folder.password not in arguments:
                        self._say(f"{tag} NO wrong")
                        continue
                case "SELECT":
                    if arguments.strip('"') != "INBOX":
                        self._say(f"{tag} NO no such folder")
                        continue
                    self._say(f"* {len(folder.mails)} EXISTS")
                case "UID":
                    self._uid(folder, arguments)
                case "LOGOUT":
                    self._say("* BYE")
                    self._say(f"{tag} OK")
                    return
            self._say(f"{tag} OK done")

    def _uid(self, folder: Folder, arguments: str) -> None:
        verb, _, rest = arguments.partition(" ")
        if verb.upper() == "SEARCH":
            unread = sorted(folder.mails.keys() - folder.read)
            self._say("* SEARCH " + " ".join(map(str, unread)))
            return
        uid = int(re.match(r"\d+", rest)[0])  # type: ignore[index]
        data = folder.mails[uid]
        if verb.upper() == "STORE":
            folder.read.add(uid)
        elif "RFC822.SIZE" in rest:
            self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(data)})")
        else:
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(data)}}}\r\n".encode())
            self.wfile.write(data + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    folder: Any


@contextmanager
def serve(folder: Folder) -> Iterator[Folder]:
    """Serve a folder; its port is known inside."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.folder = folder
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()
