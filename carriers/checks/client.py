"""Carries one network's conversation over HTTP: the only place that opens a connection to a site.

Decided here: how long, how much and from whom a page is taken. Not decided here: what is asked and
what a page means (`carriers.networks`), or what follows a failure (`policy`). There is no hidden
second try: a further try is a row with an attempt of its own, so that staff see every question.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import ReadTimeoutError

from carriers.checks.policy import DEADLINE_S
from carriers.imei import Imei
from carriers.networks.answer import Answer, Failure, Reason
from carriers.networks.base import Network, Request, Response, converse, same_origin

CONNECT_S = 5.0
READ_S = 15.0
"""Seconds of silence on an open connection; a slow page may take its time up to the deadline."""
MAX_BYTES = 256 * 1024
CHUNK = 16 * 1024
MAX_REDIRECTS = 3
USER_AGENT = "PhoneBuyback/0.1"
SEE_OTHER = frozenset({301, 302, 303})
SAME_AGAIN = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Reply:
    """What one conversation brought: the answer and the evidence for it.

    `body` is the last page as received (empty when none came), `http_status` None without a
    response, `latency_ms` the whole conversation, `host` name and port as asked, `authenticated`
    whether TLS proved the host, `retry_after` the last response's header as it came.
    """

    answer: Answer
    body: bytes = field(repr=False)
    content_type: str
    http_status: int | None
    latency_ms: int
    host: str
    authenticated: bool
    retry_after: str = ""


def site_to_ask() -> str | None:
    """Return the origin at which networks may be asked by machine now, or None for nowhere.

    Only stand-in sites are asked: a network's own site waits until the owner has read its terms and
    a person has verified the conversation (DESIGN §4).
    """
    return settings.STAND_IN_URL or None


def is_stand_in(base_url: str, network: Network) -> bool:
    """Say whether `base_url` is not the network's own site."""
    return not same_origin(base_url, network.base_url)


def ask_network(
    network: Network, imei: Imei, base_url: str, *, deadline_s: float = DEADLINE_S
) -> Reply:
    """Ask `network` about `imei` at `base_url`; return its answer with the evidence.

    Takes at most `deadline_s` seconds in all, however slowly bytes drip, and never raises for
    anything the site does: a failure of the wire is an `Answer` with a failure too.
    """
    call = _Call(network, base_url, deadline_s)
    try:
        with call.watched():
            answer = converse(network, imei, base_url, call.send)
    except _Refused as refused:
        answer = network.failed(refused.failure, refused.reason)
    except (requests.RequestException, TransportError, OSError) as error:
        answer = network.failed(Failure.UNAVAILABLE, call.reason_of(error))
    if call.is_late():
        answer = network.failed(Failure.UNAVAILABLE, Reason.TIMEOUT)
    return call.reply(answer)


class _Refused(Exception):
    """The client itself does not go on with this response."""

    def __init__(self, failure: Failure, reason: Reason) -> None:
        super().__init__(reason.value)
        self.failure = failure
        self.reason = reason


class _Call:
    """One conversation's connection, deadline and evidence."""

    def __init__(self, network: Network, base_url: str, deadline_s: float) -> None:
        self.base_url = base_url
        self.started = time.monotonic()
        self.ends = self.started + deadline_s
        self.status: int | None = None
        self.content_type = ""
        self.body = b""
        self.retry_after = ""
        self.sockets: list[socket.socket] = []
        self.cut = threading.Event()
        self.session = requests.Session()
        # No proxies, .netrc or certificates from the environment: the site, or nobody.
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": USER_AGENT, "Accept-Language": "ja"})
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _NotingAdapter())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hang up at the deadline: a read time-out alone does not stop a slow drip."""
        timer = threading.Timer(max(self.ends - time.monotonic(), 0), self._hang_up)
        timer.daemon = True
        token = _SOCKETS.set(self.sockets)
        timer.start()
        try:
            with self.session:
                yield
        finally:
            timer.cancel()
            _SOCKETS.reset(token)

    def send(self, request: Request) -> Response:
        """Carry one request, following redirects within the site only."""
        method, url = request.method, request.url
        form = urlencode(request.form, encoding=request.charset) if request.form else None
        headers = dict(request.headers)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for _hop in range(MAX_REDIRECTS + 1):
            response = self._exchange(method, url, form, headers)
            location = response.headers.get("location", "")
            if response.status not in SEE_OTHER | SAME_AGAIN or not location:
                return response
            url = urljoin(url, location)
            if not same_origin(url, self.base_url):
                raise _Refused(Failure.UNREADABLE, Reason.ORIGIN)
            if response.status in SEE_OTHER:
                method, form = "GET", None
                headers.pop("Content-Type", None)
        raise _Refused(Failure.UNREADABLE, Reason.ORIGIN)

    def _exchange(
        self, method: str, url: str, form: str | None, headers: dict[str, str]
    ) -> Response:
        self.status, self.content_type, self.body, self.retry_after = None, "", b"", ""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise _Refused(Failure.UNAVAILABLE, Reason.TIMEOUT)
        with self.session.request(
            method,
            url,
            data=form,
            headers=headers,
            timeout=(min(CONNECT_S, left), min(READ_S, left)),
            allow_redirects=False,
            stream=True,
        ) as got:
            self.status = got.status_code
            self.content_type = got.headers.get("Content-Type", "")
            self.retry_after = got.headers.get("Retry-After", "")
            for chunk in got.raw.stream(CHUNK, decode_content=True):
                self.body += chunk
                if len(self.body) > MAX_BYTES:
                    self.body = self.body[:MAX_BYTES]
                    raise _Refused(Failure.UNREADABLE, Reason.TOO_LARGE)
            lower = {name.lower(): value for name, value in got.headers.items()}
            return Response(got.status_code, url, self.body, self.content_type, lower)

    def is_late(self) -> bool:
        """Say whether the deadline cut the conversation: then what came may not be all of it."""
        return self.cut.is_set() or time.monotonic() > self.ends

    def reason_of(self, error: Exception) -> Reason:
        """Tell a time-out from a connection that broke."""
        late = isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError)
        return Reason.TIMEOUT if late or self.is_late() else Reason.CONNECTION

    def reply(self, answer: Answer) -> Reply:
        """Return the answer with what was seen."""
        parts = urlsplit(self.base_url)
        return Reply(
            answer=answer,
            body=self.body,
            content_type=self.content_type,
            http_status=self.status,
            latency_ms=round((time.monotonic() - self.started) * 1000),
            host=parts.netloc,
            authenticated=parts.scheme == "https" and self.status is not None,
            retry_after=self.retry_after,
        )

    def _hang_up(self) -> None:
        self.cut.set()
        for open_socket in self.sockets:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)


_SOCKETS: ContextVar[list[socket.socket]] = ContextVar("sockets of this conversation")


class _NotingHttp(HTTPConnection):
    def connect(self) -> None:
        """Connect, and leave the socket where the deadline finds it."""
        super().connect()
        _SOCKETS.get().append(self.sock)


class _NotingHttps(HTTPSConnection):
    def connect(self) -> None:
        """Connect, and leave the socket where the deadline finds it."""
        super().connect()
        _SOCKETS.get().append(self.sock)


class _NotingHttpPool(HTTPConnectionPool):
    ConnectionCls = _NotingHttp


class _NotingHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _NotingHttps


class _NotingAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use connections that note their sockets; verification stays as requests sets it."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _NotingHttpPool,
            "https": _NotingHttpsPool,
        }
