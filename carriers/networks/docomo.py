"""NTT docomo (ahamo): how its check page is asked and read.

Source: the public description in `docs/carriers.md` §1 as of 2026-11; never checked against
the live page. The answer is cp932; ``div.result-panel`` stands three times: IMEI, symbol, date.
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
from carriers.networks.reading import Cell, area_text, digits_in, read_answer, shown_text

VERSION = "docomo/1"
ORIGIN = "http://nw-restriction.nttdocomo.co.jp"
FIRST_PATH = "/top.php"
SEARCH_PATH = "/search.php"
CODEC = "cp932"
PANELS = 3


def parse(body: bytes, *, content_type: str, imei: Imei) -> Answer:
    """Return docomo's answer in the page that ``POST search.php`` gave.

    The first panel must hold exactly the IMEI asked, the second only the symbol (a sentence known
    for that mark may follow it). Anything else is `UNREADABLE`; nothing is raised. No text for a
    refused IMEI is known, so `REJECTED_INPUT` never comes from here.
    """
    return read_answer(
        _find, body, content_type=content_type, imei=imei, version=VERSION, codec=CODEC, bare=True
    )


def ask(imei: Imei, base_url: str) -> Conversation:
    """Open the terms page for a session, then post the IMEI as ``productno``."""
    return conversation(_steps(imei, base_url.rstrip("/")), VERSION)


def _steps(imei: Imei, base_url: str) -> Conversation:
    first = yield Request("GET", base_url + FIRST_PATH)
    open_page(first, base_url, codec=CODEC)
    result = yield Request(
        "POST",
        base_url + SEARCH_PATH,
        (("productno", imei.digits),),
        (("Referer", first.url),),
        CODEC,
    )
    check_response(result, base_url)
    return parse(result.body, content_type=result.content_type, imei=imei)


def _find(tree: LexborHTMLParser, imei: Imei) -> Cell:
    panels = tree.css("div.result-panel")
    if len(panels) < PANELS:
        raise NotRead(Reason.NO_RESULT)
    if len(panels) > PANELS or tree.css("div.result-panel div.result-panel"):
        raise NotRead(Reason.MANY_RESULTS)
    number, symbol, _date = panels
    if digits_in(shown_text(number)) != imei.digits:
        raise NotRead(Reason.OTHER_IMEI)
    return Cell(shown_text(symbol), " | ".join(area_text(panel) for panel in panels))


NETWORK = Network(
    code="docomo",
    brands=("docomo", "ahamo"),
    page_url=ORIGIN + FIRST_PATH,
    base_url=ORIGIN,
    parser_version=VERSION,
    parse=parse,
    ask=ask,
)
