"""The demo: furnished once, its log-ins private, and each walk-in ends as the table says."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from buyback.deals.models import Deal, Item
from buyback.deals.policy import DealState
from buyback.desk.demo.history import Crew, imeis_of, walk, walk_all
from buyback.desk.demo.logins import logins_file, read_logins
from buyback.desk.demo.people import COMPANY_NAME, MEMBERS
from buyback.desk.demo.seed import furnish_demo
from buyback.desk.demo.walkins import WALK_INS, WalkIn
from buyback.inspection.queries import inspection_state
from buyback.management.commands.seed_demo import settle
from carriers.checks import wake
from carriers.checks.queries import check_report
from carriers.sandbox.server import StandIn
from inventory.ledger.models import LedgerEntry
from inventory.ledger.queries import verify
from inventory.units.models import Unit
from inventory.units.policy import Disposition
from shop.people.models import Company, Store
from tests.factories import make_company


@pytest.fixture
def demo(settings: Settings, tmp_path: Path, db: None) -> Settings:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    return settings


@pytest.fixture
def crew(demo: Settings, slots: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """The furnished demo with the stand-in sites behind it; no broker is there to be woken."""
    monkeypatch.setattr(wake, "send", lambda *args, **kwargs: False)
    furnish_demo()
    people = {user.username: user for user in User.objects.all()}
    with StandIn() as site:
        demo.STAND_IN_URL = site.url
        yield Crew(
            store=Store.objects.get(letter="S"),
            clerk=people["clerk"],
            inspector=people["inspector"],
            cashier=people["cashier"],
        )


def test_the_demo_is_furnished_once_and_its_logins_stay(demo: Settings) -> None:
    first = furnish_demo()
    assert furnish_demo() == first == read_logins()
    assert Company.objects.get().name == COMPANY_NAME
    assert set(first) == {member.username for member in MEMBERS}
    assert all(User.objects.get(username=n).check_password(word) for n, word in first.items())
    assert stat.S_IMODE(logins_file().stat().st_mode) == 0o600


def test_lost_logins_are_made_anew(demo: Settings) -> None:
    first = furnish_demo()
    logins_file().unlink()
    second = furnish_demo()
    assert set(first.values()).isdisjoint(second.values())
    assert User.objects.get(username="clerk").check_password(second["clerk"])


def test_a_real_shop_is_never_furnished(demo: Settings) -> None:
    make_company()
    with pytest.raises(ValidationError):
        furnish_demo()
    with pytest.raises(CommandError, match="demo"):
        call_command("seed_demo")


def test_outside_the_demo_there_is_nothing_to_furnish(demo: Settings) -> None:
    demo.DEMO = False
    with pytest.raises(ValidationError):
        furnish_demo()
    assert not logins_file().exists()


def test_no_walk_in_uses_up_an_imei_of_the_first_page() -> None:
    numbers = [imei for one in WALK_INS for phone in one.phones for imei in imeis_of(phone) if imei]
    assert len(numbers) == len(set(numbers))
    assert len(WALK_INS) == 8


@pytest.mark.parametrize("one", WALK_INS, ids=[one.code for one in WALK_INS])
def test_a_walk_in_ends_as_the_table_says(one: WalkIn, crew: Crew) -> None:
    deal = walk(one, crew, settle=settle)
    assert deal.state == one.state
    now = timezone.now()
    for item, phone in zip(deal.items.order_by("position"), one.phones, strict=True):
        assert check_report(item.check_asked, now=now).report.verdict is phone.verdict
        decision = inspection_state(item, now=now).decision
        assert (decision.disposition if decision else None) is phone.disposition
    if one.state in {DealState.CONCLUDED, DealState.PAID}:
        wanted = [phone.disposition for phone in one.phones]
        units = Unit.objects.filter(store=crew.store).order_by("pk")
        assert [Disposition(unit.disposition) for unit in units] == wanted
        assert LedgerEntry.objects.filter(reference=deal.code).count() == len(wanted)
        assert verify(crew.store, today=timezone.localdate()).broken is None
    else:
        assert not Unit.objects.exists()


def test_the_history_is_walked_once(crew: Crew) -> None:
    assert len(walk_all(crew, settle=settle)) == len(WALK_INS)
    assert walk_all(crew, settle=settle) == []
    assert Deal.objects.count() == len(WALK_INS)
    assert Item.objects.count() == sum(len(one.phones) for one in WALK_INS)
