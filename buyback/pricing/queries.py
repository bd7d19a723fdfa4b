"""Which book holds, what each device of a deal is worth, and what stands between it and a yes.

A gate re-asks every gate below it: the offer asks check and inspection, the yes asks whether the
facts are still those the offer was made from. What a quote promised (book and terms of its day)
is read from the quote itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.utils import timezone

from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import ITEM_ACTIVE, OURS, DealState, EventKind, ItemState
from buyback.inspection.policy import Code as DecisionCode
from buyback.inspection.policy import Remedy
from buyback.inspection.queries import (
    InspectionState,
    inspection_state,
    items_of,
    remembered,
    terms_on,
)
from buyback.inspection.questions import Part
from buyback.inspection.terms import Terms
from buyback.pricing.facts import figures_of, marks_of, quote_facts, replayed, terms_of
from buyback.pricing.gate import Gate
from buyback.pricing.models import BasePrice, PartDeduction, PriceBook, Quote
from buyback.pricing.policy import (
    CURRENT_RULE,
    Percent,
    PriceFigures,
    QuoteLines,
    figures_problems,
    remedies_in_yen,
)
from carriers.checks.policy import Code as CheckCode
from carriers.checks.policy import check_problems
from inventory.catalogue.models import Variant
from inventory.units.policy import Channel, Grade
from shop.fingerprint import Json, fingerprint
from shop.problems import Blocker, Problem, blockers

SAID_YES_TO = Subquery(
    DealEvent.objects.filter(deal=OuterRef("pk"), kind=EventKind.ACCEPTED)
    .order_by("-pk")
    .values(offer=KeyTextTransform("fingerprint", "details"))[:1]
)
"""For `Deal.objects.annotate(said_yes_to=SAID_YES_TO)`: spares the gates a query."""


# --- price books -----------------------------------------------------------------------------
def book_on(day: date) -> PriceBook | None:
    """Return the price book of `day`: the newest that had begun by then; None before the first."""
    return PriceBook.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def figures_for(book: PriceBook, variant: Variant) -> PriceFigures | None:
    """Return the figures of `book` for one variant, or None where the book does not list it."""
    return _priced(PriceBook.objects.filter(pk=book.pk), [variant.pk]).get(variant.pk)


def figures_on(day: date, variant_ids: Iterable[int]) -> dict[int, PriceFigures]:
    """Return the figures of the book of `day`, by variant id, for those it lists. One query."""
    return _priced(PriceBook.objects.filter(valid_from__lte=day), variant_ids)


def _priced(books: QuerySet[PriceBook], variant_ids: Iterable[int]) -> dict[int, PriceFigures]:
    """Return the figures of the newest of `books` for every variant it lists. One query.

    Figures that break a rule of `figures_problems` are left out: no price is better than a wrong
    one.
    """
    wanted, of_book = set(variant_ids), {"book": OuterRef("pk")}
    if not wanted:
        return {}
    prices = BasePrice.objects.filter(**of_book, variant_id__in=wanted)
    book = (
        books.annotate(
            cuts=_rows(PartDeduction.objects.filter(**of_book), "part", "percent"),
            bases=_rows(prices, "variant_id", "grade", "yen"),
        )
        .order_by("-valid_from")
        .first()
    )
    if book is None:
        return {}
    cuts = {Part(row["part"]): Percent(row["percent"]) for row in book.cuts}
    bases: dict[int, dict[Grade, int]] = {}
    for row in book.bases:
        bases.setdefault(row["variant_id"], {})[Grade(row["grade"])] = row["yen"]
    found = {key: figures_of_book(book, base, cuts) for key, base in bases.items()}
    return {key: figures for key, figures in found.items() if not figures_problems(figures)}


def _rows(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    """Return the rows as one column of JSON objects, so that a book comes in one query."""
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in names})))


def figures_of_book(
    book: PriceBook, base: Mapping[Grade, int], cuts: Mapping[Part, Percent]
) -> PriceFigures:
    """Return the figures of one variant from a book, its base prices and its deductions.

    A phone for parts is worth a percentage of its J base, rounded down; resale never pays less
    than that, so the floor of a variant is the higher of the book's floor and its parts value.
    A × is deducted like a △; what makes it cheaper is the channel it is left with.
    """
    unit = max(book.rounding_yen, 1)
    parts_yen = base.get(Grade.J, 0) * book.parts_percent // 100 // unit * unit
    return PriceFigures(
        book_id=str(book.pk),
        base_yen=dict(base),
        parts=dict(cuts),
        at_risk=Percent(book.at_risk_percent),
        restricted=Percent(book.at_risk_percent),
        channel_percent={
            Channel.DOMESTIC: 100,
            Channel.OVERSEAS: book.overseas_percent,
            Channel.WIFI_ONLY: book.wifi_only_percent,
        },
        parts_yen=parts_yen,
        rounding_yen=book.rounding_yen,
        floor_yen=max(book.floor_yen, parts_yen),
    )


# --- one device, now -------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Valuation:
    """What one item is worth at this moment, or why it has no price.

    `facts` and `lines` exist together, when nothing blocks a price; `remedies` are what the seller
    could do, with the yen it would add at today's book.
    """

    item: Item
    state: InspectionState
    facts: dict[str, Json] | None
    lines: QuoteLines | None
    remedies: tuple[tuple[Remedy, int], ...]
    problems: tuple[Problem, ...]


def valuations(deal: Deal, *, now: datetime) -> tuple[Valuation, ...]:
    """Return what each active item of `deal` is worth at `now`, by position.

    At most four queries, whatever the number of items, and once per deal object: items, carriers'
    answers, terms, book.
    """
    items = [item for item in items_of(deal) if item.state in ITEM_ACTIVE]
    if not items:
        return ()
    terms, day = terms_on(deal, now=now), timezone.localdate(now)
    wanted = [item.variant_id for item in items if item.variant_id]
    figures = remembered(deal, f"figures {day}", lambda: figures_on(day, wanted))
    return tuple(
        _valuation(item, terms, figures.get(item.variant_id or 0), now=now) for item in items
    )


def _valuation(
    item: Item, terms: Terms, figures: PriceFigures | None, *, now: datetime
) -> Valuation:
    state = inspection_state(item, now=now, terms=terms)
    problems = _item_problems(state, terms, figures, now=now)
    facts = facts_now(state, terms, figures) if figures else None
    lines = replayed(facts) if facts and not _refused(state) else None
    remedies: tuple[tuple[Remedy, int], ...] = ()
    if figures and state.facts and state.answers:
        remedies = remedies_in_yen(state.facts, state.answers.faults, figures)
    return Valuation(item, state, facts, lines, remedies, problems)


def _refused(state: InspectionState) -> bool:
    return bool(blockers(state.problems))


def facts_now(
    state: InspectionState, terms: Terms, figures: PriceFigures
) -> dict[str, Json] | None:
    """Return what a quote for the item would be made from now; None while there is no decision."""
    item = state.item
    if state.facts is None or state.answers is None or state.decision is None:
        return None
    if item.variant is None:
        return None
    return quote_facts(
        imeis=(item.imei1, item.imei2),
        variant_code=item.variant.code,
        marks=marks_of(state.report.lookups),
        given=state.answers.given,
        faults=state.answers.faults,
        facts=state.facts,
        decision=state.decision,
        terms=terms,
        figures=figures,
        rule=CURRENT_RULE,
    )


def _item_problems(
    state: InspectionState, terms: Terms, figures: PriceFigures | None, *, now: datetime
) -> tuple[Problem, ...]:
    checked = _check_problems(state, terms, now=now)
    found = (*checked, *_not_said_yet(state.problems, checked))
    if state.item.variant_id is None:
        found = (*found, Blocker(Gate.NO_VARIANT))
    elif figures is None:
        found = (*found, Blocker(Gate.NO_PRICE))
    return at_position(found, state.item)


def _check_problems(state: InspectionState, terms: Terms, *, now: datetime) -> tuple[Problem, ...]:
    return check_problems(
        state.report.report,
        state.report.lookups,
        now=now,
        max_age_days=terms.check_fresh_days,
        demo=settings.DEMO,
    )


def _not_said_yet(problems: Iterable[Problem], said: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without “no decision before the check”, where the check says why."""
    waits = any(problem.code == CheckCode.UNRESOLVED for problem in said)
    return tuple(p for p in problems if not (waits and p.code == DecisionCode.UNRESOLVED))


