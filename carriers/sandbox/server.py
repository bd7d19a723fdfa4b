"""The stand-in sites over real HTTP: one server hosts all five, with the real sites' paths.

Keeps sessions as the sites do (a cookie from the form page, good for one question) and carries out
the script's delays and faults. For demo and tests only; nothing here is a carrier's.
"""

import argparse
import http.server
import secrets
import signal
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from carriers.imei import InvalidImei, parse_imei
from carriers.sandbox.pages import ENTRIES, SUBMITS, Site, error_page, maintenance_page
from carriers.sandbox.script import Fault, Reply, Script, demo_script

COOKIE = "STANDIN"
MAX_SESSIONS = 10_000
MAX_LOG = 10_000
MAX_FORM_BYTES = 10_000
HANG_SECONDS = 120.0
STOP_POLL_SECONDS = 0.05
DRIP_SECONDS = 1.0
RETRY_AFTER_S = 5
"""What 429 and 503 ask for; the whole site is left alone so long, so a demo should not wait."""
"""Between two bytes of a dripping page."""
OTHER_IMEI = "490154203237518"
"""Echoed instead of the IMEI asked (the check-digit example of `carriers.md` §9)."""
ERROR_STATUS = {Fault.UNAVAILABLE: 503, Fault.SERVER_ERROR: 500, Fault.TOO_MANY: 429}
GARBAGE = bytes(range(255, 0, -1)) * 8


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came in: `imei` is empty for a form page; `at` is monotonic seconds."""

    method: str
    path: str
    site: str
    imei: str
    at: float


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: "StandIn") -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a hanging or dripping page is expected: say nothing."""


