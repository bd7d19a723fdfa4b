"""Reading the environment: one small reader that fails loudly.

Decided here: how a variable or its file twin (`X_FILE`) is read, and the sentence an owner sees
when something is missing or contradicts itself. What each variable means is decided in settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dj_database_url import parse as parse_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, FileAwareEnv


@dataclass(frozen=True)
class ProcessLimits:
    """What one kind of process may take of PostgreSQL: pooled connections, ms a statement."""

    pool: int
    statement_timeout_ms: int


# A pool where many threads share one process; none on prefork (Celery closes a pool after each
# task) and none for management commands. Celery gives the connection back after each task
# (CELERY_DB_REUSE_MAX stays unset: a reused one would stay broken after a restart of PostgreSQL).
# 0 ms = no limit: a migration takes what it takes.
PROCESS_LIMITS: Mapping[str, ProcessLimits] = {
    "web": ProcessLimits(pool=8, statement_timeout_ms=5_000),
    "lookups": ProcessLimits(pool=20, statement_timeout_ms=60_000),
    "documents": ProcessLimits(pool=0, statement_timeout_ms=60_000),
    "beat": ProcessLimits(pool=0, statement_timeout_ms=60_000),
    "manage": ProcessLimits(pool=0, statement_timeout_ms=0),
}


class Environment:
    """Reads variables; every failure is one sentence with the name and what to put there."""

    def __init__(self) -> None:
        self._env = FileAwareEnv(strip_whitespace=True)

    def required(self, name: str, hint: str) -> str:
        """Return a non-empty text, or refuse to start and say what belongs in it."""
        value = self.text(name)
        if not value:
            raise ImproperlyConfigured(
                f"{name} is not set. {hint} (Or give a file in {name}_FILE.)"
            )
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a text, or the default."""
        try:
            return self._env.str(name, default)
        except (EnvError, ValueError) as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return yes or no; anything that is neither is refused, never read as no."""
        try:
            return self._env.bool(name, default)
        except (EnvError, ValueError) as error:
            raise ImproperlyConfigured(f"{name} must be 1 or 0. ({error})") from error

    def number(self, name: str, default: int) -> int:
        """Return a whole number, or the default."""
        try:
            return self._env.int(name, default)
        except (EnvError, ValueError) as error:
            raise ImproperlyConfigured(f"{name} must be a whole number. ({error})") from error

    def one_of(self, name: str, choices: list[str], default: str) -> str:
        """Return one of the choices; anything else is refused with the list."""
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(
                f"{name} must be one of {', '.join(choices)}, not {value!r}."
            )
        return value

    def words(self, name: str, default: list[str]) -> list[str]:
        """Return a comma-separated list without empty parts."""
        raw = self.text(name)
        return [word.strip() for word in raw.split(",") if word.strip()] if raw else default

    def email(self, name: str, default: str) -> dict[str, Any]:
        """Return Django's EMAIL_* settings from one URL such as smtp://user:password@host:587."""
        try:
            return dict(self._env.dj_email_url(name, default))
        except (EnvError, ValueError) as error:
            raise ImproperlyConfigured(f"{name} is not a mail URL. ({error})") from error


def database(url: str, limits: ProcessLimits) -> dict[str, Any]:
    """Return one DATABASES entry for a postgres:// URL under the limits of this kind of process.

    Raises ImproperlyConfigured for anything but PostgreSQL: the triggers, locks and partial
    indexes of this project exist nowhere else.
    """
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres:// (PostgreSQL 15 or newer)."
        )
    entry: dict[str, Any] = dict(parse_database_url(url))
    options = dict(entry.get("OPTIONS", {}))
    options["options"] = (
        f"-c statement_timeout={limits.statement_timeout_ms}"
        " -c lock_timeout=2000 -c idle_in_transaction_session_timeout=30000"
    )
    options["connect_timeout"] = 5
    if limits.pool:
        # A pool and CONN_MAX_AGE exclude each other; Django refuses the pair.
        options["pool"] = {"min_size": 1, "max_size": limits.pool, "timeout": 10}
        entry["CONN_MAX_AGE"] = 0
    else:
        entry["CONN_MAX_AGE"] = 60
    entry["CONN_HEALTH_CHECKS"] = True
    return {**entry, "OPTIONS": options}


def refuse_contradictions(*, demo: bool, debug: bool, public_url: str, stand_in_url: str) -> None:
    """Refuse combinations that would let demo carriers or plain HTTP reach a real shop."""
    address = urlsplit(public_url)
    local = (address.hostname or "") in {"127.0.0.1", "localhost", "::1"}
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ImproperlyConfigured(
            "PUBLIC_URL must be the address people type, such as https://shop.example.jp"
        )
    if stand_in_url and not demo:
        raise ImproperlyConfigured(
            "STAND_IN_URL is set but DEMO is 0: "
            "answers of stand-in carriers must never decide a real purchase."
        )
    if debug and not (local or demo):
        raise ImproperlyConfigured(
            "DEBUG is 1 but PUBLIC_URL is not this machine: its error pages show people's data. "
            "Set DEBUG=0 (or DEMO=1 to try things out with invented people)."
        )
    if address.scheme == "http" and not (local or demo):
        raise ImproperlyConfigured(
            "PUBLIC_URL must begin with https:// : ID documents never travel over plain HTTP."
        )
