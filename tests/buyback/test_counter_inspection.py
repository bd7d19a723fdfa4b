"""The inspection pages: the sheet, saving in parts, two people at once, refusing a device."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from buyback.deals.models import Deal
from buyback.deals.policy import ItemState
from buyback.inspection.models import Inspection
from shop.people.models import Membership
from shop.people.policy import Role
from tests.buyback.priced import GOOD, check_item, inspect
from tests.factories import login_as, make_deal, make_item, make_membership, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


@pytest.fixture
def deal(member: Membership) -> Deal:
    return make_deal(membership=member)


@pytest.fixture
def staff(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


def sheet(deal: Deal, position: int = 1) -> str:
    return reverse("counter:inspect-item", args=[deal.code, position])


def test_one_device_goes_straight_to_its_sheet(staff: Client, deal: Deal) -> None:
    page = staff.get(reverse("counter:inspection", args=[deal.code]))
    assert page.status_code == 303
    assert page["Location"] == sheet(deal)


def test_several_devices_are_listed_with_what_was_found(staff: Client, deal: Deal) -> None:
    inspect(deal.items.get(), actor=deal.opened_by, account_lock="on")
    make_item(deal=deal)
    page = staff.get(reverse("counter:inspection", args=[deal.code]))
    assert page.status_code == 200
    lines = page.context["devices"]
    assert [line.complete for line in lines] == [True, False]
    assert lines[0].found.refuses


def test_the_sheet_saves_part_and_then_all(staff: Client, deal: Deal) -> None:
    assert staff.get(sheet(deal)).status_code == 200
    part = staff.post(sheet(deal), {"version": 0, "power_on": "yes", "battery": "８０"})
    assert part.status_code == 303
    assert Inspection.objects.get().answers == {"power_on": "yes", "battery": "80"}
    whole = staff.post(sheet(deal), {"version": 1, **GOOD})
    assert whole.status_code == 303
    assert Inspection.objects.get().complete
    check_item(deal.items.get())
    page = staff.get(sheet(deal))
    assert page.context["found"].grade.startswith("B")
    assert page.context["found"].disposition


def test_unknown_battery_is_a_box_of_its_own(staff: Client, deal: Deal) -> None:
    answers = {code: value for code, value in GOOD.items() if code != "battery"}
    staff.post(sheet(deal), {"version": 0, **answers, "battery": "", "battery-unknown": "1"})
    assert Inspection.objects.get().answers["battery"] == "unknown"
    both = staff.post(sheet(deal), {"version": 1, **GOOD, "battery-unknown": "1"})
    assert both.status_code == 422
    assert "battery" in both.context["sheet"].errors


def test_a_contradiction_keeps_what_was_chosen(staff: Client, deal: Deal) -> None:
    wrong = {**GOOD, "exterior": "unused", "back": "cracked", "battery": "77"}
    page = staff.post(sheet(deal), {"version": 0, **wrong})
    assert page.status_code == 422
    rows = {row.code: row for row in page.context["questions"]}
    assert rows["back"].errors == rows["exterior"].errors != ()
    assert [option.code for option in rows["back"].options if option.chosen] == ["cracked"]
    assert rows["battery"].typed == "77"
    assert not Inspection.objects.exists()


def test_a_second_person_sees_both_answers(staff: Client, deal: Deal) -> None:
    inspect(deal.items.get(), actor=deal.opened_by, back="cracked")
    page = staff.post(sheet(deal), {"version": 0, **GOOD})
    assert page.status_code == 409
    rows = {row.code: row for row in page.context["questions"]}
    assert rows["back"].theirs
    assert [option.code for option in rows["back"].options if option.chosen] == ["intact"]
    assert rows["glass"].theirs == ""
    assert page.context["version"] == 1
    again = staff.post(sheet(deal), {"version": page.context["version"], **GOOD})
    assert again.status_code == 303
    assert Inspection.objects.get().answers["back"] == "intact"


@pytest.mark.parametrize("version", ["", "x", "-1", "９", "1" * 30])
def test_a_forged_version_is_a_stale_one(staff: Client, deal: Deal, version: str) -> None:
    assert staff.post(sheet(deal), {"version": version, **GOOD}).status_code == 409


def test_a_device_is_refused_with_a_reason(staff: Client, deal: Deal) -> None:
    make_item(deal=deal)
    url = reverse("counter:reject-item", args=[deal.code, 2])
    assert staff.post(url, {"reject-reason": "because"}).status_code == 422
    done = staff.post(url, {"reject-reason": "suspicion-recorded"})
    assert done.status_code == 303
    assert deal.items.get(position=2).state == ItemState.REJECTED
    assert staff.post(url, {"reject-reason": "mdm-on"}).status_code == 422
    page = staff.get(sheet(deal, 2))
    assert not page.context["may_inspect"]


def test_another_stores_deal_is_not_found(staff: Client) -> None:
    other = make_deal(membership=make_membership(store=make_store()))
    assert staff.get(reverse("counter:inspection", args=[other.code])).status_code == 404
    assert staff.get(sheet(other)).status_code == 404
    assert staff.post(sheet(other), {"version": 0}).status_code == 404
    reject = reverse("counter:reject-item", args=[other.code, 1])
    assert staff.post(reject, {"reject-reason": "mdm-on"}).status_code == 404


def test_a_device_that_is_not_there_is_not_found(staff: Client, deal: Deal) -> None:
    assert staff.get(sheet(deal, 9)).status_code == 404


def test_who_may_not_inspect_may_read(client: Client, deal: Deal, member: Membership) -> None:
    login_as(client, membership=make_membership(store=member.store, role=Role.AUDITOR))
    page = client.get(sheet(deal))
    assert page.status_code == 200
    assert not page.context["may_inspect"]
    assert client.post(sheet(deal), {"version": 0}).status_code == 403
    reject = reverse("counter:reject-item", args=[deal.code, 1])
    assert client.post(reject, {"reject-reason": "mdm-on"}).status_code == 403


def test_an_inspector_may_inspect(client: Client, deal: Deal, member: Membership) -> None:
    login_as(client, membership=make_membership(store=member.store, role=Role.INSPECTOR))
    assert client.post(sheet(deal), {"version": 0, **GOOD}).status_code == 303


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(staff: Client, deal: Deal, method: str) -> None:
    assert getattr(staff, method)(sheet(deal)).status_code == 405


def test_every_question_reads_in_both_languages(staff: Client, deal: Deal) -> None:
    for language in ("ja", "en"):
        with translation.override(language):
            page = staff.get(sheet(deal))
        labels = [row.label for row in page.context["questions"]]
        assert len(set(labels)) == len(labels) == 23


def test_the_sheet_takes_few_queries(
    staff: Client, deal: Deal, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    item = deal.items.get()
    check_item(item)
    inspect(item, actor=deal.opened_by)
    with django_assert_max_num_queries(12):
        staff.get(sheet(deal))
