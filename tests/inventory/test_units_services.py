"""A unit enters stock with its event, once, and never where the rules refuse it."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import InternalError, ProgrammingError, connection, transaction

from inventory.units.models import Unit, UnitEvent
from inventory.units.policy import Channel, Disposition
from tests.factories import make_store, make_user
from tests.inventory.owned import make_unit

pytestmark = pytest.mark.django_db


def test_a_unit_is_born_in_quarantine_with_its_event() -> None:
    store = make_store()
    clerk = make_user()
    unit = make_unit(store, clerk, channels=[Channel.OVERSEAS, Channel.DOMESTIC])
    event = UnitEvent.objects.get(unit=unit)
    assert (unit.state, unit.channels) == ("quarantine", ["domestic", "overseas"])
    assert (event.action, event.from_state, event.to_state) == ("receive", "", "quarantine")
    assert (event.actor_name, event.details) == ("佐藤 次郎", {"deal": "S-1"})


@time_machine.travel(datetime(2026, 11, 23, 15, 30, tzinfo=UTC))
def test_codes_count_the_business_day_in_tokyo_and_per_store() -> None:
    shibuya, umeda = make_store(letter="S"), make_store(letter="U")
    clerk = make_user()
    codes = [make_unit(store, clerk).code for store in (shibuya, shibuya, umeda)]
    assert codes == ["U-S261124-1", "U-S261124-2", "U-U261124-1"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"disposition": Disposition.REJECT}, "rejected-device"),
        ({"channels": []}, "no-channel"),
        ({"under_restriction": True}, "restricted-domestic"),
    ],
)
def test_it_refuses_what_may_not_stand_in_stock(changes: dict[str, object], code: str) -> None:
    store = make_store()
    clerk = make_user()
    with pytest.raises(ValidationError) as refused:
        make_unit(store, clerk, **changes)
    assert refused.value.code == code
    assert not Unit.objects.exists()


def test_an_imei_is_in_hand_once_over_all_stores() -> None:
    shibuya, umeda = make_store(letter="S"), make_store(letter="U")
    clerk = make_user()
    first = make_unit(shibuya, clerk)
    with pytest.raises(ValidationError) as refused:
        make_unit(umeda, clerk, imei1=first.imei1)
    assert refused.value.code == "imei-in-hand"
    assert UnitEvent.objects.count() == 1


def test_the_history_of_a_unit_cannot_be_changed() -> None:
    store = make_store()
    make_unit(store, make_user())
    for statement in (
        "UPDATE inventory_unitevent SET action = 'x'",
        "DELETE FROM inventory_unitevent",
    ):
        with (
            pytest.raises((ProgrammingError, InternalError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
