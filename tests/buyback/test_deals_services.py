"""Opening, changing, cancelling and holding a deal: what happens, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from buyback.deals.codes import parse_code
from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import Action, DealState, EventKind, ItemAction, ItemState
from buyback.deals.queries import hold_problems, open_hold, where_are, where_is
from buyback.deals.services import (
    cancel_deal,
    change_item,
    lift_hold,
    open_deal,
    place_hold,
    return_item,
)
from buyback.deals.transition import apply, apply_to_item
from carriers.checks.models import Check
from inventory.units.models import Unit
from inventory.units.policy import Disposition, Grade, UnitState
from shop.people.models import Membership, Store
from tests.factories import (
    fresh_imei,
    make_deal,
    make_item,
    make_membership,
    make_store,
    make_variant,
    put_in_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


def open_one(member: Membership, imei: str, **changes: str) -> Deal:
    return open_deal(
        store_id=member.store_id,
        imei_text=imei,
        variant_id=make_variant().pk,
        colour="",
        actor=member.user,
        **changes,
    )


def change(item: Item, member: Membership, **changes: object) -> Item:
    values: dict[str, object] = {
        "version": item.version,
        "imei2_text": item.imei2,
        "variant_id": item.variant_id,
        "colour": item.colour,
        "serial": item.serial,
    }
    return change_item(item_id=item.pk, actor=member.user, **{**values, **changes})  # type: ignore[arg-type]  # the test says which


def kinds(deal: Deal) -> list[str]:
    return list(deal.events.order_by("pk").values_list("kind", flat=True))


def make_unit(store: Store, imei: str, *, state: UnitState = UnitState.QUARANTINE) -> Unit:
    return Unit.objects.create(
        code=f"U-{imei[-6:]}",
        store=store,
        variant=make_variant(),
        imei1=imei,
        grade=Grade.A,
        disposition=Disposition.RESALE,
        channels=["domestic"],
        under_restriction=False,
        cost_yen=1000,
        state=state,
        acquired_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


# --- opening ---------------------------------------------------------------------------------
def test_it_opens_a_deal_with_its_first_device_and_both_events(member: Membership) -> None:
    deal = open_one(member, fresh_imei())
    assert deal.state == DealState.OPEN
    assert parse_code(deal.code) == deal.code
    assert deal.code.startswith(member.store.letter)
    assert kinds(deal) == [EventKind.OPENED, EventKind.ITEM_ADDED]
    assert deal.items.get().state == ItemState.OPEN
    assert deal.events.first().actor_name == "佐藤 次郎"  # type: ignore[union-attr]  # there is one


def test_it_numbers_the_queue_per_store_and_day() -> None:
    here, there = make_membership(), make_membership()
    with time_machine.travel("2026-11-23T10:00:00+09:00", tick=False):
        assert [make_deal(membership=here).queue_number for _ in range(3)] == [1, 2, 3]
        assert make_deal(membership=there).queue_number == 1
    with time_machine.travel("2026-11-24T00:00:01+09:00", tick=False):
        tomorrow = make_deal(membership=here)
    assert (tomorrow.queue_number, tomorrow.business_date.isoformat()) == (1, "2026-11-24")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "imei-empty"),
        ("--", "imei-empty"),
        ("12345六789", "imei-not-digits"),
        ("49015420323751", "imei-length"),
        ("4901542032375101", "imei-length"),
        ("89049032000000000000000000000000", "imei-length"),
        ("490154203237519", "imei-check-digit"),
    ],
)
def test_it_refuses_what_is_no_imei(member: Membership, typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        open_one(member, typed)
    assert refused.value.code == code
    assert Deal.objects.count() == 0


def test_it_takes_full_width_digits_and_a_scanners_label(member: Membership) -> None:
    assert (
        open_one(member, "４９-０１５４２０-３２３７５１-８").items.get().imei1 == "490154203237518"
    )
    with pytest.raises(ValidationError) as refused:
        open_one(member, "]C1IMEI:490154203237518")
    assert refused.value.code == "imei-active-here"


def test_it_refuses_the_same_number_twice_and_an_unknown_model(member: Membership) -> None:
    imei = fresh_imei()
    with pytest.raises(ValidationError) as refused:
        open_one(member, imei, imei2_text=imei)
    assert refused.value.code == "imei-twice"
    with pytest.raises(ValidationError) as refused:
        open_deal(
            store_id=member.store_id, imei_text=imei, variant_id=0, colour="", actor=member.user
        )
    assert refused.value.code == "unknown-variant"


def test_it_says_which_deal_has_the_device_even_by_the_other_imei(member: Membership) -> None:
    first, second = fresh_imei(), fresh_imei()
    deal = open_one(member, first, imei2_text=second)
    with pytest.raises(ValidationError) as refused:
        open_one(member, second)
    assert refused.value.code == "imei-active-here"
    assert deal.code in refused.value.messages[0]
    assert Deal.objects.count() == 1


def test_it_tells_of_another_store_without_names(member: Membership) -> None:
    deal = make_deal()
    imei = deal.items.get().imei1
    with pytest.raises(ValidationError) as refused:
        open_one(member, imei)
    assert refused.value.code == "imei-active-elsewhere"
    assert deal.code not in refused.value.messages[0]
    assert deal.store.name not in refused.value.messages[0]


def test_it_refuses_a_device_that_is_in_stock(member: Membership) -> None:
    unit = make_unit(member.store, fresh_imei())
    with pytest.raises(ValidationError) as refused:
        open_one(member, unit.imei1)
    assert refused.value.code == "imei-in-hand-here"
    assert unit.code in refused.value.messages[0]
    elsewhere = make_unit(make_store(), fresh_imei())
    with pytest.raises(ValidationError) as refused:
        open_one(member, elsewhere.imei1)
    assert refused.value.code == "imei-in-hand-elsewhere"
    assert elsewhere.code not in refused.value.messages[0]


def test_it_takes_a_device_back_that_was_sold(member: Membership) -> None:
    unit = make_unit(member.store, fresh_imei(), state=UnitState.SOLD)
    assert open_one(member, unit.imei1).state == DealState.OPEN


def test_a_returned_device_may_come_again_and_its_past_is_known(member: Membership) -> None:
    first = make_deal(membership=member)
    imei = first.items.get().imei1
    cancel_deal(deal_id=first.pk, reason="予算", actor=member.user)
    open_one(member, imei)
    places = where_is(imei, store=member.store)
    assert places.active_here is not None
    assert [past.code for past in places.past] == [first.code]
    assert where_is(imei, store=make_store()).past == ()


def test_where_it_is_costs_two_queries_for_any_number(
    member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    imeis = [make_deal(membership=member).items.get().imei1 for _ in range(4)]
    with django_assert_num_queries(2):
        assert all(p.is_taken for p in where_are(imeis, store=member.store).values())


# --- more devices ----------------------------------------------------------------------------
def test_it_adds_a_second_device(member: Membership) -> None:
    deal = make_deal(membership=member)
    item = make_item(deal=deal)
    assert (item.position, item.state) == (2, ItemState.OPEN)
    assert kinds(deal)[-1] == EventKind.ITEM_ADDED


def test_it_refuses_a_device_of_the_same_deal_again(member: Membership) -> None:
    deal = make_deal(membership=member)
    with pytest.raises(ValidationError) as refused:
        make_item(deal=deal, imei=deal.items.get().imei1)
    assert refused.value.code == "imei-active-here"


@pytest.mark.parametrize(
    "state", [DealState.SIGNED, DealState.CONCLUDED, DealState.PAID, DealState.CANCELLED]
)
def test_it_refuses_every_edit_from_signed_on(member: Membership, state: DealState) -> None:
    deal = make_deal(membership=member)
    item = deal.items.get()
    put_in_state(deal, state)
    acts: tuple[Callable[[], object], ...] = (
        lambda: make_item(deal=deal),
        lambda: change(item, member, colour="赤"),
        lambda: return_item(item_id=item.pk, reason="返す", actor=member.user),
    )
    for act in acts:
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.code == "not-now"
    item.refresh_from_db()
    assert (item.colour, deal.items.count()) == ("ミッドナイト", 1)


# --- changing --------------------------------------------------------------------------------
def test_it_changes_what_is_noted_and_writes_what_it_was(member: Membership) -> None:
    item = make_deal(membership=member).items.get()
    changed = change(item, member, colour=" ブルー ", serial="F2L")
    assert (changed.colour, changed.serial, changed.version) == ("ブルー", "F2L", 2)
    event = DealEvent.objects.get(kind=EventKind.ITEM_CHANGED)
    assert event.details["changes"]["colour"] == {"from": "ミッドナイト", "to": "ブルー"}


def test_a_change_of_nothing_is_no_event(member: Membership) -> None:
    item = make_deal(membership=member).items.get()
    assert change(item, member).version == 1
    assert not DealEvent.objects.filter(kind=EventKind.ITEM_CHANGED).exists()


def test_it_refuses_a_stale_change(member: Membership) -> None:
    item = make_deal(membership=member).items.get()
    change(item, member, colour="ブルー")
    with pytest.raises(ValidationError) as refused:
        change(item, member, colour="赤")
    assert refused.value.code == "stale"
    item.refresh_from_db()
    assert item.colour == "ブルー"


def test_another_imei2_lets_go_of_the_carrier_check(member: Membership) -> None:
    deal = make_deal(membership=member)
    item = deal.items.get()
    item.check_asked = Check.objects.create(
        store=deal.store, imei1=item.imei1, lane="counter", requested_at=deal.opened_at
    )
    item.save(update_fields=["check_asked"])
    assert change(item, member, colour="ブルー").check_asked is not None
    item.refresh_from_db()
    assert change(item, member, imei2_text=fresh_imei()).check_asked is None


def test_it_refuses_an_imei2_that_is_taken_or_wrong(member: Membership) -> None:
    other = make_deal(membership=member)
    item = make_deal(membership=member).items.get()
    for typed, code in (
        (other.items.get().imei1, "imei-active-here"),
        (item.imei1, "imei-twice"),
        ("123", "imei-length"),
    ):
        with pytest.raises(ValidationError) as refused:
            change(item, member, imei2_text=typed)
        assert refused.value.code == code
        assert (refused.value.params or {})["field"] == "imei2"


# --- giving back, cancelling -----------------------------------------------------------------
def test_it_gives_one_device_back_and_goes_on_with_the_other(member: Membership) -> None:
    deal = make_deal(membership=member)
    item = make_item(deal=deal)
    returned = return_item(item_id=item.pk, reason="やめる", actor=member.user)
    assert returned.state == ItemState.RETURNED
    deal.refresh_from_db()
    assert deal.state == DealState.OPEN
    with pytest.raises(ValidationError) as refused:
        return_item(item_id=item.pk, reason="やめる", actor=member.user)
    assert refused.value.code == "not-now"


def test_it_cancels_and_returns_everything_once(member: Membership) -> None:
    deal = make_deal(membership=member)
    item = make_item(deal=deal)
    apply_to_item(item=item, action=ItemAction.OFFER, actor=member.user)
    cancelled = cancel_deal(deal_id=deal.pk, reason="お客様の都合", actor=member.user)
    assert cancelled.state == DealState.CANCELLED
    assert set(deal.items.values_list("state", flat=True)) == {ItemState.RETURNED}
    assert deal.events.get(kind=EventKind.CANCELLED).details == {"reason": "お客様の都合"}
    with pytest.raises(ValidationError) as refused:
        cancel_deal(deal_id=deal.pk, reason="もう一度", actor=member.user)
    assert refused.value.code == "not-now"


def test_it_wants_a_reason(member: Membership) -> None:
    deal = make_deal(membership=member)
    item = deal.items.get()
    for act in (
        lambda: cancel_deal(deal_id=deal.pk, reason=" ", actor=member.user),
        lambda: place_hold(deal_id=deal.pk, reason="", actor=member.user),
        lambda: return_item(item_id=item.pk, reason="\n", actor=member.user),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.code == "reason-missing"


def test_it_never_cancels_what_is_ours(member: Membership) -> None:
    deal = make_deal(membership=member)
    put_in_state(deal, DealState.CONCLUDED)
    with pytest.raises(ValidationError) as refused:
        cancel_deal(deal_id=deal.pk, reason="遅い", actor=member.user)
    assert refused.value.code == "not-now"
    assert deal.items.get().state == ItemState.OPEN


# --- holding ---------------------------------------------------------------------------------
def test_it_holds_once_and_lifts_once(member: Membership) -> None:
    deal = make_deal(membership=member)
    hold = place_hold(deal_id=deal.pk, reason="確認中", actor=member.user)
    assert open_hold(Deal.objects.get(pk=deal.pk)) == hold
    assert [problem.code for problem in hold_problems(Deal.objects.get(pk=deal.pk))] == ["on-hold"]
    with pytest.raises(ValidationError) as refused:
        place_hold(deal_id=deal.pk, reason="また", actor=member.user)
    assert refused.value.code == "already-held"
    lift_hold(deal_id=deal.pk, actor=member.user)
    assert hold_problems(Deal.objects.get(pk=deal.pk)) == ()
    with pytest.raises(ValidationError) as refused:
        lift_hold(deal_id=deal.pk, actor=member.user)
    assert refused.value.code == "not-held"
    assert kinds(deal)[-2:] == [EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]
    place_hold(deal_id=deal.pk, reason="二度目", actor=member.user)


def test_it_holds_no_ended_deal(member: Membership) -> None:
    deal = make_deal(membership=member)
    cancel_deal(deal_id=deal.pk, reason="中止", actor=member.user)
    with pytest.raises(ValidationError) as refused:
        place_hold(deal_id=deal.pk, reason="確認", actor=member.user)
    assert refused.value.code == "not-now"


def test_a_refusal_speaks_the_language_of_the_page(member: Membership) -> None:
    deal = make_deal(membership=member)
    cancel_deal(deal_id=deal.pk, reason="中止", actor=member.user)
    with pytest.raises(ValidationError) as refused:
        apply(deal_id=deal.pk, action=Action.CANCEL, actor=member.user)
    with translation.override("ja"):
        assert "この操作はもうできません" in refused.value.messages[0]
    with translation.override("en"):
        assert "not possible any more" in refused.value.messages[0]
