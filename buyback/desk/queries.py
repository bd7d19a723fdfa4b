"""What the first page shows: the dealer as the law wants it, and in the demo how to try it."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from buyback.desk.demo.wording import ROAD, SYMBOL
from carriers.sandbox.script import DEMO_IMEIS
from shop.people.models import Company, Membership
from shop.people.policy import Role
from shop.people.wording import ROLE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """One demo IMEI with what it shows; `imei2` is empty for a phone with one."""

    imei1: str
    imei2: str
    symbol: str
    sentence: "Lazy"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to log in as; the password is never on a page."""

    username: str
    role: "Lazy"
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a visitor of the demo needs."""

    devices: tuple[DemoDevice, ...]
    people: tuple[DemoPerson, ...]


def the_company() -> Company | None:
    """Return the dealer of this installation, or None before the set-up."""
    return Company.objects.first()


def demo_devices() -> tuple[DemoDevice, ...]:
    """Return one device for each road of the stand-in sites."""
    return tuple(
        DemoDevice(
            imei1=demo.imei1.digits,
            imei2=demo.imei2.digits if demo.imei2 else "",
            symbol=SYMBOL.get(demo.road, "…"),
            sentence=ROAD[demo.road],
        )
        for demo in DEMO_IMEIS
    )


def demo_page() -> Demo:
    """Return the demo's devices and people. One query; call it in the demo only."""
    members = Membership.objects.select_related("user", "store").order_by(
        "user_id", "store__letter"
    )
    people = tuple(
        DemoPerson(name, ROLE[role], tuple(member.store.name for member in same))
        for (name, role), same in groupby(members, key=_who)
    )
    return Demo(devices=demo_devices(), people=people)


def _who(member: Membership) -> tuple[str, Role]:
    return member.user.get_username(), Role(member.role)
