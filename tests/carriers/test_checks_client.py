"""The client against stand-in sites over HTTP: failures, deadline, size, redirects."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from carriers.checks.client import MAX_BYTES, ask_network, is_stand_in, site_to_ask
from carriers.imei import demo_imei
from carriers.networks.answer import Failure, Mark, Reason
from carriers.networks.base import Conversation, Network, Request
from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import Fault, Reply, Sign
from carriers.sandbox.server import StandIn

IMEI = demo_imei(1)
SIGNS = {
    Sign.CIRCLE: Mark.CLEAR,
    Sign.TRIANGLE: Mark.AT_RISK,
    Sign.CROSS: Mark.RESTRICTED,
    Sign.DASH: Mark.UNLISTED,
}


def always(reply: Reply) -> Callable[[str, str], Reply]:
    return lambda digits, site: reply


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
@pytest.mark.parametrize("sign", list(Sign))
def test_it_reads_every_mark_of_every_network(network: Network, sign: Sign) -> None:
    with StandIn(always(Reply(sign))) as site:
        reply = ask_network(network, IMEI, site.url)
    assert reply.answer.mark is SIGNS[sign]
    assert reply.http_status == 200
    assert reply.body
    assert reply.host == site.url.removeprefix("http://")
    assert not reply.authenticated


@pytest.mark.parametrize(
    ("fault", "failure", "reason"),
    [
        (Fault.UNAVAILABLE, Failure.UNAVAILABLE, Reason.STATUS),
        (Fault.SERVER_ERROR, Failure.UNAVAILABLE, Reason.STATUS),
        (Fault.TOO_MANY, Failure.UNAVAILABLE, Reason.STATUS),
        (Fault.MAINTENANCE, Failure.UNREADABLE, Reason.NO_RESULT),
        (Fault.CHANGED, Failure.UNREADABLE, Reason.NO_RESULT),
        (Fault.GARBAGE, Failure.UNREADABLE, Reason.CHARSET),
        (Fault.OTHER_IMEI, Failure.UNREADABLE, Reason.OTHER_IMEI),
        (Fault.CUT, Failure.UNREADABLE, Reason.CUT),
    ],
)
def test_it_names_every_failure(fault: Fault, failure: Failure, reason: Reason) -> None:
    with StandIn(always(Reply(Sign.CIRCLE, fault))) as site:
        reply = ask_network(NETWORKS["kddi"], IMEI, site.url)
    assert reply.answer.mark is None
    assert (reply.answer.failure, reply.answer.reason) == (failure, reason)
    assert reply.body, "the page is the evidence"


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_ever_becomes_a_mark(network: Network, fault: Fault) -> None:
    with StandIn(always(Reply(Sign.CIRCLE, fault))) as site:
        reply = ask_network(network, IMEI, site.url, deadline_s=0.5)
    assert reply.answer.mark is None


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_it_hangs_up_at_the_deadline(fault: Fault) -> None:
    with StandIn(always(Reply(Sign.CIRCLE, fault))) as site:
        began = time.monotonic()
        reply = ask_network(NETWORKS["docomo"], IMEI, site.url, deadline_s=0.6)
        took = time.monotonic() - began
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNAVAILABLE, Reason.TIMEOUT)
    assert took < 1.5


def test_nobody_listening_is_unavailable() -> None:
    reply = ask_network(NETWORKS["kddi"], IMEI, "http://127.0.0.1:9")
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNAVAILABLE, Reason.CONNECTION)
    assert reply.http_status is None
    assert reply.body == b""


@contextmanager
def site_that(act: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            act(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def redirect(location: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return act


def test_a_redirect_to_another_host_is_refused_and_not_followed() -> None:
    with StandIn() as other, site_that(redirect(other.url + "/top.php")) as url:
        reply = ask_network(NETWORKS["docomo"], IMEI, url)
        assert not other.requests
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNREADABLE, Reason.ORIGIN)


def test_a_redirect_that_never_ends_is_refused() -> None:
    with site_that(redirect("/top.php")) as url:
        reply = ask_network(NETWORKS["docomo"], IMEI, url)
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNREADABLE, Reason.ORIGIN)


def test_a_page_that_never_ends_is_cut_at_the_limit() -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        while True:
            handler.wfile.write(b"a" * 65_536)

    with site_that(act) as url:
        reply = ask_network(NETWORKS["docomo"], IMEI, url)
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNREADABLE, Reason.TOO_LARGE)
    assert len(reply.body) == MAX_BYTES


def test_headers_that_drip_end_at_the_deadline_too() -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            handler.wfile.write(f"X-{number}: x\r\n"[:4].encode())
            time.sleep(0.1)

    with site_that(act) as url:
        began = time.monotonic()
        reply = ask_network(NETWORKS["docomo"], IMEI, url, deadline_s=0.6)
    assert time.monotonic() - began < 1.5
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNAVAILABLE, Reason.TIMEOUT)


def test_a_page_shorter_than_it_says_is_unavailable() -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<html>")

    with site_that(act) as url:
        reply = ask_network(NETWORKS["docomo"], IMEI, url)
    assert (reply.answer.failure, reply.answer.reason) == (Failure.UNAVAILABLE, Reason.CONNECTION)


def test_form_fields_travel_in_the_charset_of_the_site() -> None:
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    def ask(imei: object, base_url: str) -> Conversation:
        network = NETWORKS["docomo"]
        yield Request("POST", base_url, (("確認", "－"),), charset="cp932")
        return network.failed(Failure.UNREADABLE, Reason.FORM)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    network = replace(NETWORKS["docomo"], ask=ask)
    ask_network(network, IMEI, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    assert seen == [b"%8Am%94F=%81%7C"]


def test_without_a_stand_in_no_site_is_asked(settings: object) -> None:
    assert site_to_ask() is None


def test_a_site_of_its_own_is_no_stand_in() -> None:
    kddi = NETWORKS["kddi"]
    assert not is_stand_in(kddi.base_url, kddi)
    assert is_stand_in("http://127.0.0.1:9", kddi)
