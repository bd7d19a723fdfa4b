"""What the stand-in sites answer, by IMEI: the demo roads, and a rule for any other IMEI.

Pure data. Marks and faults have their own words here, on purpose: the sandbox imports nothing from
`carriers.networks`, so that its bytes test the real adapters.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from carriers.imei import Imei, demo_imei

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

_BY_DIGITS: Mapping[str, Mapping[str, Reply]] = {
    **{demo.imei1.digits: demo.replies for demo in DEMO_IMEIS},
    **{demo.imei2.digits: {} for demo in DEMO_IMEIS if demo.imei2 is not None},
}


def demo_script(digits: str, site: str) -> Reply:
    """Return what `site` answers about the IMEI `digits` (15 ASCII digits).

    The demo roads first. Any other IMEI gets, by a hash of its digits, ○ at exactly one site and －
    at the others, or － everywhere (one in six): never △ or × by chance, and never a fault.
    """
    replies = _BY_DIGITS.get(digits)
    if replies is not None:
        return replies.get(site, Reply())
    home = hashlib.sha256(digits.encode()).digest()[0] % (len(SITES) + 1)
    return _CIRCLE if SITES[home : home + 1] == (site,) else Reply()
