"""Hand-made result pages of the five networks, shaped by `carriers.md`: nobody's real page.

`page(network, cell)` puts `cell` (HTML) where the symbol and its sentence stand. Every page also
carries a legend with all symbols, as the real ones may.
"""

from collections.abc import Callable, Mapping

from carriers.imei import Imei
from carriers.networks.answer import Answer
from carriers.networks.registry import NETWORKS

IMEI = Imei("354178036859789")
OTHER = "490154203237518"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
LEGEND = "<p>○ ◯ 〇 △ ▲ × ✕ － - の意味</p><p>利用制限中です。利用できます</p>"
CODECS = {"docomo": "cp932"}
TYPES = {"docomo": "text/html; charset=Shift_JIS"}


def docomo(cell: str, imei: str) -> str:
    return (
        f'<div class="result-panel">{imei}</div><div class="result-panel">{cell}</div>'
        '<div class="result-panel">2026/11/23</div>'
    )


def kddi(cell: str, imei: str) -> str:
    return (
        '<ul><li class="list_item"><p class="list_heading">IMEI</p>'
        f'<p class="list_details">{imei}</p></li><li class="list_item">'
        f'<p class="list_heading">利用制限の状態</p><p class="list_details">{cell}</p></li></ul>'
    )


def softbank(cell: str, imei: str) -> str:
    symbol, sentence = split(cell)
    return (
        f"<div><table><tr><td>確認</td></tr></table><table><tr><td>{imei}</td></tr>"
        f'<tr><td><font size="8" color="#666666">{symbol}</font>{sentence}</td></tr></table></div>'
    )


def rakuten(cell: str, imei: str) -> str:
    return (
        f'<div id="search-result"><ul><li><dl><dt>IMEI</dt><dd>{imei}</dd></dl></li>'
        f"<li><dl><dt>判定</dt><dd>{cell}</dd></dl></li></ul></div>"
    )


def mineo(cell: str, imei: str) -> str:
    return (
        f'<table class="table_basic01"><tr><th>IMEI</th><td>{imei}</td></tr>'
        f"<tr><th>端末の状態</th><td>{cell}</td></tr></table>"
    )


RESULTS: Mapping[str, Callable[[str, str], str]] = {
    "docomo": docomo,
    "kddi": kddi,
    "softbank": softbank,
    "rakuten": rakuten,
    "mineo": mineo,
}


def split(cell: str) -> tuple[str, str]:
    """Cut a cell after its first character and that one's variation selectors."""
    end = 1
    while cell[end : end + 1] in {"\ufe0e", "\ufe0f"}:
        end += 1
    return cell[:end], cell[end:]


def document(body: str, *, before: str = "", after: str = LEGEND) -> str:
    """Return a whole document around `body`."""
    return (
        "<!DOCTYPE html><html><head><title>確認</title></head><body>"
        f"{before}{body}{after}</body></html>\n"
    )


def page(
    network: str,
    cell: str,
    *,
    imei: str = IMEI.digits,
    before: str = "",
    after: str = LEGEND,
) -> bytes:
    """Return the page's bytes; what cp932 lacks becomes a character reference, as on real pages."""
    return encode(network, document(RESULTS[network](cell, imei), before=before, after=after))


def encode(network: str, html: str) -> bytes:
    """Return `html` in this network's character set."""
    return html.encode(CODECS.get(network, "utf-8"), "xmlcharrefreplace")


def read(network: str, body: bytes, content_type: str | None = None) -> Answer:
    """Parse `body` as this network's page about `IMEI`."""
    kind = TYPES.get(network, "text/html; charset=UTF-8") if content_type is None else content_type
    return NETWORKS[network].parse(body, content_type=kind, imei=IMEI)


def read_html(network: str, html: str) -> Answer:
    """Parse `html`, encoded as this network encodes, as its page about `IMEI`."""
    return read(network, encode(network, html))
