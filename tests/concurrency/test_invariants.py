"""Every rule two people could break: both look, both find it free, both write, one is refused.

The first test shows the race for each constraint as the rows would see it without any lock; the
others go through the services and want a sentence for the one who came second. The constraints of
quotes, payouts, ledger and lookups have their races in the tests beside this one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from buyback.contracts.models import Conclusion, Contract, Signature
from buyback.deals.models import ActiveImei, Deal, Hold, Item
from buyback.deals.policy import DealState, ItemState
from buyback.deals.services import change_item, open_deal, place_hold, return_item
from buyback.inspection.models import Inspection
from inventory.ledger.models import EntryKind
from inventory.units.models import ImeiInHand, Unit
from inventory.units.policy import Disposition, Grade, UnitState
from shop.guards import broken_constraint
from shop.idempotency import Submission, once
from shop.people.models import Company, Store
from tests.buyback.contracted import accepted_deal, prepared, signed_deal
from tests.cluster import Database
from tests.factories import (
    fresh_imei,
    make_company,
    make_deal,
    make_membership,
    make_store,
    make_user,
    make_variant,
)
from tests.inventory.owned import make_line
from tests.together import together

pytestmark = pytest.mark.concurrency
M = TypeVar("M", bound=Model)


@dataclass
class Race:
    """Two rows that exclude each other, each ready to be written."""

    first: Model
    second: Model


def item(deal: Deal, imei1: str, imei2: str = "", *, position: int = 9) -> Item:
    return Item(deal=deal, position=position, imei1=imei1, imei2=imei2, state=ItemState.OPEN)


def unit(store: Store, imei1: str, imei2: str = "", *, code: str = "") -> Unit:
    return Unit(
        code=code or f"U-{imei1[-6:]}",
        store=store,
        variant=make_variant(),
        imei1=imei1,
        imei2=imei2,
        grade=Grade.A,
        disposition=Disposition.RESALE,
        channels=["domestic"],
        under_restriction=False,
        cost_yen=1,
        state=UnitState.QUARANTINE,
        acquired_at=timezone.now(),
    )


def deal_row(store: Store, *, number: int = 7, code: str) -> Deal:
    now = timezone.now()
    return Deal(
        code=code,
        store=store,
        state=DealState.OPEN,
        business_date=timezone.localdate(),
        queue_number=number,
        opened_at=now,
        opened_by=make_user(),
        state_since=now,
    )


def again(row: M) -> M:
    """Return the row as a new one with the same values."""
    copy = type(row)._default_manager.get(pk=row.pk)
    copy.pk = None
    copy._state.adding = True
    return copy


def same_phone_other_way_round() -> Race:
    a, b = fresh_imei(), fresh_imei()
    return Race(item(make_deal(), a, b), item(make_deal(), b, a))


def second_number_is_the_others_first() -> Race:
    a = fresh_imei()
    return Race(item(make_deal(), a), item(make_deal(), fresh_imei(), a))


def units_other_way_round() -> Race:
    a, b = fresh_imei(), fresh_imei()
    return Race(unit(make_store(), a, b), unit(make_store(), b, a))


def unit_code() -> Race:
    store = make_store()
    return Race(*(unit(store, fresh_imei(), code="U-S-1") for _ in range(2)))


def queue_number() -> Race:
    store = make_store()
    return Race(deal_row(store, code="S261123ABCD"), deal_row(store, code="S261123ABCE"))


def deal_code() -> Race:
    return Race(*(deal_row(make_store(), code="S261123WXYZ") for _ in range(2)))


def position() -> Race:
    deal = make_deal()
    return Race(item(deal, fresh_imei()), item(deal, fresh_imei()))


def hold() -> Race:
    deal = make_deal()
    now = timezone.now()
    return Race(
        *(Hold(deal=deal, reason="確認", placed_at=now, placed_by=deal.opened_by) for _ in "ab")
    )


def inspection() -> Race:
    deal = make_deal()
    values = {"item": deal.items.get(), "inspected_by": deal.opened_by}
    now = timezone.now()
    return Race(*(Inspection(**values, inspected_at=now) for _ in range(2)))


def contract_version() -> Race:
    contract = prepared(accepted_deal())
    rows = [again(contract), again(contract)]
    for row in rows:
        row.version = 2
    return Race(*rows)


def signature() -> Race:
    contract = prepared(accepted_deal())
    values = {"contract": contract, "strokes": [], "statements": []}
    by = contract.prepared_by
    return Race(*(Signature(**values, signed_at=timezone.now(), witnessed_by=by) for _ in range(2)))


def conclusion() -> Race:
    """Two signed versions of one deal's contract, each concluded."""
    first = Contract.objects.get(deal=signed_deal())
    second = again(first)
    second.version = 2
    second.save()
    now, by = timezone.now(), first.prepared_by
    Signature.objects.create(
        contract=second, strokes=[], statements=[], signed_at=now, witnessed_by=by
    )
    values = {"deal": first.deal, "total_yen": first.total_yen, "concluded_by": by}
    return Race(*(Conclusion(**values, contract=one, concluded_at=now) for one in (first, second)))


def line_of_a_unit() -> Race:
    line = make_line(make_store(), make_user())
    rows = [again(line), again(line)]
    for number, row in enumerate(rows):
        row.seq, row.previous_hash = 2 + number, str(number)
        row.unit_code = "U-new"
    return Race(*rows)


def strike_out() -> Race:
    line = make_line(make_store(), make_user())
    rows = [again(line), again(line)]
    for number, row in enumerate(rows):
        row.seq, row.previous_hash = 2 + number, str(number)
        row.kind, row.strikes_out = EntryKind.STRIKE_OUT, line
    return Race(*rows)


