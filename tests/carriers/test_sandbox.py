"""The real adapters against the stand-in sites, over real HTTP."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from carriers.imei import is_test_range
from carriers.networks.answer import Answer, Failure, Mark, Reason
from carriers.networks.base import Request, Response, converse
from carriers.networks.registry import NETWORKS
from carriers.sandbox.pages import ENTRIES, SUBMITS
from carriers.sandbox.script import (
    DEMO_IMEIS,
    SITES,
    SLOW_SECONDS,
    DemoImei,
    Fault,
    Reply,
    Road,
    Sign,
    demo_script,
    twin_of,
)
from carriers.sandbox.server import StandIn
from tests.carriers.pages import IMEI

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 2.0
DEMO = {demo.road: demo for demo in DEMO_IMEIS}
MARKS = {
    Sign.CIRCLE: Mark.CLEAR,
    Sign.TRIANGLE: Mark.AT_RISK,
    Sign.CROSS: Mark.RESTRICTED,
    Sign.DASH: Mark.UNLISTED,
}
every_site = pytest.mark.parametrize("site", SITES)


class Slow(Exception):
    """The test's client reached its deadline."""


def ask(url: str, site: str, digits: str = IMEI.digits, deadline: float = DEADLINE) -> Answer:
    """Ask one site with one fresh session; a late or endless answer raises `Slow`."""
    network = NETWORKS[site]
    imei = next((d.imei1 for d in DEMO_IMEIS if d.imei1.digits == digits), IMEI)
    with requests.Session() as session:
        session.trust_env = False

        def send(request: Request) -> Response:
            headers = dict(request.headers)
            body = urlencode(request.form, encoding=request.charset) if request.form else None
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            end = time.monotonic() + deadline
            parts: list[bytes] = []
            try:
                with session.request(
                    request.method,
                    request.url,
                    data=body,
                    headers=headers,
                    timeout=deadline,
                    allow_redirects=False,
                    stream=True,
                ) as reply:
                    for part in reply.iter_content(1):  # more would wait out a dripping page
                        parts.append(part)
                        if time.monotonic() > end:
                            raise Slow
            except (requests.Timeout, requests.ConnectionError) as error:
                raise Slow from error
            kind = reply.headers.get("Content-Type", "")
            return Response(reply.status_code, reply.url, b"".join(parts), kind)

        return converse(network, imei, url, send)


@pytest.fixture(scope="module")
def sites() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def playing(reply: Reply) -> StandIn:
    return StandIn(script=lambda digits, site: reply)


@every_site
@pytest.mark.parametrize("sign", Sign)
def test_each_site_prints_each_sign_and_its_adapter_reads_it(site: str, sign: Sign) -> None:
    with playing(Reply(sign)) as running:
        answer = ask(running.url, site)
    assert (answer.mark, answer.failure) == (MARKS[sign], None)


@every_site
@pytest.mark.parametrize("sign", Sign)
@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (Fault.UNAVAILABLE, Failure.UNAVAILABLE),
        (Fault.SERVER_ERROR, Failure.UNAVAILABLE),
        (Fault.TOO_MANY, Failure.UNAVAILABLE),
        (Fault.MAINTENANCE, Failure.UNREADABLE),
        (Fault.CHANGED, Failure.UNREADABLE),
        (Fault.GARBAGE, Failure.UNREADABLE),
        (Fault.OTHER_IMEI, Failure.UNREADABLE),
        (Fault.CUT, Failure.UNREADABLE),
    ],
)
def test_a_fault_is_a_failure_whatever_the_sign(
    site: str, sign: Sign, fault: Fault, failure: Failure
) -> None:
    with playing(Reply(sign, fault)) as running:
        answer = ask(running.url, site)
    assert (answer.mark, answer.failure) == (None, failure)


@every_site
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_a_site_that_does_not_end_is_left_and_stops_at_once(site: str, fault: Fault) -> None:
    running = playing(Reply(Sign.CIRCLE, fault)).start()
    with pytest.raises(Slow):
        ask(running.url, site, deadline=0.2)
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < 5


def expected(demo: DemoImei, site: str) -> Mark | Failure | type[Slow]:
    reply = demo.replies.get(site, Reply())
    if reply.delay or reply.fault in {Fault.HANG, Fault.DRIP}:
        return Slow
    if reply.fault in {Fault.UNAVAILABLE, Fault.SERVER_ERROR, Fault.TOO_MANY}:
        return Failure.UNAVAILABLE
    return Failure.UNREADABLE if reply.fault else MARKS[reply.sign]


@pytest.mark.parametrize("road", Road)
def test_each_road_is_walked(sites: StandIn, road: Road) -> None:
    demo = DEMO[road]
    for site in SITES:
        try:
            answer = ask(sites.url, site, demo.imei1.digits)
        except Slow:
            assert expected(demo, site) is Slow
        else:
            assert (answer.mark or answer.failure) is expected(demo, site)


