"""How the networks are asked: the conversations, driven by hand without any connection."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from carriers.networks.answer import Answer, Failure, Mark, Reason
from carriers.networks.base import Request, Response, classify_status, converse, same_origin
from carriers.networks.registry import NETWORKS
from tests.carriers.pages import IMEI, TYPES, document, encode, page

BASE = "http://127.0.0.1:9"
FORMS = {
    "docomo": "<p>terms</p>",
    "kddi": '<form name="nextForm" method="post" action="/cmn/WCV009001/WCE009002.hc">'
    '<input type="hidden" name="t" value="あ"><input id="imei" name="imei">'
    '<button class="btnPrimary">次へ</button></form>',
    "softbank": '<form method="POST" action="/WBF/icv?lbk=14"><input type="hidden" name="_PageID"'
    ' value="WBF001000"><input name="imei"><input type="submit" name="ACT_TE001" value=" 確 認 ">'
    "</form>",
    "rakuten": '<input id="imei" name="imei"><button id="search" class="is-disabled">x</button>',
    "mineo": '<form method="post" action="next.action"><input name="imei" type="tel">'
    '<input type="submit"></form>',
}
every_network = pytest.mark.parametrize("network", NETWORKS)
with_form = pytest.mark.parametrize("network", ["kddi", "softbank", "mineo"])


class Talk:
    """Plays the site: gives the prepared responses in turn and keeps the requests."""

    def __init__(self, network: str, *responses: Response) -> None:
        self.network = NETWORKS[network]
        self.responses: Iterator[Response] = iter(responses)
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return next(self.responses)

    def ask(self) -> Answer:
        return converse(self.network, IMEI, BASE, self.send)


def response(
    network: str, body: str | bytes, *, status: int = 200, url: str = BASE + "/dir/page"
) -> Response:
    data = body if isinstance(body, bytes) else encode(network, document(body, after=""))
    return Response(status, url, data, TYPES.get(network, "text/html; charset=utf-8"))


def talk(network: str, form: str | None = None, cell: str = "○") -> Talk:
    first = response(network, FORMS[network] if form is None else form)
    return Talk(network, first, response(network, page(network, cell)))


@every_network
def test_a_page_is_opened_and_the_imei_posted(network: str) -> None:
    conversation = talk(network)
    assert conversation.ask().mark is Mark.CLEAR
    get, post = conversation.requests
    assert (get.method, get.form) == ("GET", ())
    assert get.url == BASE + urlsplit(NETWORKS[network].page_url).path
    assert post.method == "POST"
    assert [value for _, value in post.form].count(IMEI.digits) == 1
    assert ("Referer", BASE + "/dir/page") in post.headers


@every_network
def test_a_base_url_may_end_with_a_slash(network: str) -> None:
    first = next(NETWORKS[network].ask(IMEI, BASE + "/"))
    assert first == next(NETWORKS[network].ask(IMEI, BASE))


@every_network
def test_the_imei_stands_in_no_url_and_in_no_repr(network: str) -> None:
    conversation = talk(network)
    conversation.ask()
    for request in conversation.requests:
        assert IMEI.digits not in request.url + repr(request) + repr(request.headers)


def test_each_form_is_sent_as_the_site_wants_it() -> None:
    sent = {}
    for network in NETWORKS:
        conversation = talk(network)
        conversation.ask()
        post = conversation.requests[1]
        sent[network] = (post.url.removeprefix(BASE), post.form, post.charset)
    digits = IMEI.digits
    assert sent == {
        "docomo": ("/search.php", (("productno", digits),), "cp932"),
        "kddi": ("/cmn/WCV009001/WCE009002.hc", (("t", "あ"), ("imei", digits)), "utf-8"),
        "softbank": (
            "/WBF/icv?lbk=14",
            (("_PageID", "WBF001000"), ("imei", digits), ("ACT_TE001", " 確 認 ")),
            "utf-8",
        ),
        "rakuten": ("/restriction/", (("imei", digits),), "utf-8"),
        "mineo": ("/dir/next.action", (("imei", digits),), "utf-8"),
    }


@every_network
@pytest.mark.parametrize(
    ("status", "failure"),
    [
        *((status, Failure.UNAVAILABLE) for status in (500, 502, 503, 504, 429, 403, 408)),
        *((status, Failure.UNREADABLE) for status in (301, 302, 404, 410, 204, 206, 400, 405)),
    ],
)
def test_a_status_ends_the_conversation_at_either_step(
    network: str, status: int, failure: Failure
) -> None:
    assert classify_status(status) is failure
    first = Talk(network, response(network, FORMS[network], status=status)).ask()
    second = Talk(
        network,
        response(network, FORMS[network]),
        response(network, page(network, "○"), status=status),
    ).ask()
    for answer in (first, second):
        assert (answer.mark, answer.failure, answer.reason) == (None, failure, Reason.STATUS)


@every_network
@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:9/", "http://127.0.0.1:10/", "http://evil.test/"]
)
def test_another_site_at_either_step_is_unreadable(network: str, url: str) -> None:
    first = Talk(network, response(network, FORMS[network], url=url)).ask()
    second = Talk(
        network,
        response(network, FORMS[network]),
        response(network, page(network, "○"), url=url),
    ).ask()
    assert first.reason is second.reason is Reason.ORIGIN


@with_form
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('name="imei"', 'name="IMEI2"', Reason.FORM),
        ("<form", "<div", Reason.FORM),
        ('"post"', '"get"', Reason.FORM),
        ("</form>", '<input type="password" name="p"></form>', Reason.FORM),
        ("</form>", '<input type="checkbox" name="agree"></form>', Reason.FORM),
        ("</form>", '<select name="s"></select></form>', Reason.FORM),
        ("</form>", '<input name="imei"></form>', Reason.FORM),
        ("</form>", '</form><form><input name="imei"></form>', Reason.FORM),
        ("</form>", '<img src="/captcha.png" class="captcha"></form>', Reason.CAPTCHA),
        ('action="', 'action="//evil.test/', Reason.ORIGIN),
        ("<form", '<base href="https://127.0.0.1:9/a"><form', Reason.ORIGIN),
        ('action="', 'action="http://[', Reason.FORM),
    ],
)
def test_another_form_never_gets_the_imei(network: str, old: str, new: str, reason: Reason) -> None:
    form = FORMS[network].replace('"POST"', '"post"').replace(old, new)
    conversation = talk(network, form)
    answer = conversation.ask()
    assert (answer.mark, answer.failure) == (None, Failure.UNREADABLE)
    assert answer.reason is reason
    assert len(conversation.requests) == 1


@pytest.mark.parametrize("network", ["kddi", "softbank"])
def test_a_form_that_leads_elsewhere_never_gets_the_imei(network: str) -> None:
    form = FORMS[network].replace("WCE009002.hc", "WCE009003.hc").replace("/icv", "/other")
    conversation = talk(network, form)
    assert conversation.ask().reason is Reason.FORM
    assert len(conversation.requests) == 1


@every_network
@pytest.mark.parametrize("body", [b"", b"<html><body>cut", b"\xff\xfe</html>"])
def test_a_broken_first_page_ends_the_conversation(network: str, body: bytes) -> None:
    conversation = Talk(network, response(network, body))
    assert conversation.ask().failure is Failure.UNREADABLE
    assert len(conversation.requests) == 1


def test_docomos_old_captcha_ends_the_conversation() -> None:
    conversation = talk("docomo", '<img src="gifcat/call.php"><input name="attestationkey">')
    assert conversation.ask().reason is Reason.CAPTCHA


@pytest.mark.parametrize("form", ["", '<input id="imei">', '<button id="search">x</button>'])
def test_rakutens_page_must_have_its_field_and_button(form: str) -> None:
    assert talk("rakuten", form).ask().reason is Reason.FORM


def test_what_the_client_raises_passes_through() -> None:
    def send(request: Request) -> Response:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        converse(NETWORKS["kddi"], IMEI, BASE, send)


def test_a_failure_the_client_saw_becomes_an_answer() -> None:
    answer = NETWORKS["kddi"].failed(Failure.UNAVAILABLE, Reason.TIMEOUT)
    assert (answer.mark, answer.failure, answer.reason, answer.parser_version) == (
        None,
        Failure.UNAVAILABLE,
        Reason.TIMEOUT,
        "kddi/1",
    )


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://127.0.0.1:9/x?y", True),
        ("http://a@127.0.0.1:9/", False),
        ("http://127.0.0.1:99999999/", False),
        ("ftp://127.0.0.1:9/", False),
        ("//127.0.0.1:9/", False),
        ("javascript:1", False),
        ("http://[", False),
    ],
)
def test_only_one_scheme_host_and_port_is_the_same_site(url: str, same: bool) -> None:
    assert same_origin(url, BASE) is same


def test_an_answer_is_a_mark_or_a_failure() -> None:
    with pytest.raises(ValueError, match="either"):
        Answer(None, None, "", "", "x/1")
    with pytest.raises(ValueError, match="either"):
        Answer(Mark.CLEAR, Failure.UNREADABLE, "○", "", "x/1")
    with pytest.raises(ValueError, match="reason"):
        Answer(Mark.CLEAR, None, "○", "", "x/1", Reason.CUT)
