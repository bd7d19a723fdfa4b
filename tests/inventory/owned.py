"""Units and ledger lines for the tests of what the shop owns."""

from datetime import date

from django.contrib.auth.models import User

from inventory.ledger.models import LedgerEntry
from inventory.ledger.policy import Party
from inventory.ledger.services import write_receipt
from inventory.units.models import Unit
from inventory.units.policy import Channel, Disposition, Grade
from inventory.units.services import receive_unit
from shop.people.models import Store
from tests.factories import fresh_imei, make_variant

PARTY = Party(name="見本 太郎", address="東京都渋谷区1-1", occupation="会社員", age=34)


def make_unit(store: Store, actor: User, **changes: object) -> Unit:
    """A unit received now, with a test IMEI no other unit has."""
    values: dict[str, object] = {
        "variant": make_variant(),
        "colour": "黒",
        "imei1": fresh_imei(),
        "imei2": "",
        "serial": "",
        "grade": Grade.B,
        "disposition": Disposition.RESALE,
        "channels": [Channel.DOMESTIC],
        "under_restriction": False,
        "cost_yen": 30000,
        "details": {"deal": "S-1"},
    }
    return receive_unit(store=store, actor=actor, **{**values, **changes})  # type: ignore[arg-type]  # a test may pass anything


def make_line(
    store: Store, actor: User, *, dealt_on: date = date(2026, 11, 23), **changes: object
) -> LedgerEntry:
    """A receipt of a new unit."""
    values: dict[str, object] = {
        "item_kind": "携帯電話",
        "feature": "iPhone 13 128GB / 黒 / IMEI 004900000000001",
        "method": "1号 運転免許証の提示",
        "price_yen": 30000,
        "kobutsu_special": True,
        "reference": "S-1",
        "party": PARTY,
        "keep_years": 7,
        "unit_code": "",
    }
    values |= changes
    values["unit_code"] = values["unit_code"] or make_unit(store, actor).code
    return write_receipt(store=store, actor=actor, dealt_on=dealt_on, **values)  # type: ignore[arg-type]  # the same