def at_position(problems: Iterable[Problem], item: Item) -> tuple[Problem, ...]:
    """Return the problems with the parameter `position`: the device they are about."""
    return tuple(
        type(problem)(problem.code, {**problem.params, "position": item.position})
        for problem in problems
    )


# --- the offer -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Offer:
    """The newest quote of each item that is offered or bought, by position.

    `fingerprint` is what a page carries to say which offer it showed.
    """

    quotes: tuple[Quote, ...]
    total_yen: int
    valid_until: datetime
    fingerprint: str


QUOTES = Prefetch("items__quotes", queryset=Quote.objects.order_by("number"))
ON_OFFER = frozenset({ItemState.OFFERED, ItemState.BOUGHT})


def current_offer(deal: Deal) -> Offer | None:
    """Return the offer that stands for `deal`, or None. One query besides those of `items_of`."""
    items = items_of(deal)
    prefetch_related_objects([deal], QUOTES)
    newest = (list(item.quotes.all())[-1:] for item in items if item.state in ON_OFFER)
    quotes = tuple(quote for found in newest for quote in found)
    if not quotes:
        return None
    return Offer(
        quotes=quotes,
        total_yen=sum(quote.total_yen for quote in quotes),
        valid_until=min(quote.valid_until for quote in quotes),
        fingerprint=fingerprint([[quote.item_id, quote.fingerprint] for quote in quotes]),
    )


