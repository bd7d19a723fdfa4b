"""A real PostgreSQL 18 under VAR_DIR: made once, started, stopped, and picked up after a kill -9.

It listens on 127.0.0.1 only, without a socket file, with random passwords (SCRAM).
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.embedded.keys import Keys, keys_of
from config.embedded.place import Place, find_place
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

ROLES_SQL = Path(__file__).with_name("roles.sql")
START_SECONDS = 60.0


class Postgres:
    """One cluster. `safe=False` trades durability for speed and is for tests only."""

    def __init__(self, var_dir: Path, *, safe: bool = True) -> None:
        self.var_dir = var_dir
        self.safe = safe
        self.keys: Keys = keys_of(var_dir)
        self.place: Place = find_place(var_dir)
        self.data = self.place.home / "data"
        self.port = 0

    # --- addresses ---------------------------------------------------------------------------
    def url(self, role: str, name: str) -> str:
        """Return the postgres:// URL of a database for `app`, `owner` or the superuser."""
        passwords = {
            "app": self.keys.app,
            "owner": self.keys.owner,
            "postgres": self.keys.superuser,
        }
        return f"postgres://{role}:{passwords[role]}@127.0.0.1:{self.port}/{name}"

    def admin(self, name: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Connect as superuser, each statement on its own."""
        return psycopg.connect(self.url("postgres", name), autocommit=True, connect_timeout=5)

    # --- life --------------------------------------------------------------------------------
    def running(self) -> psutil.Process | None:
        """Return the living server of this cluster, whoever started it, and take over its port."""
        lines = self._pid_file()
        if len(lines) < 4:
            return None
        process = process_at(int(lines[0]), speaks_of=str(self.data))
        if process is not None:
            self.port = int(lines[3])
        return process

    def start(self, *, with_parent: bool = True) -> psutil.Process:
        """Start the server (or find it running) and return its process once it answers.

        With `with_parent` it stops by itself when we die; without, it stays for others to use.
        """
        found = self.running()
        if found is not None and not with_parent:
            return found
        if found is not None:  # left over from a runner that was killed: its parent must be us
            stop(found, signal.SIGINT, seconds=20)
        self._make_cluster()
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # nobody lives behind it: see above
        self.port = remembered_port(self.var_dir / "postgres.port")
        process = hand_over(self._spawn(with_parent=with_parent))
        if not wait_until(self.answers, seconds=START_SECONDS, alive=process.is_running):
            raise ServerError(f"PostgreSQL did not start:\n{last_lines(self.log)}")
        self._set_passwords()
        return process

    def stop(self) -> None:
        """Stop the server, ending its connections but finishing its writes."""
        found = self.running()
        if found is not None:
            stop(found, signal.SIGINT, seconds=20)

    def answers(self) -> bool:
        """Say whether the server takes connections."""
        try:
            with self.admin():
                return True
        except psycopg.OperationalError:
            return False

    # --- databases ---------------------------------------------------------------------------
    def ensure_database(self, name: str) -> None:
        """Make the database if it is missing, and give the two roles their rights in it."""
        with self.admin() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with self.admin(name) as connection:
            connection.execute(ROLES_SQL.read_text().encode())

    # --- inside ------------------------------------------------------------------------------
    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.var_dir / "log" / "postgres.log"

    def _pid_file(self) -> list[str]:
        file = self.data / "postmaster.pid"
        return file.read_text().splitlines() if file.exists() else []

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was interrupted
        with tempfile.NamedTemporaryFile("w", dir=self.place.home) as password:  # 0600
            password.write(self.keys.superuser)
            password.flush()
            if self.place.account.uid is not None:
                os.chown(password.name, self.place.account.uid, -1)
            command = [str(self.place.programs / "initdb"), "-D", str(self.data), "-U", "postgres"]
            command += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
            command += ["--auth=scram-sha-256", f"--pwfile={password.name}", "--no-instructions"]
            command += [] if self.safe else ["--no-sync"]
            done = self._run(command)
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerError(f"PostgreSQL's files could not be made:\n{done.stdout}{done.stderr}")

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            cwd=self.place.home,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            **self.place.account.popen(),
        )

    def _spawn(self, *, with_parent: bool) -> "subprocess.Popen[bytes]":
        self.log.parent.mkdir(exist_ok=True)
        command = [
            str(self.place.programs / "postgres"),
            "-D",
            str(self.data),
            "-p",
            str(self.port),
        ]
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "120",
            "log_line_prefix": "%t [%p] ",
            # A refused row would stand in the log with its values: no personal data there.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.safe:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.place.home,
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the runner alone, which stops us in order
                preexec_fn=die_with_parent(signal.SIGINT) if with_parent else None,
                **self.place.account.popen(),
            )

    def _set_passwords(self) -> None:
        with self.admin() as connection:
            connection.execute(ROLES_SQL.read_text().encode())
            for role, password in (("owner", self.keys.owner), ("app", self.keys.app)):
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
