"""mineo: how its check page is asked and read.

Source: the public description in `docs/carriers.md` §5 as of 2026-11; never checked against
the live page. In ``table.table_basic01`` the row headed 状態 begins with the symbol.
"""

from selectolax.lexbor import LexborHTMLParser

from carriers.imei import Imei
from carriers.networks.answer import Answer
from carriers.networks.base import Conversation, Network, Request, check_response, conversation
from carriers.networks.forms import ImeiForm, fill_form, open_page
from carriers.networks.reading import Cell, area_text, one, read_answer, shown_text

VERSION = "mineo/1"
ORIGIN = "https://my.mineo.jp"
FIRST_PATH = "/info/GNS010101GNS010101_Init.action"
FORM = ImeiForm(field="imei")


def parse(body: bytes, *, content_type: str, imei: Imei) -> Answer:
    """Return mineo's answer in the page that posting the form gave.

    Exactly one row of one ``table.table_basic01`` is headed 状態; the first character of its cell
    is the symbol, the rest the sentence. Any other page is `UNREADABLE`; nothing is raised.
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
    found = [
        (table, row)
        for table in tree.css("table.table_basic01")
        for row in table.css("tr")
        if any("状態" in area_text(heading) for heading in row.css("th"))
    ]
    row = one(row for _, row in found)
    table, _ = found[0]
    return Cell(shown_text(one(row.css("td"))), area_text(table))


NETWORK = Network(
    code="mineo",
    brands=("mineo",),
    page_url=ORIGIN + FIRST_PATH,
    base_url=ORIGIN,
    parser_version=VERSION,
    parse=parse,
    ask=ask,
)