def offer_problems(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return what keeps an offer from being made for `deal` at `now`.

    Every active item needs a check that is resolved and fresh, a complete inspection, a decision
    to buy, and a price in today's book. The parameter `position` names the item.
    """
    return offer_problems_of(valuations(deal, now=now))


def offer_problems_of(values: tuple[Valuation, ...]) -> tuple[Problem, ...]:
    """Return the problems of `offer_problems` from valuations already made."""
    if not values:
        return (Blocker(Gate.NO_ITEMS),)
    return tuple(problem for value in values for problem in value.problems)


def accept_problems(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return what keeps the seller's yes from being taken, or from still counting, at `now`.

    Asked again by every later gate. Each active item needs a quote that has not expired and whose
    facts, computed again now under the book and terms of the quote, are the same. After the yes
    the offer must still be the one that was said yes to. Once the contract is signed a quote no
    longer expires; once the deal is concluded there is nothing left to ask.
    """
    if DealState(deal.state) in OURS:
        return ()
    active = [item for item in items_of(deal) if item.state in ITEM_ACTIVE]
    if not active:
        return (Blocker(Gate.NO_ITEMS),)
    offer = current_offer(deal)
    quotes = {quote.item_id: quote for quote in offer.quotes} if offer else {}
    expires = deal.state != DealState.SIGNED
    found: list[Problem] = []
    for item in active:
        quote = quotes.get(item.pk)
        problems = (
            _quote_problems(item, quote, expires=expires, now=now)
            if quote
            else (Blocker(Gate.NOT_OFFERED),)
        )
        found += at_position(problems, item)
    if offer and deal.state in (DealState.ACCEPTED, DealState.SIGNED):
        found += _consent_problems(deal, offer)
    return tuple(found)


def _quote_problems(
    item: Item, quote: Quote, *, expires: bool, now: datetime
) -> tuple[Problem, ...]:
    if expires and quote.valid_until < now:
        return (Blocker(Gate.EXPIRED),)
    terms = terms_of(quote.facts)
    state = inspection_state(item, now=now, terms=terms)
    checked = _check_problems(state, terms, now=now)
    facts = facts_now(state, terms, figures_of(quote.facts))
    if blockers(checked) or state.facts is None:
        return (*checked, *_not_said_yet(state.problems, checked))
    same = facts is not None and fingerprint({**facts, "rule": quote.rule_version}) == (
        quote.fingerprint
    )
    changed: tuple[Problem, ...] = () if same else (Blocker(Gate.FACTS_CHANGED),)
    return (*checked, *changed)


def _consent_problems(deal: Deal, offer: Offer) -> tuple[Problem, ...]:
    if _said_yes_to(deal) == offer.fingerprint:
        return ()
    return (Blocker(Gate.OFFER_CHANGED),)


def _said_yes_to(deal: Deal) -> str | None:
    """Return the fingerprint of the offer the seller said yes to last, or None.

    One query per deal object; none where it was loaded with `said_yes_to`.
    """
    if "said_yes_to" in vars(deal):
        return vars(deal)["said_yes_to"]  # type: ignore[no-any-return]  # annotated by SAID_YES_TO
    found = Deal.objects.filter(pk=deal.pk).values_list(SAID_YES_TO, flat=True)
    return remembered(deal, "yes", found.first)


def replay(quote: Quote) -> int:
    """Return the total in yen, computed again from what the quote stores, by its own rule version.

    Reads nothing but the quote. A difference to `quote.total_yen` means that a rule was changed
    instead of a new one being added.
    """
    return replayed(quote.facts).total_yen
