"""What must stand before anything else: the lock, the port, the servers.

Every refusal is one sentence. Servers named by DATABASE_URL and REDIS_URL are used as they are;
otherwise real ones are started under VAR_DIR.
"""

import fcntl
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.keys import keys_of
from config.embedded.postgres import Postgres
from config.embedded.process import remembered_port
from config.embedded.redis import Redis
from config.runner.children import ROOT
from config.runner.say import Refusal, say

DATABASE = "shop"


@dataclass
class Ground:
    """The lock, the started servers and the environment for the children."""

    var_dir: Path
    port: int
    environment: dict[str, str]
    lock: IO[str]
    postgres: Postgres | None = None
    redis: Redis | None = None
    stand_in_port: int | None = None

    @property
    def demo(self) -> bool:
        """Say whether this is the demo shop."""
        return self.environment["DEMO"] == "1"

    def start_servers(self) -> None:
        """Start the servers that were not given, and write their addresses into the environment."""
        if "DATABASE_URL" not in self.environment:
            self.postgres = Postgres(self.var_dir)
            self.postgres.start()
            self.postgres.ensure_database(DATABASE)
            self.environment["DATABASE_URL"] = self.postgres.url("app", DATABASE)
            self.environment["OWNER_DATABASE_URL"] = self.postgres.url("owner", DATABASE)
        if "REDIS_URL" not in self.environment:
            self.redis = Redis(self.var_dir)
            self.redis.start()
            self.environment["REDIS_URL"] = self.redis.url
        if self.demo and "STAND_IN_URL" not in self.environment:
            self.stand_in_port = remembered_port(self.var_dir / "stand-ins.port")
            self.environment["STAND_IN_URL"] = f"http://127.0.0.1:{self.stand_in_port}"

    def keep_servers(self) -> None:
        """Start a server again that has died; refuse to go on if it had to change its address."""
        for server in (self.postgres, self.redis):
            if server is None or server.running() is not None:
                continue
            before = server.port
            say("runner", f"{type(server).__name__} stopped; starting it again")
            server.start()
            if server.port != before:
                raise Refusal(f"{type(server).__name__}'s port was taken meanwhile; start again.")

    def stop_servers(self) -> None:
        """Stop the servers we started, after everybody who uses them."""
        if self.redis is not None:
            self.redis.stop()
        if self.postgres is not None:
            self.postgres.stop()


def lay(environment: dict[str, str]) -> Ground:
    """Check port and lock and return the ground with a complete environment, nothing started yet.

    Raises Refusal with one sentence: port taken, VAR_DIR in use, VAR_DIR not writable.
    """
    port = _port_of(environment)
    var_dir = Path(environment.get("VAR_DIR") or ROOT / "var").resolve()
    try:
        # 0711: PostgreSQL's account may pass through to its own folder but sees nothing else.
        var_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        (var_dir / "log").mkdir(exist_ok=True)
        lock = (var_dir / "run.lock").open("a")
    except OSError as error:
        raise Refusal(f"VAR_DIR {var_dir} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Refusal(
            f"Another start is using {var_dir}; stop it or choose another VAR_DIR."
        ) from error
    full = dict(environment)
    full.update(VAR_DIR=str(var_dir), PORT=str(port), DJANGO_SETTINGS_MODULE="config.settings")
    full.setdefault("DEMO", "1")
    full.setdefault("LOG_FORMAT", "text")
    full.setdefault("SECRET_KEY", keys_of(var_dir).secret_key)
    return Ground(var_dir=var_dir, port=port, environment=full, lock=lock)


def _port_of(environment: dict[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        # Without this a port in TIME_WAIT after our own last stop would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise Refusal(
                f"Port {text} on 127.0.0.1 is taken; "
                "stop what uses it, or choose another: make run PORT=8001"
            ) from error
    return int(text)
