"""Reading a result page: bytes to text to one cell to a mark, refusing whatever is not understood.

Shared by all networks; where the cell stands is each network's own. Every refusal is `NotRead`,
so a changed, cut, mixed-up or foreign page can end in a failure only (DESIGN §4, fail safe).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from selectolax.lexbor import LexborHTMLParser, LexborNode

from carriers.imei import Imei
from carriers.networks.answer import Answer, Mark, Reason
from carriers.networks.base import NotRead
from carriers.networks.symbols import Symbol, has_shape, leading_symbol

MAX_BYTES = 262_144
MAX_TAGS = 10_000
"""Deeper nesting than any check page has: reading it would take seconds."""
MAX_SENTENCE = 500
"""Characters of the sentence that are kept."""

CODECS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf8": "utf-8",
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "sjis": "cp932",
        "x-sjis": "cp932",
        "ms_kanji": "cp932",
        "windows-31j": "cp932",
        "cp932": "cp932",
        "euc-jp": "euc_jp",
        "x-euc-jp": "euc_jp",
    }
)
"""Character sets a Japanese site may name. latin-1 is not among them: it decodes any bytes, and
one of its letters is ×. Sites that say Shift_JIS mean cp932, in which 81 7C is U+FF0D."""

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
NOT_TEXT = (
    "script, style, template, noscript, img, svg, picture, canvas, object, embed, iframe, input, "
    "select, textarea, button, s, del, strike, ruby, [hidden], [aria-hidden=true]"
)
NOT_SHOWN_TAGS = frozenset(
    [
        "template",
        "noscript",
        "script",
        "style",
        "select",
        "textarea",
        "dialog",
        "s",
        "del",
        "strike",
    ]
)
CAPTCHA = (
    'input[name="attestationkey"], img[src*="gifcat"], .g-recaptcha, .h-captcha, '
    '[class*="captcha"], [id*="captcha"], iframe[src*="captcha"]'
)
_HEAD_BYTES = 4096
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_AFTER_HTML = re.compile(r"</html\s*>(?:\s|<!--(?:(?!-->).)*-->)*\Z", re.IGNORECASE | re.DOTALL)
_UNDEFINED = re.compile("[\x00\x80\uf8f0-\uf8f3]")
"""NUL, and what Python's cp932 makes of the bytes 80 A0 FD FE FF, which no Shift_JIS text has."""

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0|line-through"
    r"|font-size\s*:\s*0",
    re.IGNORECASE,
)
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_LONG_RUN = re.compile(r"(?<![0-9])[0-9]{15,}(?![0-9])")
_SPLIT_RUN = re.compile(r"(?<![0-9])[0-9](?:[\s/\-‐‑‒–—―−ー－ｰ.]?[0-9]){14}(?![0-9])")

PHRASES: tuple[tuple[re.Pattern[str], frozenset[Mark]], ...] = (
    (re.compile("利用制限となる可能性"), frozenset({Mark.AT_RISK})),
    (re.compile("利用できますが"), frozenset({Mark.AT_RISK})),
    (re.compile("利用できます(?!が)"), frozenset({Mark.CLEAR})),
    (re.compile("利用制限の?対象外"), frozenset({Mark.CLEAR})),
    (re.compile("利用制限中"), frozenset({Mark.RESTRICTED})),
    (re.compile("利用(?:は|が)?できません|利用いただけません"), frozenset({Mark.RESTRICTED})),
    (re.compile("確認(?:が|は)?できません"), frozenset({Mark.UNLISTED})),
    (re.compile("利用可能(?!性)"), frozenset({Mark.CLEAR})),
    (re.compile("代金債務の?不履行"), frozenset({Mark.AT_RISK, Mark.RESTRICTED})),
    (re.compile("確認中"), frozenset({Mark.AT_RISK})),
)
"""Wording that sources tie to marks (carriers.md §1 docomo, §3 SoftBank, §4 Rakuten; §4's is weak:
代金債務 may stand beside △ too), and the plain 利用できません. Used to refuse a page whose symbol
and sentence disagree: a phrase alone never gives a mark."""


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded, complete document and the codec its bytes were in."""

    tree: LexborHTMLParser
    codec: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of the result cell and of the area around it, in which no other IMEI may stand."""

    text: str
    area: str


