"""SoftBank (Y!mobile, LINEMO): how its check page is asked and read.

Source: the public description in `docs/carriers.md` §3 as of 2026-11; never checked against
the live page. Two hosts are seen (ct11, ct99); which is canonical is not established. The bare
symbol stands in a ``font`` of size 8 inside a layout table; its risk mark is the filled ▲.
"""

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
from carriers.networks.forms import ImeiForm, fill_form, open_page
from carriers.networks.reading import Cell, area_text, one, read_answer, shown_text

VERSION = "softbank/1"
ORIGIN = "https://ct99.my.softbank.jp"
FIRST_PATH = "/WBF/icv"
FORM = ImeiForm(field="imei", action_ends="/WBF/icv")


def parse(body: bytes, *, content_type: str, imei: Imei) -> Answer:
    """Return SoftBank's answer in the page that posting the form gave.

    The one ``font[size="8"]`` must hold the symbol; what else stands in its table cell is the
    sentence. Any other page is `UNREADABLE`; nothing is raised.
    """
    return read_answer(_find, body, content_type=content_type, imei=imei, version=VERSION)


def ask(imei: Imei, base_url: str) -> Conversation:
    """Open the form, then send it as found with the IMEI."""
    return conversation(_steps(imei, base_url.rstrip("/")), VERSION)


def _steps(imei: Imei, base_url: str) -> Conversation:
    first = yield Request("GET", base_url + FIRST_PATH)
    page = open_page(first, base_url)
    result = yield fill_form(page, first, base_url, FORM, imei)
    check_response(result, base_url)
    return parse(result.body, content_type=result.content_type, imei=imei)


def _find(tree: LexborHTMLParser, imei: Imei) -> Cell:
    font = one(tree.css('font[size="8"]'))
    cell, table = _enclosing(font, "td"), _enclosing(font, "table")
    symbol, text = shown_text(font), shown_text(cell)
    if not symbol or not text.startswith(symbol) or len(symbol) > len("⚪\ufe0e"):
        raise NotRead(Reason.SYMBOL, raw_symbol=symbol[:2])
    return Cell(text, area_text(table))


def _enclosing(node: LexborNode, tag: str) -> LexborNode:
    around = node.parent
    while around is not None and around.tag != tag:
        around = around.parent
    if around is None:
        raise NotRead(Reason.NO_RESULT)
    return around


NETWORK = Network(
    code="softbank",
    brands=("softbank", "ymobile", "linemo"),
    page_url=ORIGIN + FIRST_PATH,
    base_url=ORIGIN,
    parser_version=VERSION,
    parse=parse,
    ask=ask,
)