def test_each_road_has_one_demo_device_of_its_own() -> None:
    assert [demo.road for demo in DEMO_IMEIS] == list(Road)
    numbers = [demo.imei1 for demo in DEMO_IMEIS]
    numbers += [demo.imei2 for demo in DEMO_IMEIS if demo.imei2 is not None]
    assert len(set(numbers)) == len(numbers)
    assert all(is_test_range(imei) for imei in numbers)
    assert all(set(demo.replies) <= set(SITES) for demo in DEMO_IMEIS)
    assert SLOW_SECONDS < 20  # the lookup's deadline (DESIGN §4): slow, but it answers


def test_a_second_imei_is_unlisted_everywhere() -> None:
    second = DEMO[Road.TWO_IMEIS].imei2
    assert second is not None
    assert {demo_script(second.digits, site) for site in SITES} == {Reply()}


def test_any_other_imei_is_clear_at_one_site_or_unlisted_everywhere() -> None:
    homes: set[int] = set()
    for number in range(354178036859000, 354178036859300):
        replies = [demo_script(str(number), site) for site in SITES]
        assert replies == [demo_script(str(number), site) for site in SITES]
        assert all(reply in (Reply(), Reply(Sign.CIRCLE)) for reply in replies)
        homes.add(sum(reply.sign is Sign.CIRCLE for reply in replies))
    assert homes == {0, 1}


def test_no_path_belongs_to_two_sites() -> None:
    assert sorted({site.name for site in ENTRIES.values()}) == sorted(SITES)
    assert sorted(site.name for site in SUBMITS.values()) == sorted(SITES)
    assert len({*ENTRIES, *SUBMITS}) == 8


@every_site
def test_it_notes_what_was_asked(site: str) -> None:
    with StandIn() as running:
        ask(running.url, site)
        form, question = running.requests
    assert (form.method, form.site, form.imei) == ("GET", site, "")
    assert (question.method, question.site, question.imei) == ("POST", site, IMEI.digits)
    assert question.at >= form.at


@every_site
def test_a_session_is_good_for_one_question(sites: StandIn, site: str) -> None:
    network = NETWORKS[site]
    conversation = network.ask(IMEI, sites.url)
    with requests.Session() as session:
        session.trust_env = False
        first = session.get(next(conversation).url, timeout=5)
        kind = first.headers["Content-Type"]
        post = conversation.send(Response(200, first.url, first.content, kind))
        data = urlencode(post.form, encoding=post.charset)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answers = [
            network.parse(
                session.post(post.url, data=data, headers=headers, timeout=5).content,
                content_type=kind,
                imei=IMEI,
            )
            for _ in range(2)
        ]
    assert answers[0].mark is not None
    assert answers[1].reason is Reason.NO_RESULT


@every_site
def test_a_wrong_imei_or_no_session_shows_the_form_again(sites: StandIn, site: str) -> None:
    network = NETWORKS[site]
    path = next(path for path, owner in SUBMITS.items() if owner.name == site)
    for digits in (IMEI.digits, "", "１２３", "354178036859781"):
        reply = requests.post(
            sites.url + path, data={SUBMITS[path].field: digits}, timeout=5, proxies={"http": ""}
        )
        kind = reply.headers["Content-Type"]
        answer = network.parse(reply.content, content_type=kind, imei=IMEI)
        assert (reply.status_code, answer.failure) == (200, Failure.UNREADABLE)


def test_what_it_does_not_know_is_404_or_400(sites: StandIn) -> None:
    host = sites.url.removeprefix("http://")
    for method, path, headers, status in [
        ("GET", "/", {}, 404),
        ("POST", "/nowhere", {"Content-Length": "0"}, 404),
        ("POST", "/search.php", {"Content-Length": "999999"}, 400),
        ("POST", "/search.php", {"Content-Length": "x"}, 400),
    ]:
        connection = http.client.HTTPConnection(host, timeout=5)
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()


def test_latency_is_added_and_five_are_answered_side_by_side() -> None:
    with StandIn(latency=0.5) as running:
        began = time.monotonic()
        answers: dict[str, Answer] = {}

        def work(site: str) -> None:
            answers[site] = ask(running.url, site, deadline=5)

        threads = [threading.Thread(target=work, args=(site,)) for site in SITES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
    assert 0.5 <= took < 5 * 0.5  # one after another would take at least the latter
    assert all(answers[site].mark is not None for site in SITES)


def test_it_runs_from_a_shell_and_ends_on_sigterm() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "carriers.sandbox", "--port", "0", "--latency-ms", "1"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        url = process.stdout.readline().strip()
        assert ask(url, "docomo", DEMO[Road.CLEAR].imei1.digits, deadline=5).mark is Mark.CLEAR
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_gets_a_sentence(sites: StandIn) -> None:
    port = sites.url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "carriers.sandbox", "--port", port],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert f"Cannot serve on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_twin_tells_the_same_story_with_another_number() -> None:
    for demo in DEMO_IMEIS:
        for number in (1, 99):
            twin = twin_of(demo.imei1, number)
            assert twin != demo.imei1
            assert [demo_script(twin.digits, site) for site in SITES] == [
                demo_script(demo.imei1.digits, site) for site in SITES
            ]
    with pytest.raises(ValueError, match="99 twins"):
        twin_of(DEMO[Road.CLEAR].imei1, 100)
