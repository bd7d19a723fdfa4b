"""The one search box: what was typed, and what it finds in this store.

Deal code, IMEI (15 digits or the last 4), or the beginning of the seller's name in kana. Reads
only.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from buyback.counter.board import Ticket, tickets_of, with_what_is_shown
from buyback.deals.codes import parse_code
from buyback.deals.models import Deal, Item
from buyback.sellers.policy import is_katakana, normalise_kana
from carriers.imei import InvalidImei, parse_imei
from inventory.units.models import Unit
from shop.people.models import Store

SHOWN = 50
"""How many deals and how many units are listed, the newest first."""

LAST_4 = re.compile(r"[0-9]{4}\Z")
ALMOST_A_CODE = re.compile(r"[A-Z][0-9]{4}[A-Z0-9]{4}\Z")
MOSTLY_DIGITS = re.compile(r"[0-9]{3,}\Z")


class Kind(StrEnum):
    """What a text in the search box is."""

    CODE = "code"
    IMEI = "imei"
    LAST_4 = "last_4"
    KANA = "kana"


@dataclass(frozen=True, slots=True)
class Query:
    """A text of the search box, understood: `text` is the code, the digits or the katakana."""

    kind: Kind
    text: str


class NotUnderstood(ValueError):
    """The text can be none of what the box takes. `code` says why, `length` how long it was."""

    def __init__(self, code: str, length: int = 0) -> None:
        super().__init__(f"search text not understood: {code}")
        self.code = code
        self.length = length


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds in one store."""

    deals: tuple[Ticket, ...]
    units: tuple[Unit, ...]
    is_cut: bool
    """There are more than are shown."""


def parse_query(text: str) -> Query:
    """Return what `text` asks for. Full-width and half-width forms are forgiven.

    Raises `NotUnderstood`: `search-empty`, `search-code` (a deal code with a slip of the pen), an
    IMEI's own `imei-length` / `imei-check-digit`, or `search-unknown`.
    """
    if not text.strip():
        raise NotUnderstood("search-empty")
    if code := parse_code(text):
        return Query(Kind.CODE, code)
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if LAST_4.match(plain):
        return Query(Kind.LAST_4, plain)
    if ALMOST_A_CODE.match(plain.replace("-", "")):
        raise NotUnderstood("search-code")
    kana = normalise_kana(text).replace(" ", "")
    if is_katakana(kana):
        return Query(Kind.KANA, kana)
    try:
        return Query(Kind.IMEI, parse_imei(text).digits)
    except InvalidImei as error:
        if error.code in ("length", "check-digit") and MOSTLY_DIGITS.match(plain.replace("-", "")):
            raise NotUnderstood(f"imei-{error.code}", error.length) from error
        raise NotUnderstood("search-unknown") from error


def find(query: Query, *, store: Store, now: datetime) -> Found:
    """Return the deals and units of `store` that `query` asks for. Four queries at most."""
    deals, units = _filters(query)
    shown = with_what_is_shown(Deal.objects.of_store(store)).filter(deals)
    rows = list(shown.order_by("-opened_at", "-pk")[: SHOWN + 1])
    stock: list[Unit] = []
    if units is not None:
        mine = Unit.objects.filter(units, store=store).select_related("variant__model")
        stock = list(mine.order_by("-acquired_at", "-pk")[: SHOWN + 1])
    return Found(
        deals=tickets_of(rows[:SHOWN], now=now),
        units=tuple(stock[:SHOWN]),
        is_cut=len(rows) > SHOWN or len(stock) > SHOWN,
    )


def deal_code_of(query: Query, *, store: Store) -> str | None:
    """Return the code of the deal that `query` names exactly, if this store has it."""
    if query.kind is not Kind.CODE:
        return None
    return (
        Deal.objects.of_store(store).filter(code=query.text).values_list("code", flat=True).first()
    )


def _filters(query: Query) -> tuple[Q, Q | None]:
    match query.kind:
        case Kind.CODE:
            return Q(code=query.text), None
        case Kind.LAST_4:
            return _with_item(imei1_tail=query.text), Q(imei1_tail=query.text)
        case Kind.KANA:
            return Q(seller__search_kana__startswith=query.text), None
        case Kind.IMEI:
            either = Q(imei1=query.text) | Q(imei2=query.text)
            return _with_item(either), either


def _with_item(*conditions: Q, **values: str) -> Q:
    """Return the deals that have such an item: each once, and found by the item's index."""
    return Q(pk__in=Item.objects.filter(*conditions, **values).values("deal_id"))
