"""What the quote page shows: lines of each device, what blocks an offer, what could better it.

The same lines for staff and seller. Sentences are asked for one audience at a time: a page that is
turned to the seller is built for the seller and holds no staff reason at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from buyback.counter import wording as counter
from buyback.counter.inspecting import grouped
from buyback.deals.models import Deal, Item
from buyback.deals.policy import EDITABLE, ITEM_ACTIVE, DealState, ItemState
from buyback.deals.wording import ITEM_STATES
from buyback.inspection.policy import Remedy
from buyback.inspection.queries import items_of
from buyback.inspection.wording import remedy_sentence
from buyback.pricing.models import Quote
from buyback.pricing.policy import Line, LineCode
from buyback.pricing.queries import (
    Offer,
    Valuation,
    accept_problems,
    current_offer,
    offer_problems_of,
    valuations,
)
from buyback.pricing.wording import line_label
from shop.formats import yen, yen_more
from shop.problems import Problem, blockers
from shop.wording import NEUTRAL, Audience


@dataclass(frozen=True, slots=True)
class LineText:
    """One line of a price: what it is for, and its yen as finished text."""

    text: str
    yen: str


@dataclass(frozen=True, slots=True)
class RemedyText:
    """What the seller could still do and what it would add; `gain` is empty where nothing."""

    text: str
    gain: str


@dataclass(frozen=True, slots=True)
class QuotedDevice:
    """One device on the quote page.

    `is_offer` tells stored lines of the standing offer from an estimate made now; without lines
    there is no price, and `problems` say why to the audience.
    """

    item: Item
    name: str
    imei: str
    state_label: str
    is_active: bool
    is_offer: bool
    lines: tuple[LineText, ...]
    total: str
    remedies: tuple[RemedyText, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuotePage:
    """Everything the quote page shows for one audience.

    `offer_blocks` keep an offer from being made now, `accept_blocks` the seller's yes from being
    taken; each without repeats. `estimate` is the sum of the estimates while there is no offer.
    """

    devices: tuple[QuotedDevice, ...]
    offer: Offer | None
    total: str
    estimate: str
    offer_blocks: tuple[str, ...]
    accept_blocks: tuple[str, ...]


def quote_page(deal: Deal, *, now: datetime, audience: Audience) -> QuotePage:
    """Return the quote page of `deal` as it stands at `now`, said to `audience`.

    The seller is not shown the lines of an offer that has fallen, nor why it fell.
    """
    editable = DealState(deal.state) in EDITABLE
    found = valuations(deal, now=now) if editable else ()
    values = {value.item.pk: value for value in found}
    offer = current_offer(deal)
    quotes = {quote.item_id: quote for quote in offer.quotes} if offer else {}
    items = items_of(deal)
    fallen = blockers(accept_problems(deal, now=now)) if offer else ()
    estimates = [value.lines.total_yen for value in found if value.lines]
    return QuotePage(
        devices=tuple(
            _device(item, quotes.get(item.pk), values.get(item.pk), fallen, audience)
            for item in items
        ),
        offer=offer,
        total=yen(offer.total_yen) if offer else "",
        estimate=yen(sum(estimates)) if estimates else "",
        offer_blocks=_sentences(
            blockers(offer_problems_of(found)), audience, names_device=len(items) > 1
        ),
        accept_blocks=_sentences(fallen, audience, names_device=len(items) > 1),
    )


def _device(
    item: Item,
    quote: Quote | None,
    value: Valuation | None,
    fallen: tuple[Problem, ...],
    audience: Audience,
) -> QuotedDevice:
    lines: tuple[LineText, ...] = ()
    total = ""
    why = value.problems if value else ()
    fell = tuple(p for p in fallen if p.params.get("position") == item.position)
    if quote is not None and fell and audience is Audience.SELLER:
        why = fell
    elif quote is not None:
        lines, total = _stored(quote, audience), yen(quote.total_yen)
    elif value is not None and value.lines is not None:
        lines = _texts(value.lines.lines, audience)
        total = yen(value.lines.total_yen)
    return QuotedDevice(
        item=item,
        name=counter.device_name(item),
        imei=grouped(item.imei1),
        state_label=str(ITEM_STATES[ItemState(item.state)]),
        is_active=item.state in ITEM_ACTIVE,
        is_offer=quote is not None,
        lines=lines,
        total=total,
        # Beside the lines of an offer that fell, a gain counted from today's price would mislead.
        remedies=_remedies(value.remedies, audience, gains=not (fell and lines)) if value else (),
        problems=_why_not(why, audience) if not lines else (),
    )


def _stored(quote: Quote, audience: Audience) -> tuple[LineText, ...]:
    return _texts(
        (Line(LineCode(row["code"]), row["params"], row["yen"]) for row in quote.lines), audience
    )


def _texts(lines: Iterable[Line], audience: Audience) -> tuple[LineText, ...]:
    return tuple(LineText(line_label(line, audience), yen(line.yen)) for line in lines)


def _remedies(
    found: Iterable[tuple[Remedy, int]], audience: Audience, *, gains: bool
) -> tuple[RemedyText, ...]:
    return tuple(
        RemedyText(remedy_sentence(remedy, audience), yen_more(gain) if gains and gain > 0 else "")
        for remedy, gain in found
    )


def _why_not(problems: tuple[Problem, ...], audience: Audience) -> tuple[str, ...]:
    """Return why a device has no price; one neutral sentence alone hides how many reasons."""
    said = _sentences(problems, audience, names_device=False)
    neutral = str(NEUTRAL)
    return (neutral,) if audience is Audience.SELLER and neutral in said else said


def _sentences(
    problems: Iterable[Problem], audience: Audience, *, names_device: bool
) -> tuple[str, ...]:
    if audience is Audience.SELLER:
        said = [counter.problem_sentence(problem, audience) for problem in problems]
    else:
        said = [counter.gate_sentence(problem, names_device=names_device) for problem in problems]
    return tuple(dict.fromkeys(said))
