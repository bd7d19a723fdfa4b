"""Brings schema, translations, static files and the demo shop up to date, quickly on two cores.

Safe to run again: every step does nothing when there is nothing to do.
"""

import hashlib
import subprocess
import sys

import psycopg

from config.runner.children import ROOT
from config.runner.ground import Ground
from config.runner.say import Refusal
from config.translations import compile_all

# Any number will do, as long as nobody else uses it: "only one migrates at a time".
MIGRATION_LOCK = 20_260_001


def prepare(ground: Ground) -> None:
    """Do every step; the static files are compressed beside the others.

    Raises Refusal when a step fails; what it said stands on the terminal.
    """
    compile_all()
    static = StaticFiles(ground)
    static.start()
    try:
        owner_url = ground.environment.get("OWNER_DATABASE_URL")
        if owner_url is None:
            raise Refusal("OWNER_DATABASE_URL is not set: the schema cannot be brought up to date.")
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            finish(manage(ground, "migrate", "--verbosity=0"), "migrate")
        if not ground.demo:
            finish(manage(ground, "check", "--database", "default"), "check")
        last = "seed_demo" if ground.demo else "setup_token"
        finish(manage(ground, last), last)
        static.finish()
    finally:
        static.give_up()


def manage(ground: Ground, *command: str) -> "subprocess.Popen[bytes]":
    """Start one management command, its output going to the terminal."""
    whole = [sys.executable, "manage.py", *command]
    return subprocess.Popen(whole, cwd=ROOT, env=ground.environment)  # noqa: S603  # our manage.py


def finish(process: "subprocess.Popen[bytes]", name: str) -> None:
    """Wait for a command; refuse to go on if it failed."""
    try:
        code = process.wait()
    except BaseException:  # Ctrl-C or a stop while it works: it goes with us
        process.terminate()
        process.wait()
        raise
    if code != 0:
        raise Refusal(f"`manage.py {name}` failed; what it said stands above.")


class StaticFiles:
    """The files under VAR_DIR/static, with hashed names, remade when any source has changed."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.stamp = ground.var_dir / "static.stamp"
        self.digest = self._digest()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, if there is anything to do."""
        if not (self.stamp.exists() and self.stamp.read_text() == self.digest):
            command = ("collectstatic", "--noinput", "--clear", "--verbosity=0")
            self.process = manage(self.ground, *command)

    def finish(self) -> None:
        """Wait for the end and note what was done."""
        if self.process is not None:
            finish(self.process, "collectstatic")
            self.stamp.write_text(self.digest)

    def give_up(self) -> None:
        """End it if it still works (another step has failed)."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def _digest(self) -> str:
        files = sorted(file for file in (ROOT / "static").rglob("*") if file.is_file())
        seen = [f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files]
        seen.append((ROOT / "requirements.lock").read_text())  # packages bring files too
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()
