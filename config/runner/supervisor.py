"""Keeps children running: starts them, prefixes their lines, restarts the dead, stops all in order.

One thread and one loop, so that starting a child is safe at any time. Each child has a session of
its own: Ctrl-C reaches only the runner, and a child's own children can be ended with it.
"""

import json
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from config.embedded.process import die_with_parent
from config.runner.children import ROOT, Child
from config.runner.say import say

# Seconds before the first, second, … restart of a child that keeps dying.
BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 30.0


class Running:
    """One child and its present process, if it has one."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self.rest = b""
        self.started_at = 0.0
        self.deaths = 0
        self.start_again_at = 0.0

    def exited(self) -> bool:
        """Say whether the process has ended since we last looked."""
        return self.process is not None and self.process.poll() is not None

    def send(self, sign: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to the process, or to it and everything it started."""
        if self.process is None:
            return
        try:
            if group:
                os.killpg(self.process.pid, sign)
            else:
                self.process.send_signal(sign)
        except ProcessLookupError:
            return


class Supervisor:
    """Runs children until told to stop; `watch` is called about once a second."""

    def __init__(
        self,
        children: Sequence[Child],
        environment: Mapping[str, str],
        *,
        register: Path,
        watch: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = [Running(child) for child in children]
        self.environment = dict(environment)
        self.register = register
        self.watch = watch
        self.stopping = False
        self._selector = selectors.DefaultSelector()

    # --- the loop ----------------------------------------------------------------------------
    def run(self) -> None:
        """Start every child, look after them until SIGINT or SIGTERM, then stop them in order."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._on_signal)
        try:
            for running in self.children:
                self._start(running)
            watched_at = time.monotonic()
            while not self.stopping:
                self._pump(0.2)
                self._restart_the_dead()
                if time.monotonic() - watched_at >= 1:
                    self.watch()
                    watched_at = time.monotonic()
        finally:
            self._stop_all()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.stopping = True

    # --- one child ---------------------------------------------------------------------------
    def _start(self, running: Running) -> None:
        process = subprocess.Popen(  # noqa: S603  # the commands of children.py
            running.child.command,
            cwd=ROOT,
            env={**self.environment, **running.child.extra, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        running.process, running.rest = process, b""
        running.started_at = time.monotonic()
        if process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self._selector.register(process.stdout, selectors.EVENT_READ, running)
        self._write_register()

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for running in self.children:
            if running.exited():
                self._bury(running)
                if running.child.once:
                    running.start_again_at = math.inf
                    continue
                if now - running.started_at > STEADY_SECONDS:
                    running.deaths = 0
                delay = BACKOFF[min(running.deaths, len(BACKOFF) - 1)]
                running.deaths += 1
                running.start_again_at = now + delay
                say("runner", f"{running.child.name} stopped; starting it again in {delay:g} s")
            elif running.process is None and now >= running.start_again_at:
                self._start(running)

    def _bury(self, running: Running) -> None:
        if running.process is None:
            return
        # A worker killed with -9 leaves its own children behind; they go with it.
        running.send(signal.SIGKILL, group=True)
        if running.process.stdout is not None:
            self._read(running, running.process.stdout)
            self._close(running.process.stdout)
        running.process.wait()
        running.process = None
        self._write_register()

    def _stop_all(self) -> None:
        for running in self.children:
            running.send(signal.SIGTERM)
        for running in self.children:
            deadline = time.monotonic() + running.child.grace
            while running.process is not None and not running.exited():
                if time.monotonic() > deadline:
                    say("runner", f"{running.child.name} did not stop by itself; ending it")
                    running.send(signal.SIGKILL, group=True)
                self._pump(0.1)
            self._bury(running)
        self.register.unlink(missing_ok=True)

    # --- what they say -----------------------------------------------------------------------
    def _pump(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _events in self._selector.select(seconds):
            running: Running = key.data
            if running.process is not None and running.process.stdout is not None:
                self._read(running, running.process.stdout)

    def _read(self, running: Running, stream: IO[bytes]) -> None:
        while True:
            try:
                part = os.read(stream.fileno(), 65536)
            except BlockingIOError:
                return
            except ValueError:  # closed already
                return
            if not part:
                self._close(stream)
                return
            *lines, running.rest = (running.rest + part).split(b"\n")
            for line in lines:
                say(running.child.name, line.decode(errors="replace"))

    def _close(self, stream: IO[bytes]) -> None:
        if not stream.closed:
            self._selector.unregister(stream)
            stream.close()

    def _write_register(self) -> None:
        """Write name → process id for tests and for people who want to look."""
        pids = {r.child.name: r.process.pid for r in self.children if r.process is not None}
        draft = self.register.with_suffix(".new")
        draft.write_text(json.dumps(pids))
        draft.replace(self.register)
