"""Two people open a deal for the same phone at the same moment, and two open deals at once."""

from threading import Barrier

import pytest
from django.core.exceptions import ValidationError

from buyback.deals import services
from buyback.deals.models import Deal, Item
from buyback.deals.policy import ITEM_ACTIVE
from buyback.deals.queries import ImeiPlaces, where_is
from buyback.deals.services import cancel_deal, change_item, open_deal
from shop.people.models import Membership
from tests.cluster import Database
from tests.factories import fresh_imei, make_deal, make_membership, make_variant
from tests.together import together

pytestmark = pytest.mark.concurrency


def open_for(member: Membership, imei: str, variant_id: int) -> Deal:
    return open_deal(
        store_id=member.store_id,
        imei_text=imei,
        variant_id=variant_id,
        colour="",
        actor=member.user,
    )


def test_looking_first_lets_both_pass_and_the_constraint_only_one(
    fresh_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = [make_membership(), make_membership()]
    variant_id, imei = make_variant().pk, fresh_imei()
    barrier = Barrier(2)
    saw: list[bool] = []

    def both_look_first(found: str, **kwargs: object) -> ImeiPlaces:
        places = where_is(found, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        if len(saw) < 2:
            saw.append(places.is_taken)
            barrier.wait(timeout=20)
        return places

    monkeypatch.setattr(services, "where_is", both_look_first)
    results = together(*[lambda m=m: open_for(m, imei, variant_id) for m in members])

    assert saw == [False, False], "the race: looking alone would have let both pass"
    opened = [one for one in results if isinstance(one, Deal)]
    refused = [one for one in results if isinstance(one, ValidationError)]
    assert (len(opened), len(refused)) == (1, 1)
    assert refused[0].code == "imei-active-elsewhere"
    assert Item.objects.filter(imei1=imei).count() == 1
    assert Deal.objects.count() == 1, "the loser leaves no empty deal and no number behind"


def test_two_at_one_counter_get_one_deal_and_the_other_is_told_which(fresh_db: Database) -> None:
    first = make_membership()
    second = make_membership(store=first.store)
    variant_id, imei = make_variant().pk, fresh_imei()
    results = together(*[lambda m=m: open_for(m, imei, variant_id) for m in (first, second)])
    (opened,) = [one for one in results if isinstance(one, Deal)]
    (refused,) = [one for one in results if isinstance(one, ValidationError)]
    assert refused.code == "imei-active-here"
    assert opened.code in refused.messages[0]


def test_queue_numbers_have_no_doubles_and_no_gaps(fresh_db: Database) -> None:
    member = make_membership()
    variant_id = make_variant().pk
    imeis = [fresh_imei() for _ in range(6)]
    together(*[lambda i=i: open_for(member, i, variant_id) for i in imeis])
    numbers = sorted(Deal.objects.values_list("queue_number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_of_two_changes_of_one_device_the_second_is_stale(fresh_db: Database) -> None:
    deal = make_deal()
    item = deal.items.get()

    def change(colour: str) -> Item:
        return change_item(
            item_id=item.pk,
            version=1,
            imei2_text="",
            variant_id=item.variant_id,
            colour=colour,
            serial="",
            actor=deal.opened_by,
        )

    results = together(lambda: change("赤"), lambda: change("青"))
    (saved,) = [one for one in results if isinstance(one, Item)]
    (refused,) = [one for one in results if isinstance(one, ValidationError)]
    assert refused.code == "stale"
    item.refresh_from_db()
    assert (item.colour, item.version) == (saved.colour, 2)


def test_a_deal_is_cancelled_once(fresh_db: Database) -> None:
    deal = make_deal()
    act = lambda: cancel_deal(deal_id=deal.pk, reason="二人同時", actor=deal.opened_by)  # noqa: E731  # twice the same
    results = together(act, act)
    assert sum(isinstance(one, Deal) for one in results) == 1
    assert deal.events.filter(kind="cancelled").count() == 1
    assert not deal.items.filter(state__in=[s.value for s in ITEM_ACTIVE]).exists()
