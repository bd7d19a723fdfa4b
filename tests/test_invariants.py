"""What the database refuses whatever code writes the row: unknown words, papers of another deal.

Every guard of `shop.guards.refuse` has its case here, and every column with choices its
constraint; two tests see to it that none is forgotten.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, Field, Model, Q
from django.utils import timezone

from buyback.contracts.models import Conclusion, Contract
from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import DealState, EventKind
from buyback.identity.models import IdentityRecord
from buyback.payouts.models import Payout, PayoutMethod
from buyback.pricing.models import Quote
from carriers.checks.models import CheckAnswer
from carriers.checks.policy import LookupState
from inventory.ledger.models import EntryKind, LedgerEntry
from inventory.units.models import Unit
from shop.guards import broken_constraint
from tests.buyback.contracted import (
    accepted_deal,
    concluded_deal,
    prepared,
    signed_deal,
)
from tests.concurrency.test_invariants import again
from tests.factories import fresh_imei, make_deal, make_seller, make_store, make_user
from tests.inventory.owned import make_line

OURS = ("buyback", "inventory", "carriers", "shop")
pytestmark = pytest.mark.django_db


def refused(write: Callable[[], object]) -> str:
    """Return the name of the constraint or guard that refuses `write`."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    return broken_constraint(error.value)


def changed(row: Model, **values: object) -> Callable[[], None]:
    """Return the act that writes a copy of `row` with these values instead."""
    copy = again(row)
    for name, value in values.items():
        setattr(copy, name, value)
    return lambda: copy.save(force_insert=True)


def to_state(deal: Deal, state: DealState) -> Callable[[], object]:
    return lambda: Deal.objects.filter(pk=deal.pk).update(state=state)


# --- papers of one deal --------------------------------------------------------------------------
def identity_of_another_seller() -> Callable[[], object]:
    accepted_deal()
    return changed(IdentityRecord.objects.get(), seller=make_seller())


def contract_on_another_deals_identity() -> Callable[[], object]:
    contract = prepared(accepted_deal())
    other = IdentityRecord.objects.get(deal=accepted_deal())
    return changed(contract, version=2, identity=other)


def conclude_unsigned(**changes: object) -> Callable[[], object]:
    contract = prepared(accepted_deal())
    values = {
        "deal": contract.deal,
        "contract": contract,
        "total_yen": contract.total_yen,
        "concluded_at": timezone.now(),
        "concluded_by": contract.prepared_by,
    }
    return lambda: Conclusion.objects.create(**values | changes)


def conclude_another_deals_contract() -> Callable[[], object]:
    return conclude_unsigned(contract=Contract.objects.get(deal=signed_deal()))


def conclude_another_sum() -> Callable[[], object]:
    contract = Contract.objects.get(deal=signed_deal())
    return conclude_unsigned(contract=contract, deal=contract.deal, total_yen=1)


def pay(**changes: object) -> Callable[[], object]:
    conclusion = Conclusion.objects.get(deal=concluded_deal())
    values = {
        "conclusion": conclusion,
        "method": PayoutMethod.CASH,
        "drawer": conclusion.deal.store.drawers.get(),
        "amount_yen": conclusion.total_yen,
        "paid_at": timezone.now(),
        "paid_by": conclusion.concluded_by,
    }
    return lambda: Payout.objects.create(**values | changes)


def event_on_another_deals_item() -> Callable[[], object]:
    other = Item.objects.get(deal=accepted_deal())
    event = DealEvent.objects.filter(deal=accepted_deal(), kind=EventKind.ITEM_ADDED).get()
    return changed(event, item=other)


def check_of_another_phone() -> Callable[[], object]:
    mine, other = (Item.objects.get(deal=accepted_deal()) for _ in range(2))
    row = Item.objects.filter(pk=mine.pk)
    return lambda: row.update(check_asked_id=other.check_asked_id)


def second_imei_under_a_check() -> Callable[[], object]:
    row = Item.objects.filter(deal=accepted_deal())
    return lambda: row.update(imei2=fresh_imei())


def answer_about_another_phone() -> Callable[[], object]:
    mine, other = (Item.objects.get(deal=accepted_deal()) for _ in range(2))
    answer = CheckAnswer.objects.filter(check_asked=other.check_asked_id).first()
    assert answer is not None
    return changed(answer, check_asked_id=mine.check_asked_id)


def strike_out_in_another_store() -> Callable[[], object]:
    mine, other = make_line(make_store(), make_user()), make_line(make_store(), make_user())
    return changed(mine, seq=2, previous_hash="x", kind=EntryKind.STRIKE_OUT, strikes_out=other)


GUARDS: tuple[tuple[str, Callable[[], Callable[[], object]]], ...] = (
    ("identity_is_of_the_deals_seller", identity_of_another_seller),
    ("contract_rests_on_its_deals_identity", contract_on_another_deals_identity),
    ("conclusion_is_of_the_signed_contract", conclude_unsigned),
    ("conclusion_is_of_the_signed_contract", conclude_another_deals_contract),
    ("conclusion_is_of_the_signed_contract", conclude_another_sum),
    ("payout_is_what_was_concluded", lambda: pay(amount_yen=1)),
    ("payout_is_from_the_deals_store", lambda: pay(drawer=make_store().drawers.get())),
    ("a_signed_deal_has_a_signature", lambda: to_state(accepted_deal(), DealState.SIGNED)),
    ("a_concluded_deal_has_a_conclusion", lambda: to_state(signed_deal(), DealState.CONCLUDED)),
    ("a_paid_deal_has_a_payout", lambda: to_state(concluded_deal(), DealState.PAID)),
    ("event_and_item_are_of_one_deal", event_on_another_deals_item),
    ("check_is_of_this_item", check_of_another_phone),
    ("check_is_of_this_item", second_imei_under_a_check),
    ("answer_is_about_this_device", answer_about_another_phone),
    ("strike_out_is_of_this_store", strike_out_in_another_store),
)


