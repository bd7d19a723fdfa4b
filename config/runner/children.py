"""The processes of one running shop: their commands, in the order in which they are started."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Child:
    """One program: what to run, what to add to the environment, seconds to wait when stopping.

    `once`: it has one thing to do and is not started again when it has ended.
    """

    name: str
    command: tuple[str, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    grace: float = 25.0
    once: bool = False


def python(*parts: str) -> tuple[str, ...]:
    """Return a command for this very Python."""
    return (sys.executable, *parts)


def web(port: int, *, host: str = "127.0.0.1") -> Child:
    """Return the web server: threads, because a page waits on PostgreSQL, not on the processor."""
    workers = os.environ.get("WEB_WORKERS", "2")
    command = python("-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}")
    command += ("--worker-class", "gthread", "--workers", workers, "--threads", "8")
    command += ("--timeout", "60", "--graceful-timeout", "15", "--keep-alive", "30")
    command += ("--max-requests", "20000", "--max-requests-jitter", "2000")
    command += ("--no-control-socket", "--log-level", "warning")
    return Child("web", command, {"PROCESS": "web"}, grace=20)


def worker(queue: str, *, pool: str, concurrency: int) -> Child:
    """Return one Celery worker for one queue."""
    command = python("-m", "celery", "--quiet", "-A", "config", "worker", "-Q", queue, "-P", pool)
    command += ("-c", str(concurrency), "-n", f"{queue}@%h", "-l", "WARNING")
    command += ("--without-gossip", "--without-mingle")
    # SIGTERM then means: finish what runs, but for 20 seconds at most (a second one is not needed).
    return Child(queue, command, {"PROCESS": queue, "REMAP_SIGTERM": "SIGQUIT"})


def beat(var_dir: Path) -> Child:
    """Return the one clock. Its file only remembers when a job was last sent."""
    command = python("-m", "celery", "--quiet", "-A", "config", "beat", "-l", "WARNING")
    command += ("-s", str(var_dir / "beat"), "--pidfile=")
    return Child("beat", command, {"PROCESS": "beat"}, grace=10)


def stand_ins(port: int) -> Child:
    """Return the stand-in carriers of the demo."""
    command = python("-m", "carriers.sandbox", "--host", "127.0.0.1", "--port", str(port))
    return Child("carriers", command, grace=5)


def demo_history() -> Child:
    """Return the program that fills in the demo's history behind its first page."""
    return Child("demo", python("manage.py", "seed_demo", "--history"), grace=5, once=True)


def shop_children(
    *, port: int, var_dir: Path, stand_in_port: int | None, history: bool = False
) -> list[Child]:
    """Return all programs of one machine, first to start first; they stop in the same order."""
    children = [
        web(port),
        beat(var_dir),
        worker("lookups", pool="threads", concurrency=20),
        worker("documents", pool="prefork", concurrency=2),
    ]
    if stand_in_port is not None:
        children.append(stand_ins(stand_in_port))
    return [*children, demo_history()] if history else children
