"""The managers' page of the automatic questions: switch off and on with a reason, set the pace."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buyback.desk.manage.attention import attention
from buyback.desk.manage.automatic import automatic_screen, change_pace, switch_network
from carriers.checks.models import Lookup
from carriers.checks.policy import LookupState, Mode
from carriers.pace.breaker import State
from carriers.pace.models import BreakerEvent, NetworkPace
from carriers.pace.policy import STAND_IN
from carriers.pace.queries import breakers, pace_of
from shop.canary.models import WorkerBeat
from shop.canary.tasks import stamp
from shop.people.models import Membership
from shop.people.policy import Role
from tests.carriers.lookups import ask, set_all
from tests.factories import login_as, make_membership

pytestmark = pytest.mark.django_db
URL = "/manage/networks/automatic/"


@pytest.fixture(autouse=True)
def stand_in(settings: LazySettings) -> None:
    """A site that a machine may ask; nothing answers there."""
    settings.STAND_IN_URL = "http://127.0.0.1:9"


@pytest.fixture
def manager() -> Membership:
    return make_membership(role=Role.MANAGER)


@pytest.fixture
def owner() -> Membership:
    return make_membership(role=Role.OWNER)


def browser(member: Membership) -> Client:
    return login_as(Client(), membership=member)


def switch(member: Membership, what: str, reason: str = "保守", network: str = "docomo") -> int:
    fields = {f"switch-{network}-reason": reason, f"switch-{network}-key": str(uuid4())}
    data = fields | {"network": network, "what": what}
    return browser(member).post(reverse("manage:automatic"), data).status_code


def pace(member: Membership, **changed: str) -> int:
    fields = {
        "interval_ms": "８００",
        "daily_budget": "",
        "quiet_from": "22:00",
        "quiet_until": "08:00",
        "reason": "規約を読んだ",
        "key": str(uuid4()),
    } | changed
    data = {f"pace-kddi-{name}": value for name, value in fields.items()}
    answer = browser(member).post(
        reverse("manage:automatic"), data | {"network": "kddi", "what": "pace"}
    )
    return answer.status_code


def test_a_manager_switches_a_carrier_off_and_on(manager: Membership) -> None:
    set_all(Mode.WEB)
    ask()
    assert switch(manager, "off") == 303
    assert Lookup.objects.get(network="docomo").state == LookupState.ASSISTED
    for language, words in (("", "停止しています"), ("/en", "Not asked automatically since")):
        body = browser(manager).get(f"{language}{URL}").content.decode()
        assert words in body
        assert "保守" in body
    lines = [line.text for line in attention(manager.store, now=timezone.now())]
    assert any("保守" in line for line in lines)
    assert switch(manager, "on", "終わった") == 303
    assert breakers(["docomo"])[0].state is State.CLOSED
    assert [event.by for event in BreakerEvent.objects.all()] == [manager.user] * 2


def test_no_switch_without_a_reason_or_twice(manager: Membership) -> None:
    assert switch(manager, "off", "") == 422
    assert switch(manager, "on") == 422
    assert switch(manager, "off") == 303
    assert switch(manager, "off") == 422
    assert BreakerEvent.objects.count() == 1


@pytest.mark.parametrize("data", [{}, {"network": "x", "what": "off"}, {"network": "docomo"}])
def test_a_form_that_is_none_of_the_pages_changes_nothing(
    manager: Membership, data: dict[str, str]
) -> None:
    assert browser(manager).post(reverse("manage:automatic"), data).status_code == 422
    assert not BreakerEvent.objects.exists()


def test_an_owner_sets_the_pace_from_now_on(owner: Membership) -> None:
    assert pace(owner) == 303
    found = pace_of("kddi", stand_in=True, now=timezone.now())
    assert (found.interval_ms, found.daily_budget, found.quiet_from) == (800, None, time(22))
    assert pace_of("docomo", stand_in=True, now=timezone.now()) == STAND_IN
    screen = next(one for one in automatic_screen(now=timezone.now()) if one.code == "kddi")
    assert "800" in screen.pace_text
    assert "22:00" in screen.pace_text


@pytest.mark.parametrize(
    "changed", [{"interval_ms": "0"}, {"interval_ms": "x"}, {"reason": ""}, {"quiet_from": "25:00"}]
)
def test_a_pace_that_is_none_is_refused_beside_its_field(
    owner: Membership, changed: dict[str, str]
) -> None:
    assert pace(owner, **changed) == 422
    assert not NetworkPace.objects.exists()


def test_the_pace_is_the_owners(manager: Membership) -> None:
    assert pace(manager) == 403
    with pytest.raises(PermissionDenied):
        change_pace(
            store_id=manager.store_id,
            network="kddi",
            interval_ms=800,
            daily_budget=None,
            quiet_from=time(0),
            quiet_until=time(0),
            reason="x",
            actor=manager.user,
        )


def test_the_switch_is_no_clerks() -> None:
    clerk = make_membership(role=Role.STAFF)
    assert switch(clerk, "off") == 403
    with pytest.raises(PermissionDenied):
        switch_network(
            store_id=clerk.store_id, network="docomo", on=False, reason="x", actor=clerk.user
        )


def test_managers_see_a_deaf_queue(manager: Membership) -> None:
    def told() -> list[str]:
        lines = attention(manager.store, now=timezone.now())
        return [line.text for line in lines if line.page == "manage:automatic"]

    assert len(told()) == 2  # never heard
    for queue in ("lookups", "documents"):
        stamp(queue)
    assert told() == []
    WorkerBeat.objects.filter(queue="lookups").update(at=timezone.now() - timedelta(seconds=121))
    assert len(told()) == 1
    assert "lookups" in told()[0]
    assert "lookups" in browser(manager).get(URL).content.decode()
