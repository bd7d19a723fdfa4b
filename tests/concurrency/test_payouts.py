"""Two people at the same deal in the same moment: one wins, the other gets a sentence."""

from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from buyback.contracts.models import Conclusion, ContractPdf, Signature
from buyback.contracts.pdf import read_pdf, store_pdf
from buyback.contracts.services import Concluded, conclude
from buyback.deals.models import Deal
from buyback.deals.policy import DealState
from buyback.deals.services import cancel_deal, place_hold
from buyback.inspection.services import record_inspection
from buyback.payouts.models import Payout, PayoutMethod
from buyback.payouts.services import pay_cash
from inventory.ledger.models import LedgerEntry
from inventory.units.models import Unit
from tests.buyback.contracted import accepted_deal, fresh, prepared, sign, signed_deal, take
from tests.buyback.priced import GOOD
from tests.cluster import Database
from tests.factories import make_user
from tests.together import together

pytestmark = pytest.mark.concurrency


def pay(deal: Deal, *, actor: User) -> Payout:
    drawer = deal.store.drawers.get()
    return pay_cash(deal_id=deal.pk, drawer_id=drawer.pk, amount_yen=58_000, actor=actor)


def refused(results: list[object]) -> list[str]:
    return [str(result.code) for result in results if isinstance(result, ValidationError)]


def _without_the_lock(deal: Deal, actor: User, read: Barrier) -> Payout:
    """Pay as the service does, but look at the state without locking the deal."""
    with transaction.atomic():
        paid = Payout.objects.filter(conclusion__deal=deal).exists()
        read.wait(timeout=10)
        assert not paid
        return Payout.objects.create(
            conclusion=Conclusion.objects.get(deal=deal),
            method=PayoutMethod.CASH,
            drawer=deal.store.drawers.get(),
            amount_yen=58_000,
            paid_at=timezone.now(),
            paid_by=actor,
        )


def test_without_the_lock_both_find_it_unpaid_and_only_the_constraint_saves_the_money(
    fresh_db: Database,
) -> None:
    deal, read, second = signed_deal(), Barrier(2), make_user()
    take(deal)
    results = together(
        lambda: _without_the_lock(deal, deal.opened_by, read),
        lambda: _without_the_lock(deal, second, read),
    )
    assert [isinstance(result, IntegrityError) for result in results].count(True) == 1
    assert Payout.objects.count() == 1


def test_two_cashiers_at_once_pay_once_and_the_second_is_told(fresh_db: Database) -> None:
    deal, second = signed_deal(), make_user()
    take(deal)
    results = together(lambda: pay(deal, actor=deal.opened_by), lambda: pay(deal, actor=second))
    assert refused(results) == ["already-paid"]
    assert Payout.objects.get().amount_yen == 58_000
    assert fresh(deal).state == DealState.PAID


def test_two_people_conclude_one_unit_and_one_line(fresh_db: Database) -> None:
    deal, second = signed_deal(), make_user()
    results = together(
        lambda: take(deal),
        lambda: conclude(deal_id=deal.pk, actor=second, phone_in_hand=True),
    )
    assert refused(results) == ["not-now"]
    assert [isinstance(result, Concluded) for result in results].count(True) == 1
    assert (Unit.objects.count(), LedgerEntry.objects.count()) == (1, 1)
    row = ContractPdf.objects.get()  # made after the commit
    assert read_pdf(row).startswith(b"%PDF")


def test_two_readers_of_a_missing_paper_make_one_row(fresh_db: Database) -> None:
    deal = signed_deal()
    contract_id = Signature.objects.get().contract_id
    rows = together(lambda: store_pdf(contract_id), lambda: store_pdf(contract_id))
    assert len({row.pk for row in rows if isinstance(row, ContractPdf)}) == 1
    assert ContractPdf.objects.count() == 1
    assert fresh(deal).state == DealState.SIGNED


def test_signing_and_editing_the_inspection_never_both_hold(fresh_db: Database) -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    item = deal.items.get()
    results = together(
        lambda: sign(contract),
        lambda: record_inspection(
            item_id=item.pk, answers={**GOOD, "camera": "faulty"}, version=1, actor=deal.opened_by
        ),
    )
    assert len(refused(results)) == 1
    assert refused(results)[0] in {"not-now", "facts-changed"}
    is_signed = fresh(deal).state == DealState.SIGNED
    assert is_signed is not (refused(results) == ["facts-changed"])


@pytest.mark.parametrize("stop", [cancel_deal, place_hold])
def test_concluding_and_stopping_never_both_hold(fresh_db: Database, stop: object) -> None:
    deal, second = signed_deal(), make_user()
    results = together(
        lambda: take(deal),
        lambda: stop(deal_id=deal.pk, reason="確認", actor=second),  # type: ignore[operator]  # one of two
    )
    state = fresh(deal).state
    if state == DealState.CONCLUDED:
        assert refused(results) in (["not-now"], [])  # a hold may follow, a cancel may not
        assert Unit.objects.count() == 1
    else:
        assert refused(results) in (["not-now"], ["sign-on-hold"], ["offer-not-accepted"])
        assert Unit.objects.count() == 0
