"""The stock list and the page of a unit."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from carriers.templatetags.imei import imei
from inventory.units.models import Unit
from inventory.units.policy import Channel, Disposition, Grade, UnitAction, UnitState
from inventory.units.queries import PAGE_UNITS
from inventory.units.wording import ACTION, CHANNEL, DISPOSITION, GRADE, STATE
from shop.people.policy import Role
from tests.factories import fresh_imei, login_as, make_membership, make_store, make_variant
from tests.inventory.owned import make_line, make_unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_code_of_a_unit_has_a_word(language: str) -> None:
    with translation.override(language):
        for table, codes in (
            (STATE, UnitState),
            (GRADE, Grade),
            (DISPOSITION, Disposition),
            (CHANNEL, Channel),
            (ACTION, UnitAction),
        ):
            assert all(str(table[code]).strip() for code in codes)  # type: ignore[index]  # each table its own enum


def test_the_list_shows_this_stores_units_only(client: Client) -> None:
    member = make_membership()
    ours = make_unit(member.store, member.user)
    theirs = make_unit(make_store(letter="U"), member.user)
    page = login_as(client, membership=member).get(reverse("stock:units")).content.decode()
    assert ours.code in page
    assert theirs.code not in page


def test_the_list_is_paged_by_key_newest_first(client: Client) -> None:
    member = make_membership()
    variant, now = make_variant(), timezone.now()
    Unit.objects.bulk_create(
        Unit(
            code=f"U-{number}",
            store=member.store,
            variant=variant,
            imei1=fresh_imei(),
            grade=Grade.B,
            disposition=Disposition.RESALE,
            channels=["domestic"],
            under_restriction=False,
            cost_yen=1000,
            state=UnitState.QUARANTINE if number % 2 else UnitState.READY,
            acquired_at=now - timedelta(minutes=number),
        )
        for number in range(PAGE_UNITS + 10)
    )
    login_as(client, membership=member)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = client.get(reverse("stock:units"))
    assert len(queries) <= 12
    page = first.context["page"]
    assert (len(page.lines), page.lines[0].unit.code, page.total) == (PAGE_UNITS, "U-0", 60)
    second = client.get(reverse("stock:units"), {"before": page.older}).context["page"]
    assert [line.unit.code for line in second.lines] == [f"U-{n}" for n in range(50, 60)]
    back = client.get(reverse("stock:units"), {"after": second.newer}).context["page"]
    assert back.lines[0].unit.code == "U-0"
    ready = client.get(reverse("stock:units"), {"state": "ready"}).context["page"]
    assert {line.unit.state for line in ready.lines} == {"ready"}
    assert client.get(reverse("stock:units"), {"state": "lost"}).status_code == 404


def test_the_page_of_a_unit_tells_its_life_and_its_line(client: Client) -> None:
    member = make_membership(role=Role.MANAGER)
    unit = make_unit(
        member.store,
        member.user,
        under_restriction=True,
        channels=[Channel.OVERSEAS],
        imei2=fresh_imei(),
    )
    make_line(member.store, member.user, unit_code=unit.code)
    with translation.override("en"):
        url = reverse("stock:unit", args=[unit.code])
    page = login_as(client, membership=member).get(url).content.decode()
    shown = (imei(unit.imei1), imei(unit.imei2))
    for text in (*shown, "overseas", "Network restriction", "Received into stock"):
        assert text in page
    assert "見本 太郎" in page
    assert "<title>U-" in page


def test_the_party_is_not_shown_to_who_may_not_see_the_ledger(client: Client) -> None:
    member = make_membership(role=Role.STAFF)
    unit = make_unit(member.store, member.user)
    make_line(member.store, member.user, unit_code=unit.code)
    page = login_as(client, membership=member).get(reverse("stock:unit", args=[unit.code]))
    assert page.status_code == 200
    assert "見本 太郎" not in page.content.decode()


def test_another_stores_unit_is_not_found(client: Client) -> None:
    member = make_membership()
    theirs = make_unit(make_store(letter="U"), member.user)
    login_as(client, membership=member)
    assert client.get(reverse("stock:unit", args=[theirs.code])).status_code == 404
    assert client.get(reverse("stock:unit", args=["U-S000000-1"])).status_code == 404
