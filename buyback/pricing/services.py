"""Make an offer, take the seller's yes or no, let offers expire.

Each act asks its gate again under the deal's lock and writes quotes, states and events in one
transaction. Lock order: deal → items.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from buyback.deals.leaving import return_open_items
from buyback.deals.models import Deal, Item
from buyback.deals.policy import EDITABLE, Action, DealState, ItemAction, ItemState
from buyback.deals.queries import hold_problems
from buyback.deals.transition import apply, apply_to_item, lock_deal, lock_items
from buyback.inspection.queries import terms_on
from buyback.pricing.facts import lines_as_json
from buyback.pricing.gate import Gate
from buyback.pricing.models import Quote
from buyback.pricing.policy import CURRENT_RULE
from buyback.pricing.queries import (
    Offer,
    Valuation,
    accept_problems,
    current_offer,
    offer_problems_of,
    valuations,
)
from buyback.pricing.refusal import refuse_if, refused
from shop.fingerprint import fingerprint
from shop.problems import Blocker

OFFER_EXPIRES = (DealState.OFFERED, DealState.ACCEPTED)


@transaction.atomic
def offer(*, deal_id: int, actor: User) -> Offer:
    """Write a quote for every active item of the deal and make them the offer that stands.

    Valid for the store's `quote_valid_days` from now. A deal that was accepted needs a new yes.
    Raises `ValidationError` with the code of the first blocker of `offer_problems` (or of a hold)
    and a sentence for each, or `not-now` from `signed` on.
    """
    now = timezone.now()
    deal = lock_deal(deal_id)
    lock_items(deal)
    _refuse_unless_editable(deal)
    values = valuations(deal, now=now)
    refuse_if((*hold_problems(deal), *offer_problems_of(values)))
    valid_until = now + timedelta(days=terms_on(deal, now=now).quote_valid_days)
    for value in values:
        quote = _write_quote(value, now=now, valid_until=valid_until, actor=actor)
        details = {"quote": quote.number, "total_yen": quote.total_yen}
        apply_to_item(item=value.item, action=ItemAction.OFFER, actor=actor, details=details)
    made = _offer_of(deal_id)
    apply(deal_id=deal_id, action=Action.OFFER, actor=actor, details=_told(made))
    return made


@transaction.atomic
def accept(*, deal_id: int, offer_fingerprint: str, actor: User) -> Deal:
    """Take the seller's yes (了承) to the offer that `offer_fingerprint` names.

    Raises `ValidationError`: `offer-changed` where the page showed another offer, the first
    blocker of `accept_problems` (`quote-expired`, `facts-changed` …), or `not-now`.
    """
    deal = lock_deal(deal_id)
    lock_items(deal)
    standing = current_offer(deal)
    if standing is None or standing.fingerprint != offer_fingerprint:
        raise refused((Blocker(Gate.OFFER_CHANGED),))
    problems = accept_problems(deal, now=timezone.now())
    if deal.state == DealState.OFFERED:
        refuse_if((*hold_problems(deal), *problems))
    return apply(deal_id=deal_id, action=Action.ACCEPT, actor=actor, details=_told(standing))


@transaction.atomic
def decline(*, deal_id: int, actor: User) -> Deal:
    """Take the seller's no to the whole offer; every device goes back.

    Raises `ValidationError` (`not-now`) where there is no offer, or once the contract is signed.
    """
    deal = apply(deal_id=deal_id, action=Action.DECLINE, actor=actor)
    _let_go(deal, actor=actor)
    return deal


@transaction.atomic
def decline_item(*, item_id: int, actor: User) -> Deal:
    """Take the seller's no to one device and return the deal.

    The other devices go on; where none is left, the deal is declined. Raises `ValidationError`
    (`not-now`) where the item is not on offer, or once the contract is signed.
    """
    deal = lock_deal(Item.objects.values_list("deal_id", flat=True).get(pk=item_id))
    _refuse_unless_editable(deal)
    item = next(one for one in lock_items(deal) if one.pk == item_id)
    apply_to_item(item=item, action=ItemAction.DECLINE, actor=actor)
    left = deal.items.filter(state__in=[ItemState.OPEN.value, ItemState.OFFERED.value])
    if left.exists():
        return deal
    return apply(deal_id=deal.pk, action=Action.DECLINE, actor=actor)


def expire_offers(now: datetime) -> int:
    """End every deal whose offer is no longer valid at `now`; return how many ended.

    Each in its own transaction, asked again under its lock, so it may run twice or be interrupted.
    """
    due = (
        Deal.objects.filter(state__in=[state.value for state in OFFER_EXPIRES])
        .annotate(newest=Max("items__quotes__valid_until"))
        .filter(newest__lt=now)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(_expire(deal_id, now=now) for deal_id in list(due))


@transaction.atomic
def _expire(deal_id: int, *, now: datetime) -> bool:
    deal = lock_deal(deal_id)
    lock_items(deal)
    standing = current_offer(deal)
    if DealState(deal.state) not in OFFER_EXPIRES or not standing or standing.valid_until >= now:
        return False
    apply(deal_id=deal_id, action=Action.EXPIRE, actor=None)
    _let_go(deal, actor=None)
    return True


def _let_go(deal: Deal, *, actor: User | None) -> None:
    for item in lock_items(deal):
        if item.state == ItemState.OFFERED:
            apply_to_item(item=item, action=ItemAction.DECLINE, actor=actor)
    return_open_items(deal=deal, actor=actor)


def _refuse_unless_editable(deal: Deal) -> None:
    if DealState(deal.state) not in EDITABLE:
        raise refused((Blocker("not-now"),))


def _write_quote(value: Valuation, *, now: datetime, valid_until: datetime, actor: User) -> Quote:
    found, decision = value.state.facts, value.state.decision
    lines, facts = value.lines, value.facts
    disposition = decision.disposition if decision else None
    if not (found and decision and disposition and lines and facts):
        raise refused((Blocker(Gate.NO_PRICE),))
    last = value.item.quotes.aggregate(last=Max("number"))["last"] or 0
    return Quote.objects.create(
        item=value.item,
        number=last + 1,
        made_at=now,
        made_by=actor,
        valid_until=valid_until,
        book_id=int(lines.book_id),
        rule_version=CURRENT_RULE,
        grade=found.grade,
        verdict=found.verdict,
        disposition=disposition,
        channels=sorted(decision.channels),
        facts=facts,
        lines=lines_as_json(lines),
        total_yen=lines.total_yen,
        fingerprint=fingerprint(facts),
    )


def _offer_of(deal_id: int) -> Offer:
    """Return the offer as the rows say now, with nothing remembered from before the writing."""
    made = current_offer(Deal.objects.get(pk=deal_id))
    if made is None:
        raise refused((Blocker(Gate.NOT_OFFERED),))
    return made


def _told(standing: Offer) -> dict[str, str | int]:
    return {"total_yen": standing.total_yen, "fingerprint": standing.fingerprint}
