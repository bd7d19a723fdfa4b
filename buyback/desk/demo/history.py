"""Walks the demo's sellers in, through the same services as the pages call.

A walk-in whose first IMEI is known already is not repeated, so this may run at every start. The
stand-in sites must answer; where workers run too, each lookup is still asked once.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from buyback.contracts.content import content_of
from buyback.contracts.services import conclude, prepare_contract, sign_contract
from buyback.deals.checking import answer_by_person, ask_carriers, take_by_hand
from buyback.deals.models import Deal, Item
from buyback.deals.particulars import record_seller
from buyback.deals.services import add_item, cancel_deal, open_deal
from buyback.desk.demo.walkins import WALK_INS, Phone, Until, WalkIn
from buyback.identity.services import Shown, record_identity
from buyback.inspection.policy import Code
from buyback.inspection.questions import QUESTIONS
from buyback.inspection.services import record_inspection, reject_item
from buyback.payouts.services import pay_cash
from buyback.pricing.services import accept, decline, offer
from carriers.checks.models import Check, CheckAnswer
from carriers.sandbox.script import DEMO_IMEIS, twin_of
from inventory.catalogue.models import Variant
from inventory.units.policy import Disposition
from shop.people.models import Store

FAULTLESS = {
    **{question.code: question.options[0].code for question in QUESTIONS},
    "exterior": "normal",
    "battery": "90",
}
PEN = json.dumps(
    [[{"x": 40 + i * 5, "y": 60 + 30 * math.sin(i / 3), "t": i * 12} for i in range(40)]]
)
"""A wave drawn with a pen, as the signature box sends it."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who serves: the store, and the people for counter, inspection and till."""

    store: Store
    clerk: User
    inspector: User
    cashier: User


Settle = Callable[[Check], None]
"""Waits until every lookup of a check has been asked once."""


def imeis_of(phone: Phone) -> tuple[str, str]:
    """Return IMEI and IMEI2 (or "") of a walk-in's phone."""
    demo = next(one for one in DEMO_IMEIS if one.road is phone.road)
    second = twin_of(demo.imei2, phone.twin).digits if demo.imei2 else ""
    return twin_of(demo.imei1, phone.twin).digits, second


def walk_all(crew: Crew, *, settle: Settle) -> list[Deal]:
    """Walk in every seller who has not been here yet; return the deals made now."""
    return [
        walk(one, crew, settle=settle)
        for one in WALK_INS
        if not Item.objects.filter(imei1=imeis_of(one.phones[0])[0]).exists()
    ]


def walk(one: WalkIn, crew: Crew, *, settle: Settle) -> Deal:
    """Serve one seller as far as the table says and return the deal as it stands then."""
    deal = _take_in(one, crew)
    items = list(deal.items.order_by("position"))
    for item, phone in zip(items, one.phones, strict=True):
        _check(item, phone, crew, settle)
        if one.until >= Until.INSPECTED:
            answers = {**FAULTLESS, **phone.found}
            record_inspection(item_id=item.pk, answers=answers, version=0, actor=crew.inspector)
            if phone.disposition is Disposition.REJECT:
                reject_item(item_id=item.pk, reason_code=Code.RED, actor=crew.inspector)
    if one.until >= Until.OFFERED:
        _agree(one, deal, crew)
    if one.until >= Until.IDENTIFIED:
        _identify(one, deal, crew)
    if one.until >= Until.SIGNED:
        _contract(one, deal, crew)
    if one.gives_up:
        cancel_deal(deal_id=deal.pk, reason=one.gives_up, actor=crew.clerk)
    return Deal.objects.get(pk=deal.pk)


def _take_in(one: WalkIn, crew: Crew) -> Deal:
    deal: Deal | None = None
    for phone in one.phones:
        imei1, imei2 = imeis_of(phone)
        variant = Variant.objects.get(code=phone.variant)
        if deal is None:
            deal = open_deal(
                store_id=crew.store.pk,
                imei_text=imei1,
                imei2_text=imei2,
                variant_id=variant.pk,
                colour=phone.colour,
                actor=crew.clerk,
            )
        else:
            add_item(
                deal_id=deal.pk,
                imei_text=imei1,
                imei2_text=imei2,
                variant_id=variant.pk,
                colour=phone.colour,
                serial="",
                actor=crew.clerk,
            )
    if deal is None:
        raise ValueError(f"{one.code} brings no phone")
    record_seller(deal_id=deal.pk, typed=one.seller, version=0, actor=crew.clerk)
    return deal


def _check(item: Item, phone: Phone, crew: Crew, settle: Settle) -> None:
    check = ask_carriers(item_id=item.pk, actor=crew.clerk)
    settle(check)
    for network, mark in phone.by_hand.items():
        failed = CheckAnswer.objects.filter(check_asked=check, network=network).latest("pk")
        assisted = take_by_hand(
            deal_id=item.deal_id,
            lookup_id=failed.lookup_id,
            reason="ページが読み取れないため",
            actor=crew.clerk,
        )
        answer_by_person(
            deal_id=item.deal_id, lookup_id=assisted.pk, mark=mark, note="", actor=crew.clerk
        )


def _agree(one: WalkIn, deal: Deal, crew: Crew) -> None:
    made = offer(deal_id=deal.pk, actor=crew.inspector)
    if one.declines:
        decline(deal_id=deal.pk, actor=crew.clerk)
    elif one.until >= Until.ACCEPTED:
        accept(deal_id=deal.pk, offer_fingerprint=made.fingerprint, actor=crew.clerk)


def _identify(one: WalkIn, deal: Deal, crew: Crew) -> None:
    shown = Shown(
        method="presentation",
        document=one.document,
        expires_on=timezone.localdate() + timedelta(days=700),
        issued_on=None,
        name_matches=True,
        address_matches=True,
        birth_matches=True,
        photo_matches=True,
    )
    record_identity(deal_id=deal.pk, shown=shown, actor=crew.clerk)


def _contract(one: WalkIn, deal: Deal, crew: Crew) -> None:
    contract = prepare_contract(deal_id=deal.pk, language=one.language, actor=crew.clerk)
    statements = [row["code"] for row in content_of(contract)["statements"]["items"]]
    sign_contract(
        contract_id=contract.pk,
        strokes=PEN,
        statements=statements,
        fingerprint=contract.fingerprint,
        actor=crew.clerk,
    )
    if one.until >= Until.CONCLUDED:
        done = conclude(deal_id=deal.pk, actor=crew.clerk, phone_in_hand=True)
        if one.until >= Until.PAID:
            drawer = crew.store.drawers.order_by("pk")[0]
            total = done.conclusion.total_yen
            pay_cash(deal_id=deal.pk, drawer_id=drawer.pk, amount_yen=total, actor=crew.cashier)