def read_page(body: bytes, *, content_type: str, codec: str | None = None) -> Page:
    """Return the document in `body`, or raise `NotRead`.

    Refused: empty, above `MAX_BYTES` or `MAX_TAGS`; not HTML by its type; an unknown character set,
    one that differs between header and meta or from `codec` (the network's known one); bytes that
    do not decode; a document that does not end with ``</html>``; a captcha. Without any
    declaration: `codec`, else UTF-8, always strictly.
    """
    if not body.strip():
        raise NotRead(Reason.EMPTY)
    if len(body) > MAX_BYTES:
        raise NotRead(Reason.TOO_LARGE)
    if content_type.partition(";")[0].strip().lower() not in HTML_TYPES:
        raise NotRead(Reason.CONTENT_TYPE)
    chosen = _codec(body, content_type, codec)
    try:
        text = body.decode(chosen).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise NotRead(Reason.CHARSET) from None
    if _UNDEFINED.search(text):
        raise NotRead(Reason.CHARSET)
    if text.count("<") > MAX_TAGS:
        raise NotRead(Reason.TOO_LARGE)
    end = text.lower().rfind("</html")
    if end < 0 or not _AFTER_HTML.match(text, end):
        raise NotRead(Reason.CUT)
    tree = LexborHTMLParser(text)
    if tree.css_first(CAPTCHA) is not None:
        raise NotRead(Reason.CAPTCHA)
    return Page(tree, chosen)


def read_answer(
    find: Callable[[LexborHTMLParser, Imei], Cell],
    body: bytes,
    *,
    content_type: str,
    imei: Imei,
    version: str,
    codec: str | None = None,
    bare: bool = False,
) -> Answer:
    """Return the answer on a result page whose cell `find` locates; never raises.

    With `bare`, nothing but a sentence known for that very mark may follow the symbol.
    """
    try:
        page = read_page(body, content_type=content_type, codec=codec)
        cell = find(page.tree, imei)
        refuse_other_imei(cell.area, imei)
        symbol = read_symbol(cell.text, bare=bare)
    except NotRead as problem:
        return problem.answer(version)
    return Answer(symbol.mark, None, symbol.raw, symbol.rest[:MAX_SENTENCE], version)


def read_symbol(text: str, *, bare: bool) -> Symbol:
    """Return the symbol that leads `text`; raise `NotRead` when unknown or contradicted."""
    symbol = leading_symbol(text)
    if symbol is None:
        raise NotRead(Reason.SYMBOL, raw_symbol=text.strip()[:2], sentence=text[:MAX_SENTENCE])
    compact = "".join(symbol.rest.split())
    known = [marks for phrase, marks in PHRASES if phrase.search(compact)]
    contradicted = any(symbol.mark not in marks for marks in known)
    if contradicted or has_shape(symbol.rest) or (bare and compact and not known):
        raise NotRead(Reason.SENTENCE, raw_symbol=symbol.raw, sentence=symbol.rest[:MAX_SENTENCE])
    return symbol


def one(nodes: Iterable[LexborNode]) -> LexborNode:
    """Return the only node; raise `NotRead` when there is none, or more than one."""
    found = list(nodes)
    if not found:
        raise NotRead(Reason.NO_RESULT)
    if len(found) > 1:
        raise NotRead(Reason.MANY_RESULTS)
    return found[0]


def shown_text(node: LexborNode) -> str:
    """Return the text of `node` with white space collapsed; it must be plain and visible.

    Raises `NotRead` when the node, anything in it or anything around it is hidden, struck out,
    scripted or a picture: then what a person sees may differ from the text.
    """
    for inside in node.css("*"):
        if _hides(inside) or inside.css_matches(NOT_TEXT):
            raise NotRead(Reason.HIDDEN)
    around: LexborNode | None = node
    while around is not None:
        if _hides(around) or around.tag in NOT_SHOWN_TAGS:
            raise NotRead(Reason.HIDDEN)
        around = around.parent
    return " ".join(node.text(deep=True, separator="").split())


def area_text(node: LexborNode) -> str:
    """Return all text in `node`, hidden text and field values too, elements apart by a space."""
    values = [field.attributes.get("value") or "" for field in node.css("input")]
    return " ".join(" | ".join([node.text(deep=True, separator=" "), *values]).split())


def digits_in(text: str) -> str:
    """Return the ASCII and full-width digits of `text`, as ASCII, in their order."""
    folded = text.translate(_WIDE_DIGITS)
    return "".join(char for char in folded if char in "0123456789")


def refuse_other_imei(area: str, imei: Imei) -> None:
    """Raise `NotRead` when `area` holds a number of 15 digits or more that is not `imei`.

    Full-width digits count, and so do digits grouped by single spaces, dots, slashes or dashes.
    """
    folded = area.translate(_WIDE_DIGITS)
    found = _LONG_RUN.findall(folded) + _SPLIT_RUN.findall(folded)
    if any(digits_in(number) != imei.digits for number in found):
        raise NotRead(Reason.OTHER_IMEI)


def _codec(body: bytes, content_type: str, known: str | None) -> str:
    declared = {name.lower() for name in _HEADER_CHARSET.findall(content_type)}
    declared |= {
        name.decode("ascii", "replace").lower()
        for name in _META_CHARSET.findall(body[:_HEAD_BYTES])
    }
    codecs = {CODECS.get(name, "") for name in declared} | ({known} if known else set())
    if len(codecs) > 1 or "" in codecs:
        raise NotRead(Reason.CHARSET)
    return codecs.pop() if codecs else "utf-8"


def _hides(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return bool(_HIDING_STYLE.search(attributes.get("style") or ""))