class StandIn:
    """The five sites on one port: `start()`, use `url`, `stop()`; or as a context manager.

    `script` decides each answer, `latency` (seconds) is added to every answer page. `port` 0 takes
    a free one. `requests` is what came in, oldest first (the last 10,000).
    """

    def __init__(
        self,
        script: Script = demo_script,
        latency: float = 0.0,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.script = script
        self.latency = latency
        self.requests: deque[Seen] = deque(maxlen=MAX_LOG)
        self.stopping = threading.Event()
        self._sessions: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_POLL_SECONDS,), daemon=True
        )

    @property
    def url(self) -> str:
        """Scheme, host and port: the `base_url` for any of the five networks."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def start(self) -> Self:
        """Begin to serve in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Wake whatever hangs, stop serving and free the port."""
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def open_session(self, site: str) -> tuple[str, str]:
        """Return a new session's cookie and form token; the oldest session goes when full."""
        cookie, token = secrets.token_hex(12), secrets.token_hex(12)
        with self._lock:
            self._sessions[cookie] = (site, token)
            while len(self._sessions) > MAX_SESSIONS:
                self._sessions.popitem(last=False)
        return cookie, token

    def spend_session(self, cookie: str) -> tuple[str, str] | None:
        """Return (site, token) of this session and end it; None when there is none."""
        with self._lock:
            return self._sessions.pop(cookie, None)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr: `StandIn.requests` is the log."""

    def do_GET(self) -> None:
        """Show a site's form page and begin a session."""
        path = urlsplit(self.path).path
        site = ENTRIES.get(path)
        if site is None:
            return self._send(404, error_page(404).encode(), "UTF-8")
        self._note(path, site, "")
        return self._show_form(site)

    def do_POST(self) -> None:
        """Answer one question about one IMEI, as the script says."""
        path = urlsplit(self.path).path
        form = self._read_form(SUBMITS.get(path))
        site = SUBMITS.get(path)
        if site is None or form is None:
            self.close_connection = True
            return self._send(404 if site is None else 400, error_page(400).encode(), "UTF-8")
        digits = form.get(site.field, "")
        self._note(path, site, digits)
        session = self.server.owner.spend_session(self._cookie())
        if session is None or session[0] != site.name or not _is_complete(site, form, session[1]):
            return self._show_form(site)
        try:
            imei = parse_imei(digits)
        except InvalidImei:
            return self._show_form(site)
        if imei.digits != digits:
            return self._show_form(site)
        return self._play(site, digits, self.server.owner.script(digits, site.name))

    def _play(self, site: Site, digits: str, reply: Reply) -> None:
        stopping = self.server.owner.stopping
        stopping.wait(reply.delay + self.server.owner.latency)
        if reply.fault is Fault.HANG:
            stopping.wait(HANG_SECONDS)
            self.close_connection = True
        elif reply.fault is Fault.DRIP:
            self._drip(site.encode(site.answer(digits, reply.sign)), site)
        else:
            status, body = _answer(site, digits, reply)
            self._send(status, body, site.charset)

    def _show_form(self, site: Site) -> None:
        cookie, token = self.server.owner.open_session(site.name)
        self._send(200, site.encode(site.form(token)), site.charset, cookie)

    def _send(self, status: int, body: bytes, charset: str, cookie: str = "") -> None:
        self._head(status, len(body), charset, cookie)
        self.wfile.write(body)

    def _head(self, status: int, length: int, charset: str, cookie: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"text/html; charset={charset}")
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Stand-In", "1")
        if status in {429, 503}:
            self.send_header("Retry-After", str(RETRY_AFTER_S))
        if cookie:
            self.send_header("Set-Cookie", f"{COOKIE}={cookie}; Path=/; HttpOnly")
        self.end_headers()

    def _drip(self, body: bytes, site: Site) -> None:
        self.close_connection = True
        self._head(200, len(body), site.charset)
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.server.owner.stopping.wait(DRIP_SECONDS):
                return

    def _read_form(self, site: Site | None) -> dict[str, str] | None:
        length = self.headers.get("Content-Length", "")
        if site is None or not length.isdecimal() or int(length) > MAX_FORM_BYTES:
            return None
        body = self.rfile.read(int(length)).decode("ascii", "replace")
        pairs = parse_qs(body, keep_blank_values=True, encoding=site.codec, errors="replace")
        return {name: values[0] for name, values in pairs.items() if len(values) == 1}

    def _cookie(self) -> str:
        try:
            jar = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return ""
        return jar[COOKIE].value if COOKIE in jar else ""

    def _note(self, path: str, site: Site, imei: str) -> None:
        seen = Seen(self.command, path, site.name, imei, time.monotonic())
        self.server.owner.requests.append(seen)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; print the URL on the first line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m carriers.sandbox", description="Stand-ins for five carriers' check sites."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--latency-ms", type=int, default=0, help="added to every answer page")
    options = parser.parse_args(argv)
    try:
        sites = StandIn(
            latency=max(options.latency_ms, 0) / 1000, host=options.host, port=options.port
        )
    except OSError as error:
        parser.exit(1, f"Cannot serve on {options.host}:{options.port}: {error.strerror}\n")
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    with sites:
        sys.stdout.write(f"{sites.url}\n")
        sys.stdout.flush()
        ended.wait()
    return 0


def _is_complete(site: Site, form: dict[str, str], token: str) -> bool:
    tokens = {"token", "struts.token"}
    return all(
        form.get(name) == token if name in tokens else bool(form.get(name)) for name in site.needs
    )


def _answer(site: Site, digits: str, reply: Reply) -> tuple[int, bytes]:
    status = ERROR_STATUS.get(reply.fault, 200) if reply.fault else 200
    page = site.answer(digits, reply.sign)
    match reply.fault:
        case Fault.UNAVAILABLE | Fault.SERVER_ERROR | Fault.TOO_MANY:
            page = error_page(status, site.charset)
        case Fault.MAINTENANCE:
            page = maintenance_page(site.charset)
        case Fault.CHANGED:
            page = site.changed(digits, reply.sign)
        case Fault.OTHER_IMEI:
            page = site.answer(OTHER_IMEI, reply.sign)
        case Fault.CUT:
            page = page[: len(page) * 2 // 3]
        case Fault.GARBAGE:
            return status, GARBAGE
        case _:
            pass
    return status, site.encode(page)
