"""What gunicorn starts for the web: ``--worker-class app.server.worker.Web``."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn.server
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from uvicorn.config import Config

from app.server.connection import Connection
from app.server.hub import Hub
from app.server.limits import IDLE, Patience, raise_descriptors
from app.server.shell import Shell
from app.web.bodies import body_limit
from app.web.forgetting import Forgetting
from app.web.streaming import looking, make_sources

#: Seconds that a worker whose master died keeps serving while the supervisor restarts it.
ORPHAN = 20.0


class Server(uvicorn.server.Server):
    """uvicorn's server; its streams end before it waits for what is under way."""

    def __init__(self, config: Config, shell: Shell) -> None:
        super().__init__(config)
        self.shell = shell

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop in order."""
        self.shell.close()
        await super().shutdown(sockets)


class Web(Worker):
    """Runs the Flask application behind ``app.server.shell``, in gunicorn's ``--threads``."""

    server: Server
    _forgetting: Forgetting
    _alone_since = 0.0

    def init_signals(self) -> None:
        """Leave signals to uvicorn's server; gunicorn's worker of threads would end at once."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGUSR1, self.handle_usr1)

    def run(self) -> None:
        """Serve until told to stop, or until gunicorn's master is gone."""
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        logging.getLogger("uvicorn.error").handlers = self.log.error_log.handlers
        flask_app: Any = self.wsgi
        rastro = flask_app.extensions["rastro_config"]
        folder = rastro.instance_dir / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        Connection.patience = Patience(rastro.web_request_seconds)
        Connection.most_connections = raise_descriptors()
        shell = Shell(
            flask_app,
            lambda method, path, headers: body_limit(flask_app, method, path, headers),
            Hub(make_sources(flask_app), lambda: looking(flask_app)),
            threads=self.cfg.threads,
            folder=folder,
        )
        self._forgetting = Forgetting(flask_app)
        asyncio.run(self._serve(shell))

    async def _serve(self, shell: Shell) -> None:
        config = Config(
            app=shell,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            # Who calls is decided by TRUSTED_PROXIES alone, in the application.
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=self.cfg.graceful_timeout,
            timeout_notify=1,
            callback_notify=self._notify,
            backlog=self.cfg.backlog,
        )
        self.server = Server(config, shell)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGQUIT, self.handle_exit, signal.SIGQUIT, None)
        await self.server.serve(sockets=[each.sock for each in self.sockets])
        if not self.server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    async def _notify(self) -> None:
        """Tell gunicorn that the loop turns; without a master, leave in order.

        While the supervisor lives it is starting another master: until that one serves, go on.
        """
        self.notify()
        if self._forgetting.is_due:
            asyncio.get_running_loop().run_in_executor(None, self._forgetting.look)
        if os.getppid() == self.ppid:
            return
        now = asyncio.get_running_loop().time()
        self._alone_since = self._alone_since or now
        if now - self._alone_since >= ORPHAN or not _is_alive(os.environ.get("SUPERVISOR_PID")):
            self.server.should_exit = True


def _is_alive(pid: str | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()
