"""What both embedded servers need: a port, a process that dies with its parent, a clean stop."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1


class ServerError(RuntimeError):
    """An embedded server could not be started; the text is for the person at the screen."""


def free_port(preferred: int | None = None) -> int:
    """Return `preferred` if nobody listens there on 127.0.0.1, else any free port."""
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("There is no free port on 127.0.0.1.")


def remembered_port(file: Path) -> int:
    """Return the port of last time if it is still free, else a new one, and write it down."""
    text = file.read_text().strip() if file.exists() else ""
    port = free_port(int(text) if text.isdigit() else None)
    file.write_text(str(port))
    return port


def die_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """Return a hook for Popen(preexec_fn) that sends `sign` to the child when its parent dies.

    Linux only; elsewhere the stop on Ctrl-C and the look at the pid file at the next start must do.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and this line
            os.kill(os.getpid(), sign)

    return hook


def hand_over(started: "subprocess.Popen[bytes]") -> psutil.Process:
    """Return the same process for psutil to watch and reap.

    A server may outlive us or be stopped by another process, so subprocess must not expect to
    collect its exit status (it warns when it has not).
    """
    process = psutil.Process(started.pid)
    started.returncode = 0
    return process


def process_at(pid: int, *, speaks_of: str) -> psutil.Process | None:
    """Return the living process `pid` if its command line names `speaks_of`, else None.

    Process ids are reused, so a pid file alone proves nothing.
    """
    try:
        process = psutil.Process(pid)
        named = any(speaks_of in part for part in process.cmdline())
        return process if named and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def stop(process: psutil.Process, sign: signal.Signals, *, seconds: float) -> None:
    """Ask a server to stop and wait; kill it if it does not within `seconds`.

    A zombie has stopped: who started it may be another process that has not looked yet.
    """
    with suppress(psutil.NoSuchProcess):
        process.send_signal(sign)
        if not wait_until(lambda: _has_ended(process), seconds=seconds, alive=lambda: True):
            process.kill()
            wait_until(lambda: _has_ended(process), seconds=5, alive=lambda: True)
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        process.wait(timeout=0)  # look ourselves, where we started it


def _has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(ready: Callable[[], bool], *, seconds: float, alive: Callable[[], bool]) -> bool:
    """Ask `ready` every 50 ms until yes; False after `seconds` or once the process has gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if not alive():
            return False
        time.sleep(0.05)
    return False


def last_lines(log: Path, count: int = 8) -> str:
    """Return the end of a server's log, to be shown when it would not start."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
