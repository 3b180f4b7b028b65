"""The demonstration's mail server: takes any mail on loopback and keeps it as a file.

Run by its path (``python app/demo/outside/mailserver.py --port 2525 --folder instance/buzon``),
without the application: a mail server that starts in half a second and holds no database. What it
keeps is shown at ``/demo/buzon``. It sends nothing on.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

#: More than a notice may weigh, so that a mail is refused by the rule and not by this server.
MAX_BYTES = 40 * 1024 * 1024


class Mailbox:
    """What aiosmtpd calls when a mail has come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the mail, then say so; a full disk is told to the sender, who tries later."""
        try:
            self.keep(envelope.content)
        except OSError:
            return "452 No space left"
        return "250 OK"

    def keep(self, content: bytes) -> Path:
        """Store a mail whole or not at all, under a name that sorts by time of arrival."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
        descriptor, partial = tempfile.mkstemp(dir=self.folder, prefix=".partial-")
        path = self.folder / name
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).rename(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        return path


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Correo de demostración")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    controller = Controller(
        Mailbox(options.folder),
        hostname=options.host,
        port=options.port,
        data_size_limit=MAX_BYTES,
    )
    controller.start()
    print(f"Correo de demostración en {options.host}:{options.port}", flush=True)
    stopping.wait()
    controller.stop()


if __name__ == "__main__":
    main()
