"""A running demo shop whose carriers do what a test says, and what must hold of it in the end."""

import base64
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from carriers.imei import demo_imei
from carriers.sandbox.script import Reply
from carriers.sandbox.server import StandIn
from config.runner.children import worker
from tests.cluster import ROOT, Cluster
from tests.faults.clerk import Clerk
from tests.stack import Stack

FINAL = {"answered", "failed"}
FIFTEEN_DIGITS = re.compile(rb"(?<![0-9])[0-9]{15}(?![0-9])")
MESSAGE_BODY = re.compile(rb'"body": ?"([A-Za-z0-9+/=]+)"')
_serials = count(700_000 + os.getpid() % 1_000 * 100)


class Shop:
    """Web, worker, beat, Redis and PostgreSQL; the carriers' sites are served by the test itself.

    `plan` says what a site answers about an IMEI, `(imei, network) → Reply`; what is not planned
    is －. It may be changed at any moment.
    """

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.plan: dict[tuple[str, str], Reply] = {}
        self.sites = StandIn(lambda imei, site: self.plan.get((imei, site), Reply()))
        self.stack = Stack(folder, cluster, STAND_IN_URL=self.sites.url)
        self.postgres_log = cluster.server.log
        self._log_began = self.postgres_log.stat().st_size
        self._logins: dict[str, str] = {}
        self._phones: set[str] = set()

    def __enter__(self) -> "Shop":
        """Start everything and furnish the shop: people, prices, all networks asked by machine."""
        self.sites.start()
        self.stack.__enter__()
        self.stack.manage("seed_demo")
        lines = (self.stack.folder / "demo-logins.txt").read_text().splitlines()
        self._logins = {name: word.strip() for name, word in (one.split(None, 1) for one in lines)}
        return self

    def __exit__(self, *exception: object) -> None:
        """Wake what hangs and stop everything."""
        try:
            self.stack.__exit__(*exception)
        finally:
            self.sites.stop()

    # --- people and phones ---------------------------------------------------------------------
    def clerk(self, name: str = "manager") -> Clerk:
        """Return somebody who has signed in at this moment."""
        person = Clerk(self.stack.url)
        answer = person.log_in(name, self._logins[name])
        assert answer.status == 302, answer.text
        return person

    def phone(self, **replies: Reply) -> str:
        """Return the IMEI of a phone nobody has seen; `docomo=Reply(…)` plans what a site says."""
        imei = demo_imei(next(_serials)).digits
        self._phones.add(imei)
        for network, reply in replies.items():
            self.plan[imei, network] = reply
        return imei

    # --- what happened -------------------------------------------------------------------------
    def lookups(self, imei: str) -> dict[str, dict[str, Any]]:
        """Return the newest lookup of each network about a phone."""
        names = ("id", "network", "state", "mark", "failure", "tries")
        rows = self.stack.rows(
            "SELECT id, network, state, mark, failure, tries FROM carriers_lookup"
            " WHERE imei = %s ORDER BY id",
            imei,
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return {row["network"]: row for row in found}

    def attempts(self, lookup_id: int) -> list[tuple[Any, ...]]:
        """Return (kind, worker, mark, failure, reason, latency_ms) of each try, oldest first."""
        return self.stack.rows(
            "SELECT kind, worker, mark, failure, reason, latency_ms FROM carriers_lookupattempt"
            " WHERE lookup_id = %s ORDER BY id",
            lookup_id,
        )

    def kinds(self, lookup_id: int) -> list[str]:
        """Return what happened to a lookup, in words: asked, answered, failed, lost."""
        return [row[0] for row in self.attempts(lookup_id)]

    def questions(self, imei: str, network: str) -> int:
        """Return how often a site was really asked about a phone."""
        return sum(1 for seen in self.sites.requests if (seen.imei, seen.site) == (imei, network))

    def wait_for(self, imei: str, *networks: str, seconds: float, state: str = "") -> None:
        """Wait until these networks' lookups (all, where none is named) are over, or in `state`."""
        wanted = {state} if state else FINAL

        def over() -> bool:
            rows = self.lookups(imei)
            chosen = [rows[name] for name in networks] if networks else list(rows.values())
            return bool(chosen) and all(row["state"] in wanted for row in chosen)

        self.stack.until(over, seconds=seconds, what=f"{', '.join(networks) or 'all'}: {wanted}")

    @contextmanager
    def second_worker(self) -> Iterator[None]:
        """Run one more worker for lookups, as a second machine would."""
        child = worker("lookups", pool="threads", concurrency=4)
        command = [part.replace("lookups@%h", "second@%h") for part in child.command]
        log = self.stack.folder / "log" / "second.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**self.stack.env, **child.extra}, stdout=out, stderr=out
            )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=40)

    # --- what must hold ------------------------------------------------------------------------
    def must_be_sound(self, *imeis: str) -> None:
        """Fail unless every question about these phones ended once and nothing was said aloud."""
        for imei in imeis:
            for row in self.stack.rows(
                "SELECT id, network, state, mark, failure FROM carriers_lookup WHERE imei = %s",
                imei,
            ):
                self._ended_once(*row)
        self._no_task_failed()
        self._nothing_said_aloud()

    def _ended_once(self, pk: int, network: str, state: str, mark: str, failure: str) -> None:
        kinds = self.kinds(pk)
        story = f"{network}: {state} after {kinds}"
        assert state in FINAL, story
        assert bool(mark) == (state == "answered"), story
        assert bool(failure) == (state == "failed"), story
        assert kinds.count("answered") == (1 if state == "answered" else 0), story
        # Every question on record has an end on record: nothing was asked and forgotten.
        assert kinds.count("asked") <= len(kinds) - kinds.count("asked"), story

    def _no_task_failed(self) -> None:
        for line in self.log().splitlines():
            assert "raised unexpected" not in line, line
            assert not ("Traceback" in line and "carriers/checks" in line), line
            assert not ('"django.request"' in line and '"error"' in line), line

    def log(self) -> str:
        """Return what all parts said, Redis and a second worker included."""
        files = sorted((self.stack.folder / "log").glob("*.log"))
        return "\n".join(file.read_text(errors="replace") for file in files)

    def _nothing_said_aloud(self) -> None:
        """No 15 digits in any log, nor in anything that Redis holds or ever held."""
        with self.postgres_log.open("rb") as file:
            file.seek(self._log_began)
            database_log = file.read()
        # Other test runs share that log: only our own phones count there.
        told = [imei for imei in self._phones if imei.encode() in database_log]
        assert not told, "an IMEI in PostgreSQL's log"
        assert not FIFTEEN_DIGITS.findall(self.log().encode()), "15 digits in a log"
        written = b"".join(
            file.read_bytes() for file in (self.stack.folder / "redis").rglob("*.aof*")
        )
        messages = MESSAGE_BODY.findall(written)
        assert messages, "there was nothing to look at"
        bodies = b"\n".join(base64.b64decode(body) for body in messages)
        assert not FIFTEEN_DIGITS.findall(written), "15 digits in Redis"
        assert not FIFTEEN_DIGITS.findall(bodies), "15 digits in a message to the workers"
