"""One PostgreSQL for all test runs of this checkout, started on demand, stopped by the last user.

Each run (and each xdist worker) gets a database of its own, cloned from a template that holds the
migrated schema and is remade when a migration changes. A clone takes 50 ms, so tests that commit
get a fresh one each instead of a flush, which the append-only tables would refuse.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
from psycopg import sql

from config.embedded.postgres import ROLES_SQL, Postgres

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("TEST_VAR_DIR", ROOT / "var" / "test")).resolve()
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of the shared test server, with the addresses of both roles and the superuser."""

    name: str
    app_url: str
    owner_url: str
    superuser_url: str


class Cluster:
    """The shared server. `acquire` and `release` count users by process id under a file lock."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.users = folder / "users"
        self.users.mkdir(parents=True, exist_ok=True)
        self.server = Postgres(folder, safe=False)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def acquire(self) -> None:
        """Note this process as a user, start the server if needed, clear what dead runs left."""
        with self._alone():
            self.server.start(with_parent=False)
            (self.users / str(os.getpid())).touch()
            for file in self.users.iterdir():
                if not psutil.pid_exists(int(file.name)):
                    file.unlink()
            self._drop_left_over()

    def release(self) -> None:
        """Drop this process's databases and stop the server if nobody else uses it."""
        with self._alone():
            (self.users / str(os.getpid())).unlink(missing_ok=True)
            self._drop_left_over()
            if not any(self.users.iterdir()):
                self.server.stop()

    def clone(self) -> Database:
        """Return a new database with the migrated, empty schema."""
        name = f"t_{os.getpid()}_{next(_numbers)}"
        with self._alone():
            template = self._template()
            self._create(name, template=template)
        return self._database(name)

    def drop(self, database: Database) -> None:
        """Remove a database, ending whatever still talks to it."""
        self._drop(database.name)

    # --- inside ------------------------------------------------------------------------------
    def _database(self, name: str) -> Database:
        urls = [self.server.url(role, name) for role in ("app", "owner", "postgres")]
        return Database(name, *urls)

    def _names(self) -> list[str]:
        with self.server.admin() as connection:
            return [str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")]

    def _drop(self, name: str) -> None:
        with self.server.admin() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(name)))

    def _create(self, name: str, *, template: str) -> None:
        with self.server.admin() as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER owner")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
            rights = sql.SQL(
                "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO app"
            )
            connection.execute(rights.format(sql.Identifier(name)))

    def _drop_left_over(self) -> None:
        living = {file.name for file in self.users.iterdir()}
        for name in self._names():
            if name.startswith("t_") and name.split("_")[1] not in living:
                self._drop(name)

    def _template(self) -> str:
        wanted = f"tmpl_{_schema_hash()}"
        names = self._names()
        if wanted in names:
            return wanted
        draft = f"draft_{os.getpid()}"
        self._drop(draft)
        self.server.ensure_database(draft)
        database = self._database(draft)
        run_manage(["migrate", "--verbosity=0"], database)
        for old in names:
            if old.startswith(("tmpl_", "draft_")):
                self._drop(old)
        with self.server.admin() as connection:
            statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(statement.format(sql.Identifier(draft), sql.Identifier(wanted)))
        return wanted


def run_manage(command: list[str], database: Database, **extra: str) -> str:
    """Run a management command against a test database and return what it printed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        **extra,
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _schema_hash() -> str:
    digest = hashlib.sha256(ROLES_SQL.read_bytes())
    digest.update((ROOT / "shop/append_only.py").read_bytes())  # what migrations call
    for app in ("shop", "carriers", "inventory", "buyback", "config"):
        for file in sorted((ROOT / app / "migrations").glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    digest.update((ROOT / "requirements.lock").read_bytes())  # the packages bring migrations too
    return digest.hexdigest()[:16]
