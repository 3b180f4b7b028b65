"""Try files and backups in a real SeaweedFS: ``python tools/try_bucket.py path/to/weed``.

The server of compose.completo.yaml, with its command and its credentials, on the loopback.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.adjuntos.outside.bucket import S3Storage  # the folder above comes first
from app.adjuntos.outside.storage import FileMissing, StorageDown
from app.respaldo.outside.remote_copy import Bucket
from app.supervisor import free_port
from config import load_config

#: Seconds in which the server has to answer.
START = 30
BUCKET, KEY, OTHER = "rastro", "pruebas/uno.txt", "pruebas/dos.txt"


def try_files(url: str, secret: str) -> None:
    """Everything that is asked of a place for files, and a wrong key."""
    storage = S3Storage(BUCKET, region="us-east-1", key_id="rastro", secret=secret, endpoint=url)
    data = secrets.token_bytes(3_000_000)
    storage.put(KEY, data)
    with storage.open(KEY) as file:
        expect(file.read() == data, "a file comes back as it was put")
    storage.move(KEY, OTHER)
    expect([file.key for file in storage.files("pruebas")] == [OTHER], "a file moves")
    storage.delete(OTHER)
    try:
        storage.open(OTHER)
        expect(False, "a removed file is gone")
    except FileMissing:
        pass
    wrong = S3Storage(BUCKET, region="us-east-1", key_id="rastro", secret="x", endpoint=url)  # noqa: S106  # wrong on purpose
    try:
        wrong.put(KEY, data)
        expect(False, "a wrong key is refused")
    except StorageDown:
        pass


def try_backups(url: str, secret: str, folder: Path) -> None:
    """A copy of a backup: put, listed, brought back, removed."""
    config = load_config(
        {
            "INSTANCE_DIR": str(folder),
            "S3_BUCKET_NAME": BUCKET,
            "S3_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "rastro",
            "AWS_SECRET_ACCESS_KEY": secret,
        }
    )
    bucket, archive = Bucket(config), folder / "rastro-20260101T000000Z.tar"
    archive.write_bytes(secrets.token_bytes(20_000_000))
    bucket.upload(archive)
    expect(bucket.names() == [archive.name], "a backup is listed")
    bucket.download(archive.name, folder / "back")
    expect((folder / "back").read_bytes() == archive.read_bytes(), "a backup comes back whole")
    bucket.remove(archive.name)
    expect(bucket.names() == [], "a backup is removed")


def expect(true: bool, what: str) -> None:
    """Say what is so, or end."""
    if not true:
        sys.exit(f"Not so: {what}")
    print(f"  {what}")


def main() -> None:
    """Start the server, try it, stop it."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    secret, ports = secrets.token_hex(16), [low_port() for _ in range(4)]
    names = ("master.port", "volume.port", "filer.port", "s3.port")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        command = [sys.argv[1], "server", "-s3", f"-dir={folder / 'data'}", "-ip=127.0.0.1"]
        command += [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
        (folder / "data").mkdir()
        credentials = {"AWS_ACCESS_KEY_ID": "rastro", "AWS_SECRET_ACCESS_KEY": secret}
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                command, env={**os.environ, **credentials}, stdout=log, stderr=log
            )
        url = f"http://127.0.0.1:{ports[-1]}"
        try:
            wait_for(url)
            try_files(url, secret)
            try_backups(url, secret, folder)
        finally:
            server.kill()  # it takes long to end, and what it holds goes with the folder
            server.wait()


def low_port() -> int:
    """A free port; the server adds 10,000 to it for another."""
    while (port := free_port()) > 50_000:
        pass
    return port


def wait_for(url: str) -> None:
    """Until it answers, whatever it says."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own address
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("SeaweedFS does not answer")


if __name__ == "__main__":
    main()
