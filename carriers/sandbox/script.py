"""What the stand-in sites answer, by IMEI: the demo roads, and a rule for any other IMEI.

Pure data. Marks and faults have their own words here, on purpose: the sandbox imports nothing from
`carriers.networks`, so that its bytes test the real adapters.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from carriers.imei import DEMO_TAC, Imei, demo_imei

SITES = ("docomo", "kddi", "softbank", "rakuten", "mineo")


class Sign(StrEnum):
    """The four signs a site can print."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    CROSS = "cross"
    DASH = "dash"


class Fault(StrEnum):
    """What can go wrong at a site instead of, or around, the sign."""

    UNAVAILABLE = "unavailable"
    """HTTP 503."""
    SERVER_ERROR = "server_error"
    """HTTP 500."""
    TOO_MANY = "too_many"
    """HTTP 429."""
    MAINTENANCE = "maintenance"
    """A maintenance page with HTTP 200."""
    CHANGED = "changed"
    """The answer in other markup than described."""
    HANG = "hang"
    """The connection stays open and silent."""
    DRIP = "drip"
    """The answer comes byte by byte, far too slowly."""
    GARBAGE = "garbage"
    """Bytes that are no page, called HTML."""
    OTHER_IMEI = "other_imei"
    """The answer page of another IMEI."""
    CUT = "cut"
    """The page ends in the middle, with an honest length."""


class Road(StrEnum):
    """One story a demo IMEI tells; a sentence for each is made elsewhere."""

    CLEAR = "clear"
    AT_RISK = "at_risk"
    RESTRICTED = "restricted"
    UNLISTED = "unlisted"
    TWO_IMEIS = "two_imeis"
    SLOW = "slow"
    DOWN = "down"
    BROKEN = "broken"
    CHANGED = "changed"
    HANG = "hang"
    DRIP = "drip"
    GARBAGE = "garbage"
    OTHER_IMEI = "other_imei"
    MAINTENANCE = "maintenance"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Reply:
    """One site's answer: a sign or a fault, after `delay` seconds."""

    sign: Sign = Sign.DASH
    fault: Fault | None = None
    delay: float = 0.0


Script = Callable[[str, str], Reply]
"""(IMEI digits, site) → reply. Must be pure: the same question has the same answer."""


@dataclass(frozen=True, slots=True)
class DemoImei:
    """A demo device: its IMEIs, the road it shows, and the sites where something happens."""

    imei1: Imei
    imei2: Imei | None
    road: Road
    replies: Mapping[str, Reply]


SLOW_SECONDS = 6.0


def _demo(
    serial: int, road: Road, replies: Mapping[str, Reply], second: int | None = None
) -> DemoImei:
    return DemoImei(demo_imei(serial), None if second is None else demo_imei(second), road, replies)


_CIRCLE = Reply(Sign.CIRCLE)


def _serial(digits: str) -> int:
    """Return the six digits between the TAC and the check digit as a number."""
    return int(digits[8:14])


DEMO_IMEIS: tuple[DemoImei, ...] = (
    _demo(101, Road.CLEAR, {"docomo": _CIRCLE}),
    _demo(102, Road.AT_RISK, {"softbank": Reply(Sign.TRIANGLE)}),
    _demo(103, Road.RESTRICTED, {"kddi": Reply(Sign.CROSS)}),
    _demo(104, Road.UNLISTED, {}),
    _demo(105, Road.TWO_IMEIS, {"rakuten": _CIRCLE}, second=205),
    _demo(106, Road.SLOW, {"kddi": Reply(Sign.CIRCLE, delay=SLOW_SECONDS)}),
    _demo(107, Road.DOWN, {"docomo": _CIRCLE, "softbank": Reply(fault=Fault.UNAVAILABLE)}),
    _demo(108, Road.BROKEN, {"docomo": _CIRCLE, "mineo": Reply(fault=Fault.SERVER_ERROR)}),
    _demo(109, Road.CHANGED, {"kddi": Reply(Sign.CIRCLE, Fault.CHANGED)}),
    _demo(110, Road.HANG, {"kddi": _CIRCLE, "docomo": Reply(fault=Fault.HANG)}),
    _demo(111, Road.DRIP, {"docomo": _CIRCLE, "mineo": Reply(fault=Fault.DRIP)}),
    _demo(112, Road.GARBAGE, {"docomo": _CIRCLE, "rakuten": Reply(fault=Fault.GARBAGE)}),
    _demo(113, Road.OTHER_IMEI, {"docomo": Reply(Sign.CIRCLE, Fault.OTHER_IMEI)}),
    _demo(114, Road.MAINTENANCE, {"docomo": _CIRCLE, "kddi": Reply(fault=Fault.MAINTENANCE)}),
    _demo(115, Road.TOO_MANY, {"softbank": _CIRCLE, "docomo": Reply(fault=Fault.TOO_MANY)}),
)
"""One device for each road. A site that a road does not name answers －, and so does every site for
a second IMEI (`carriers.md` §9: － on IMEI2 is expected)."""

_BY_SERIAL: Mapping[int, Mapping[str, Reply]] = {
    **{_serial(demo.imei1.digits): demo.replies for demo in DEMO_IMEIS},
    **{_serial(demo.imei2.digits): {} for demo in DEMO_IMEIS if demo.imei2 is not None},
}
TWINS = 99
"""How many more IMEIs tell the story of each road."""


def twin_of(imei: Imei, number: int) -> Imei:
    """Return twin `number` (1 to 99) of a demo IMEI: another phone on the same road.

    A phone bought once is in stock; whoever wants to see its road again takes a twin.
    """
    if not 1 <= number <= TWINS:
        raise ValueError(f"an IMEI has {TWINS} twins")
    return demo_imei(number * 1000 + _serial(imei.digits))


def demo_script(digits: str, site: str) -> Reply:
    """Return what `site` answers about the IMEI `digits` (15 ASCII digits).

    The demo roads and their twins first. Any other IMEI gets, by a hash of its digits, ○ at one
    site and － at the others, or － everywhere (one in six): never △, × or a fault by chance.
    """
    if digits.startswith(DEMO_TAC) and _serial(digits) <= TWINS * 1000 + 999:
        replies = _BY_SERIAL.get(_serial(digits) % 1000)
        if replies is not None:
            return replies.get(site, Reply())
    home = hashlib.sha256(digits.encode()).digest()[0] % (len(SITES) + 1)
    return _CIRCLE if SITES[home : home + 1] == (site,) else Reply()