def company() -> Race:
    first = make_company()
    rows = again(first), again(first)
    Company.objects.all().delete()
    return Race(*rows)


def submission() -> Race:
    user, key = make_user(), uuid4()
    return Race(*(Submission(user=user, scope="pay:1", key=key) for _ in range(2)))


RACES: Sequence[tuple[Callable[[], Race], str]] = (
    (company, "one_company"),  # first: a company with stores cannot be taken back
    (same_phone_other_way_round, "one_active_item_per_imei"),
    (second_number_is_the_others_first, "one_active_item_per_imei"),
    (units_other_way_round, "one_unit_in_hand_per_imei"),
    (unit_code, "inventory_unit_code_key"),
    (queue_number, "queue_number_once_a_day"),
    (deal_code, "buyback_deal_code_key"),
    (position, "item_position_once"),
    (hold, "one_open_hold_per_deal"),
    (inspection, "buyback_inspection_item_id_key"),
    (contract_version, "contract_version_once"),
    (signature, "buyback_signature_contract_id_key"),
    (conclusion, "buyback_conclusion_deal_id_key"),
    (line_of_a_unit, "a_unit_is_received_once"),
    (strike_out, "a_line_is_struck_out_once"),
    (submission, "one_submission_per_key"),
)


def test_without_a_lock_both_write_and_the_constraint_refuses_one(fresh_db: Database) -> None:
    """One database for all: each race has stores, people and phones of its own."""
    for make, constraint in RACES:
        race = make()
        table = type(race.first)._default_manager
        before = table.count()
        results = both_look_then_write(race)
        refused = [broken_constraint(e) for e in results if isinstance(e, IntegrityError)]
        assert refused == [constraint], (make.__name__, results)
        assert table.count() == before + 1, make.__name__


def both_look_then_write(race: Race) -> list[object]:
    """Write both rows in transactions that have each counted the table before the other wrote."""
    both_have_looked, seen = Barrier(2), []

    def write(row: Model) -> None:
        with transaction.atomic():
            seen.append(type(row)._default_manager.count())
            both_have_looked.wait(timeout=10)
            row.save(force_insert=True)

    results = together(partial(write, race.first), partial(write, race.second))
    assert len(set(seen)) == 1, "the race: both looked before either wrote"
    return results


# --- through the services: the second one gets a sentence ----------------------------------------
def open_swapped(first: str, second: str) -> Callable[[], Deal]:
    member, variant_id = make_membership(), make_variant().pk

    def act() -> Deal:
        return open_deal(
            store_id=member.store_id,
            imei_text=first,
            imei2_text=second,
            variant_id=variant_id,
            colour="",
            actor=member.user,
        )

    return act


def test_one_phone_typed_both_ways_round_in_two_stores_is_taken_once(fresh_db: Database) -> None:
    for _round in range(3):
        a, b = fresh_imei(), fresh_imei()
        results = together(open_swapped(a, b), open_swapped(b, a))
        refused = [one for one in results if isinstance(one, ValidationError)]
        assert [error.code for error in refused] == ["imei-active-elsewhere"]
        assert sum(isinstance(one, Deal) for one in results) == 1
        assert ActiveImei.objects.filter(imei__in=[a, b]).count() == 2


def test_a_second_imei_noted_while_another_store_opens_it(fresh_db: Database) -> None:
    deal, imei = make_deal(), fresh_imei()
    device = deal.items.get()

    def note() -> Item:
        return change_item(
            item_id=device.pk,
            version=1,
            imei2_text=imei,
            variant_id=device.variant_id,
            colour=device.colour,
            serial="",
            actor=deal.opened_by,
        )

    results = together(note, open_swapped(imei, ""))
    refused = [one for one in results if isinstance(one, ValidationError)]
    assert [error.code for error in refused] == ["imei-active-elsewhere"]
    assert ActiveImei.objects.filter(imei=imei).count() == 1


def test_claims_come_and_go_with_the_state(fresh_db: Database) -> None:
    a, b = fresh_imei(), fresh_imei()
    deal = make_deal(imei=a, imei2=b)
    assert set(ActiveImei.objects.values_list("imei", flat=True)) == {a, b}
    return_item(item_id=deal.items.get().pk, reason="取りやめ", actor=deal.opened_by)
    assert not ActiveImei.objects.exists()
    with transaction.atomic():
        owned = unit(deal.store, a, b)
        owned.save()
    assert set(ImeiInHand.objects.values_list("imei", flat=True)) == {a, b}
    Unit.objects.filter(pk=owned.pk).update(state=UnitState.SOLD)
    assert not ImeiInHand.objects.exists()
    unit(deal.store, b, a, code="U-again").save()  # bought back


def test_two_holds_at_once_are_one_hold(fresh_db: Database) -> None:
    deal = make_deal()
    act = lambda: place_hold(deal_id=deal.pk, reason="確認", actor=deal.opened_by)  # noqa: E731  # twice the same
    results = together(act, act)
    assert [e.code for e in results if isinstance(e, ValidationError)] == ["already-held"]


def test_one_form_sent_twice_at_once_acts_once(fresh_db: Database) -> None:
    user, key, done = make_user(), uuid4(), []

    def act() -> int:
        done.append(key)
        return 41 + len(done)

    send = lambda: once(actor=user, scope="pay", about=1, key=key, act=act)  # noqa: E731  # twice the same
    assert together(send, send) == [42, 42]
    assert len(done) == 1