@pytest.mark.parametrize(("name", "make"), GUARDS, ids=[f"{n}-{m.__name__}" for n, m in GUARDS])
def test_a_guard_refuses(name: str, make: Callable[[], Callable[[], object]]) -> None:
    assert refused(make()) == name


def test_every_guard_has_its_case() -> None:
    guards = {
        trigger.name
        for model in ours()
        for trigger in getattr(model._meta, "triggers", ())
        if not isinstance(trigger, pgtrigger.Protect) and trigger.name != "claim_imeis"
    }
    assert guards == {name for name, _make in GUARDS}


# --- what one row may say ------------------------------------------------------------------------
def test_a_lookup_runs_exactly_while_somebody_holds_it() -> None:
    accepted_deal()
    answer = CheckAnswer.objects.select_related("lookup").first()
    assert answer is not None
    row = type(answer.lookup).objects.filter(pk=answer.lookup_id)
    free = {"mark": "", "failure": "", "answered_at": None}
    running = {**free, "state": LookupState.RUNNING}
    assert refused(lambda: row.update(**running)) == "a_running_lookup_has_a_claim"


def test_one_device_has_two_different_imeis() -> None:
    row = Item.objects.filter(deal=make_deal())
    imei = row.get().imei1
    assert refused(lambda: row.update(imei2=imei)) == "item_imeis_differ"
    units = Unit.objects.filter(store=concluded_deal().store)
    assert refused(lambda: units.update(imei2=units.get().imei1)) == "unit_imeis_differ"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"verdict": "unresolved"}, "an_unresolved_check_has_no_quote"),
        ({"verdict": "red"}, "a_red_quote_is_never_domestic"),
        ({"disposition": "reject"}, "a_rejected_device_has_no_quote"),
        ({"grade": "Z"}, "quote_grade_known"),
        ({"valid_until": timezone.now() - timedelta(days=1)}, "a_quote_holds_a_while"),
    ],
)
def test_a_quote_the_rules_would_never_make(values: dict[str, object], name: str) -> None:
    accepted_deal()
    assert refused(changed(Quote.objects.get(), number=2, **values)) == name


@pytest.mark.parametrize(
    "values",
    [
        {"name_matches": False},
        {"birth_matches": False},
        {"photo_matches": False},
        {"address_matches": False, "second_paper": ""},
    ],
)
def test_a_document_that_proves_nothing_is_no_record(values: dict[str, object]) -> None:
    accepted_deal()
    record = IdentityRecord.objects.get()
    assert refused(changed(record, **values)) == "identity_shows_the_person"


def test_an_expired_document_is_no_record() -> None:
    accepted_deal()
    record = IdentityRecord.objects.get()
    late = record.shown_on - timedelta(days=1)
    assert refused(changed(record, expires_on=late)) == "identity_not_expired_when_shown"


@pytest.mark.parametrize(
    ("channels", "restricted", "name"),
    [
        (["domestic"], True, "restricted_unit_never_domestic"),
        (["market"], False, "unit_channels_known"),
        ([], False, "unit_channels_known"),
    ],
)
def test_a_unit_says_where_it_may_be_sold(channels: list[str], restricted: bool, name: str) -> None:
    row = Unit.objects.filter(store=concluded_deal().store)
    write = lambda: row.update(channels=channels, under_restriction=restricted)  # noqa: E731  # once
    assert refused(write) == name


def test_the_chain_has_no_fork() -> None:
    line = make_line(make_store(), make_user())
    beside = changed(line, seq=2, unit_code="U-other")
    assert refused(beside) == "one_line_follows_a_line"
    assert LedgerEntry.objects.count() == 1


# --- known words ---------------------------------------------------------------------------------
def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def with_choices(model: type[Model]) -> Iterator[str]:
    for field in model._meta.get_fields():
        inner = field.base_field if isinstance(field, ArrayField) else field
        if isinstance(inner, Field) and inner.choices:
            yield field.name


def limited(condition: Q) -> Iterator[str]:
    """Yield the fields that a condition holds to a list of values."""
    for part in condition.children:
        if isinstance(part, Q):
            yield from limited(part)
        elif isinstance(part, tuple) and part[0].endswith(("__in", "__contained_by")):
            yield part[0].rpartition("__")[0]


def test_every_column_with_choices_holds_nothing_else() -> None:
    open_columns = []
    for model in ours():
        known = {
            name
            for constraint in model._meta.constraints
            if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q)
            for name in limited(constraint.condition)
        }
        open_columns += [
            f"{model._meta.label}.{name}" for name in with_choices(model) if name not in known
        ]
    assert open_columns == []


def test_an_unknown_state_is_refused() -> None:
    deal = accepted_deal()
    assert refused(lambda: Deal.objects.filter(pk=deal.pk).update(state="lost")) == (
        "deal_state_known"
    )
