"""What a network is, and how it is asked: as data and a conversation, without any I/O.

`ask` yields `Request`s and is sent `Response`s; who carries them (an HTTP client with its
deadline, rate and evidence) is not decided here. Nothing in this package opens a connection.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol
from urllib.parse import urlsplit

from carriers.imei import Imei
from carriers.networks.answer import Answer, Failure, Reason

OK = 200
RETRYABLE = frozenset({401, 403, 408, 421, 425, 429, 451})
"""Client errors that say nothing about the page: too busy, or not for us at the moment."""


class NotRead(Exception):
    """A step or a page was not understood; becomes an `Answer` with this failure, never a mark."""

    def __init__(
        self,
        reason: Reason,
        failure: Failure = Failure.UNREADABLE,
        *,
        raw_symbol: str = "",
        sentence: str = "",
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.failure = failure
        self.raw_symbol = raw_symbol
        self.sentence = sentence

    def answer(self, parser_version: str) -> Answer:
        """Return the failed answer of the parser with this version."""
        return Answer(
            None, self.failure, self.raw_symbol, self.sentence, parser_version, self.reason
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `form` is to be url-encoded in `charset`; cookies are the client's.

    The client keeps one fresh cookie jar per conversation and follows no redirect to another
    origin. The IMEI stands in `form` only, never in `url`.
    """

    method: Literal["GET", "POST"]
    url: str
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Response:
    """One whole HTTP response: `url` after redirects, `body` unpacked but not decoded."""

    status: int
    url: str
    body: bytes = field(repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Conversation = Generator[Request, Response, Answer]
"""Yields requests, is sent each response, returns the answer. It never raises for a bad page."""


class Parse(Protocol):
    """Read the network's result page. Pure; raises nothing for any bytes."""

    def __call__(self, body: bytes, *, content_type: str, imei: Imei) -> Answer: ...


class Ask(Protocol):
    """Begin one conversation about one IMEI with the site at `base_url` (scheme and host)."""

    def __call__(self, imei: Imei, base_url: str) -> Conversation: ...


@dataclass(frozen=True, slots=True)
class Network:
    """One network's public check page.

    `code` is the registry key and the label code; `brands` are the codes of the brands that it
    sells under. `page_url` is the page a clerk opens in assisted mode; `base_url` the origin the
    conversation starts from (a stand-in has its own, with the same paths). With
    `needs_verification` the conversation is not known to be the site's own (its page needs
    JavaScript), so the caller refuses any host but a stand-in until a person verified it.
    """

    code: str
    brands: tuple[str, ...]
    page_url: str
    base_url: str
    parser_version: str
    parse: Parse
    ask: Ask
    needs_verification: bool = False

    def failed(self, failure: Failure, reason: Reason) -> Answer:
        """Return the answer for a failure the client saw (time-out, no connection)."""
        return NotRead(reason, failure).answer(self.parser_version)


def converse(
    network: Network, imei: Imei, base_url: str, send: Callable[[Request], Response]
) -> Answer:
    """Drive one conversation to its end, carrying each request with `send`; return the answer.

    What `send` raises (time-out, no connection) passes through; the conversation is closed.
    """
    conversation = network.ask(imei, base_url)
    try:
        request = next(conversation)
        while True:
            response = send(request)
            try:
                request = conversation.send(response)
            except StopIteration as done:
                answer: Answer = done.value
                return answer
    finally:
        conversation.close()


def classify_status(status: int) -> Failure | None:
    """Return the failure an HTTP status means, or None for 200.

    Server errors, 429 and refusals for the moment are `UNAVAILABLE` (worth another try). Any other
    status (3xx, 404, 206 …) says that the site is not as described: `UNREADABLE`, a person looks.
    """
    if status == OK:
        return None
    if status >= 500 or status in RETRYABLE:
        return Failure.UNAVAILABLE
    return Failure.UNREADABLE


def same_origin(url: str, base_url: str) -> bool:
    """Say whether both are http(s) with the same scheme, host and port, without user names."""
    try:
        one, other = urlsplit(url), urlsplit(base_url)
        return (
            one.scheme in {"http", "https"}
            and "@" not in one.netloc
            and (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
        )
    except ValueError:
        return False


def conversation(steps: Conversation, parser_version: str) -> Conversation:
    """Run the steps of a conversation, turning `NotRead` into the answer."""
    try:
        return (yield from steps)
    except NotRead as problem:
        return problem.answer(parser_version)


def check_response(response: Response, base_url: str) -> None:
    """Raise `NotRead` unless the response is a 200 from the site the conversation began on."""
    failure = classify_status(response.status)
    if failure is not None:
        raise NotRead(Reason.STATUS, failure)
    if not same_origin(response.url, base_url):
        raise NotRead(Reason.ORIGIN)
