"""The whole shop for one browser or fault test: web, workers, beat, stand-in carriers, Redis.

The same runner as `make run` starts it, on a fresh clone of the migrated template and with a Redis
of its own, so that a test may kill any part. The environment of the stack is in `.env`: management
commands and direct queries (`.rows`) go to the same database.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg

from config.embedded.process import free_port
from config.embedded.redis import Redis
from tests.cluster import FOLDER, ROOT, Cluster, Database

READY_SECONDS = 60.0


class Stack:
    """A running shop. Use as a context manager; `extra` goes into the environment of all parts."""

    def __init__(self, folder: Path, cluster: Cluster, **extra: str) -> None:
        self.folder = folder
        self.cluster = cluster
        self.database: Database = cluster.clone()
        (folder / "log").mkdir(parents=True, exist_ok=True)
        self.redis = Redis(folder)
        self.port = free_port()
        self.extra = extra
        self.env: dict[str, str] = {}
        self._runner: subprocess.Popen[bytes] | None = None

    # --- life --------------------------------------------------------------------------------
    def __enter__(self) -> "Stack":
        """Start everything and wait until the first page is ready."""
        self.redis.start()
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
            "DEMO": "1",
            "DEBUG": "0",
            "PORT": str(self.port),
            "VAR_DIR": str(self.folder),
            "SECRET_KEY": "only-for-tests-" + "x" * 50,
            "DATABASE_URL": self.database.app_url,
            "OWNER_DATABASE_URL": self.database.owner_url,
            "REDIS_URL": self.redis.url,
            "STATIC_DIR": str(_collected_static()),
            "PUBLIC_URL": self.url,
            "LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **self.extra,
        }
        if self.extra.get("STAND_IN_URL") is None:
            self.env.pop("STAND_IN_URL", None)
        with (self.folder / "log" / "stack.log").open("ab") as log:
            self._runner = subprocess.Popen(
                [sys.executable, "-m", "config.runner", "serve"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.until(self.ready, seconds=READY_SECONDS, what="the stack to answer")
        self.env["STAND_IN_URL"] = self._stand_in_url()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop everything; nothing of it may be left."""
        try:
            if self._runner is not None:
                self._runner.send_signal(signal.SIGTERM)
                self._runner.wait(timeout=60)
        finally:
            if self._runner is not None and self._runner.poll() is None:
                self._runner.kill()  # its children die with it
                self._runner.wait()
            self.redis.stop()
            self.cluster.drop(self.database)

    # --- what tests use ----------------------------------------------------------------------
    @property
    def url(self) -> str:
        """Return the address of the web server, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        """Return everything the parts have said."""
        return (self.folder / "log" / "stack.log").read_text(errors="replace")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the stack's database directly (as superuser)."""
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def manage(self, *command: str) -> str:
        """Run a management command inside the stack and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def pid(self, name: str) -> int:
        """Return the process id of web, beat, lookups, documents or carriers."""
        return int(json.loads((self.folder / "children.json").read_text())[name])

    def kill(self, name: str) -> None:
        """Kill -9 one part and everything it started; the runner starts it again."""
        os.killpg(self.pid(name), signal.SIGKILL)

    def kill_worker(self, name: str = "lookups") -> None:
        """Kill -9 a worker in the middle of whatever it does."""
        self.kill(name)

    def suspend(self, name: str) -> None:
        """Freeze one part (SIGSTOP) until `resume`."""
        psutil.Process(self.pid(name)).suspend()

    def resume(self, name: str) -> None:
        """Let a frozen part go on."""
        psutil.Process(self.pid(name)).resume()

    def stop_redis(self) -> None:
        """Take Redis away at once (kill -9)."""
        process = self.redis.running()
        if process is None:
            raise AssertionError("Redis was not running")
        process.kill()
        process.wait()

    def start_redis(self) -> None:
        """Bring Redis back on the same port with what it had written down."""
        port = self.redis.port
        self.redis.start()
        if self.redis.port != port:
            raise AssertionError("somebody took Redis's port meanwhile")

    def until(self, happened: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Ask every 50 ms until it happened; fail with the end of the log after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if happened():
                return
            if self._runner is not None and self._runner.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds:g} s for {what}:\n{self.log()[-4000:]}")

    # --- inside ------------------------------------------------------------------------------
    def ready(self) -> bool:
        """Say whether the web server answers and reaches the database."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _stand_in_url(self) -> str:
        lines = (self.folder / "run.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines).get("STAND_IN_URL", "")


def _collected_static() -> Path:
    """Return a folder with the collected static files, shared by all stacks of this checkout."""
    target = FOLDER / "static"
    with (FOLDER / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = max(file.stat().st_mtime for file in (ROOT / "static").rglob("*"))
        stamp = FOLDER / "static.stamp"
        if not stamp.exists() or float(stamp.read_text()) != newest:
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "STATIC_DIR": str(target),
                "SECRET_KEY": "x" * 50,
                "DATABASE_URL": "postgres://app:x@127.0.0.1:1/none",
                "REDIS_URL": "redis://127.0.0.1:1/0",
                "DEMO": "1",
            }
            command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            stamp.write_text(str(newest))
    return target
