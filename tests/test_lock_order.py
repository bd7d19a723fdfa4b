"""Locks are taken in one order everywhere, and nothing slow happens while one is held.

store → seller → deal → items → lookups → unit numbers → drawer → ledger head (DESIGN §3): who
follows it never waits in a circle. The whole road of a deal is walked and the statements are read.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from buyback.contracts import pdf
from buyback.contracts.services import conclude
from buyback.deals.checking import ask_carriers
from buyback.deals.models import Deal
from buyback.deals.particulars import record_seller
from buyback.deals.services import (
    cancel_deal,
    change_item,
    lift_hold,
    place_hold,
    return_item,
)
from buyback.inspection.services import REJECT_REASONS, reject_item
from buyback.payouts.services import pay_cash
from buyback.pricing.services import accept, decline, decline_item, offer
from buyback.sellers.services import Particulars
from carriers.checks import wake
from shop.paper.compiler import render_pdf
from tests.buyback.contracted import (
    accepted_deal,
    checked_deal,
    concluded_deal,
    fresh,
    prepared,
    show_id,
    sign,
    signed_deal,
)
from tests.cluster import Database
from tests.factories import fresh_imei, make_deal, make_item

ORDER = (
    "shop_store",
    "buyback_seller",
    "buyback_deal",
    "buyback_hold",
    "buyback_item",
    "carriers_lookup",
    "unit numbers",
    "shop_drawer",
    "inventory_ledgerhead",
)
LOCKED = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)


def first_locks(act: Callable[[], Any]) -> list[str]:
    """Return the tables that `act` locks, each where it is locked first, in order."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    taken: list[str] = []
    for statement in (query["sql"] for query in captured.captured_queries):
        found = LOCKED.search(statement)
        name = found[1] if found else "unit numbers" if "pg_advisory_xact_lock" in statement else ""
        if name and name not in taken:
            taken.append(name)
    return taken


def acts() -> dict[str, Callable[[], Any]]:
    """Every service that locks, each on a deal of its own that is ready for it."""
    one, two, gone, held, hurt = (make_deal() for _ in range(5))
    plain, checked, accepted = make_deal(), checked_deal(), accepted_deal()
    shown, yes, no = checked_deal(), checked_deal(), checked_deal()
    offers = [offer(deal_id=deal.pk, actor=deal.opened_by) for deal in (yes, no)]
    contract, signed, owed = prepared(accepted_deal()), signed_deal(), concluded_deal()
    place_hold(deal_id=held.pk, reason="確認", actor=held.opened_by)
    second, known, ready = make_item(deal=no), checked_deal(), accepted_deal()
    offer_now = offers[0].fingerprint
    return {
        "open": lambda: make_deal(),
        "add": lambda: make_item(deal=one),
        "change": lambda: _change(two),
        "return": lambda: return_item(item_id=second.pk, reason="取りやめ", actor=no.opened_by),
        "ask": lambda: ask_carriers(item_id=plain.items.get().pk, actor=plain.opened_by),
        "reject": lambda: reject_item(
            item_id=hurt.items.get().pk, reason_code=REJECT_REASONS[0], actor=hurt.opened_by
        ),
        "hold": lambda: place_hold(deal_id=plain.pk, reason="確認", actor=plain.opened_by),
        "lift": lambda: lift_hold(deal_id=held.pk, actor=held.opened_by),
        "cancel": lambda: cancel_deal(deal_id=gone.pk, reason="取りやめ", actor=gone.opened_by),
        "offer": lambda: offer(deal_id=checked.pk, actor=checked.opened_by),
        "identity": lambda: show_id(shown),
        "accept": lambda: accept(deal_id=yes.pk, offer_fingerprint=offer_now, actor=yes.opened_by),
        "decline item": lambda: decline_item(
            item_id=no.items.get(position=1).pk, actor=no.opened_by
        ),
        "decline": lambda: decline(deal_id=accepted.pk, actor=accepted.opened_by),
        "seller": lambda: _change_seller(known),
        "prepare": lambda: prepared(ready),
        "sign": lambda: sign(contract),
        "conclude": lambda: conclude(deal_id=signed.pk, actor=signed.opened_by, phone_in_hand=True),
        "pay": lambda: pay_cash(
            deal_id=owed.pk,
            drawer_id=owed.store.drawers.get().pk,
            amount_yen=58_000,
            actor=owed.opened_by,
        ),
    }


def _change_seller(deal: Deal) -> object:
    seller = deal.seller
    assert seller is not None
    typed = Particulars(
        family_name="山田",
        given_name="花子",
        family_kana="ヤマダ",
        given_kana="ハナコ",
        birth_on=seller.birth_on,
        postal_code=seller.postal_code,
        address="東京都渋谷区道玄坂7-8-9",
        phone=seller.phone,
        occupation=seller.occupation,
    )
    version = seller.version
    return record_seller(deal_id=deal.pk, typed=typed, version=version, actor=deal.opened_by)


def _change(deal: Deal) -> object:
    item = deal.items.get()
    return change_item(
        item_id=item.pk,
        version=item.version,
        imei2_text=fresh_imei(),
        variant_id=item.variant_id,
        colour="赤",
        serial="",
        actor=deal.opened_by,
    )


@pytest.mark.django_db
def test_every_service_takes_its_locks_in_one_order() -> None:
    for name, act in acts().items():
        taken = first_locks(act)
        assert taken, f"{name} locks nothing"
        assert set(taken) <= set(ORDER), (name, taken)
        assert taken == sorted(taken, key=ORDER.index), (name, taken)


@pytest.mark.concurrency
def test_no_paper_is_drawn_and_no_message_sent_while_a_lock_is_held(
    fresh_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed for real: inside a test's own transaction everything would look locked."""
    slow: list[str] = []

    def outside(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            assert not connection.in_atomic_block, f"{name} inside a transaction"
            slow.append(name)
            return real(*args, **kwargs)

        return watched

    monkeypatch.setattr(pdf, "render_pdf", outside("pdf", render_pdf))
    monkeypatch.setattr(pdf, "private_storage", outside("file", pdf.private_storage))
    monkeypatch.setattr(wake, "send", outside("message", lambda *_args, **_more: True))
    deal = concluded_deal()
    ask_carriers(item_id=make_deal().items.get().pk, actor=deal.opened_by)
    assert fresh(deal).state == "concluded"
    assert {"pdf", "file", "message"} <= set(slow)
