"""Rakuten Mobile: how its check page is read once rendered, and how a stand-in is asked.

Source: the public description in `docs/carriers.md` §4 as of 2026-11; never checked against
the live page. The real page needs JavaScript and shows the answer in ``#search-result`` without
navigation; its JSON resource has one weak source and is not used. So the conversation here is the
stand-in's, and `needs_verification` keeps it from any other host.
"""

from selectolax.lexbor import LexborHTMLParser

from carriers.imei import Imei
from carriers.networks.answer import Answer, Reason
from carriers.networks.base import (
    Conversation,
    Network,
    NotRead,
    Request,
    check_response,
    conversation,
)
from carriers.networks.forms import open_page
from carriers.networks.reading import Cell, area_text, one, read_answer, shown_text

VERSION = "rakuten/1"
ORIGIN = "https://network.mobile.rakuten.co.jp"
FIRST_PATH = "/restriction/"
RESULT = "#search-result"
SYMBOL_CELL = "ul > li:nth-child(2) > dl > dd"


def parse(body: bytes, *, content_type: str, imei: Imei) -> Answer:
    """Return Rakuten's answer in the page as rendered after 「確認する」.

    The symbol leads the second entry's ``dd`` in ``#search-result``. A sentence without a symbol
    is `UNREADABLE` (which sentence means △ has one weak source), as is any other page.
    """
    return read_answer(_find, body, content_type=content_type, imei=imei, version=VERSION)


def ask(imei: Imei, base_url: str) -> Conversation:
    """Open the page, then post the IMEI to it: what a stand-in answers with the rendered page."""
    return conversation(_steps(imei, base_url.rstrip("/")), VERSION)


def _steps(imei: Imei, base_url: str) -> Conversation:
    url = base_url + FIRST_PATH
    first = yield Request("GET", url)
    page = open_page(first, base_url)
    if len(page.tree.css("input#imei")) != 1 or page.tree.css_first("#search") is None:
        raise NotRead(Reason.FORM)
    result = yield Request("POST", url, (("imei", imei.digits),), (("Referer", first.url),))
    check_response(result, base_url)
    return parse(result.body, content_type=result.content_type, imei=imei)


def _find(tree: LexborHTMLParser, imei: Imei) -> Cell:
    result = one(tree.css(RESULT))
    return Cell(shown_text(one(result.css(SYMBOL_CELL))), area_text(result))


NETWORK = Network(
    code="rakuten",
    brands=("rakuten",),
    page_url=ORIGIN + FIRST_PATH,
    base_url=ORIGIN,
    parser_version=VERSION,
    parse=parse,
    ask=ask,
    needs_verification=True,
)
