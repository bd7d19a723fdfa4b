"""KDDI (au, UQ mobile): how its check page is asked and read.

Source: the public description in `docs/carriers.md` §2 as of 2026-11; never checked against
the live page, whose markup changed at least twice. Rows are ``li.list_item``; the one whose
heading says 状態 begins its details with the symbol. Its sentences are not known.
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
from carriers.networks.forms import ImeiForm, fill_form, open_page
from carriers.networks.reading import Cell, area_text, one, read_answer, shown_text

VERSION = "kddi/1"
ORIGIN = "https://my.au.com"
FIRST_PATH = "/cmn/WCV009001/WCE009001.hc"
FORM = ImeiForm(field="imei", action_ends="/WCE009002.hc")


def parse(body: bytes, *, content_type: str, imei: Imei) -> Answer:
    """Return KDDI's answer in the page that the form's ``WCE009002.hc`` gave.

    The symbol is the first character of the one row headed 状態; the rest is the sentence. Any
    other page is `UNREADABLE`; nothing is raised.
    """
    return read_answer(_find, body, content_type=content_type, imei=imei, version=VERSION)


def ask(imei: Imei, base_url: str) -> Conversation:
    """Open the form, then send it with its hidden fields and the IMEI."""
    return conversation(_steps(imei, base_url.rstrip("/")), VERSION)


def _steps(imei: Imei, base_url: str) -> Conversation:
    first = yield Request("GET", base_url + FIRST_PATH)
    page = open_page(first, base_url)
    result = yield fill_form(page, first, base_url, FORM, imei)
    check_response(result, base_url)
    return parse(result.body, content_type=result.content_type, imei=imei)


def _find(tree: LexborHTMLParser, imei: Imei) -> Cell:
    rows = [
        row
        for row in tree.css("li.list_item")
        if any("状態" in area_text(heading) for heading in row.css(".list_heading"))
    ]
    row = one(rows)
    one(row.css(".list_heading"))
    details = one(row.css(".list_details"))
    if row.parent is None:
        raise NotRead(Reason.NO_RESULT)
    return Cell(shown_text(details), area_text(row.parent))


NETWORK = Network(
    code="kddi",
    brands=("au", "uq"),
    page_url=ORIGIN + FIRST_PATH,
    base_url=ORIGIN,
    parser_version=VERSION,
    parse=parse,
    ask=ask,
)
