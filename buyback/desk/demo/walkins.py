"""Eight walk-ins as one data table: what drives the demo's history and the story test alike.

Each row says who comes with which phone, what is found, how far the deal goes, and what must have
come out. IMEIs are twins of the demo roads, so that the roads on the first page stay free to try.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from buyback.deals.policy import DealState
from buyback.sellers.services import Particulars
from carriers.checks.policy import Verdict
from carriers.networks.answer import Mark
from carriers.sandbox.script import Road
from inventory.units.policy import Disposition


class Until(IntEnum):
    """How far a walk-in goes; the steps come in this order."""

    CHECKED = 1
    INSPECTED = 2
    OFFERED = 3
    ACCEPTED = 4
    IDENTIFIED = 5
    SIGNED = 6
    CONCLUDED = 7
    PAID = 8


@dataclass(frozen=True, slots=True)
class Phone:
    """One device: its road, variant and colour, what is found, what must come out.

    `twin` is the number of the road's twin; `found` maps question codes to answers that differ from
    a faultless phone with normal signs of use; `by_hand` are marks a person reads where the site
    failed; `disposition` None means that no decision can be made.
    """

    road: Road
    twin: int
    variant: str
    colour: str
    verdict: Verdict
    disposition: Disposition | None
    found: Mapping[str, str] = field(default_factory=dict)
    by_hand: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """One seller's visit. `state` is where the deal must stand at the end.

    `declines`: says no to the offer; `gives_up`: the deal is cancelled with this reason.
    """

    code: str
    seller: Particulars
    phones: tuple[Phone, ...]
    until: Until
    state: DealState
    document: str = "driving_licence"
    language: str = "ja"
    declines: bool = False
    gives_up: str = ""


def _seller(
    given: tuple[str, str], born: date, occupation: str, workplace: str = ""
) -> Particulars:
    """A person called 見本: a name like 山田 on a form, and nobody's."""
    return Particulars(
        family_name="見本",
        given_name=given[0],
        family_kana="ミホン",
        given_kana=given[1],
        birth_on=born,
        postal_code="1500002",
        address="東京都渋谷区見本町9-8-7",
        phone="09000000000",
        occupation=occupation,
        workplace=workplace,
    )


WALK_INS: tuple[WalkIn, ...] = (
    WalkIn(
        code="clean-phone-paid",
        seller=_seller(("太郎", "タロウ"), date(1990, 4, 1), "employee", "見本商事"),
        phones=(
            Phone(
                Road.CLEAR,
                1,
                "iphone-14-128",
                "ミッドナイト",
                Verdict.WHITE,
                Disposition.RESALE,
                {"exterior": "clean", "battery": "93"},
            ),
        ),
        until=Until.PAID,
        state=DealState.PAID,
    ),
    WalkIn(
        code="instalments-running",
        seller=_seller(("花子", "ハナコ"), date(1998, 9, 12), "student", "見本大学"),
        phones=(
            Phone(
                Road.AT_RISK,
                1,
                "iphone-13-128",
                "スターライト",
                Verdict.AT_RISK,
                Disposition.RESALE,
                {"battery": "84"},
            ),
        ),
        until=Until.CONCLUDED,
        state=DealState.CONCLUDED,
        document="my_number_card",
    ),
    WalkIn(
        code="barred-phone-refused",
        seller=_seller(("次郎", "ジロウ"), date(1985, 1, 30), "self_employed"),
        phones=(
            Phone(
                Road.RESTRICTED,
                1,
                "galaxy-s23-256",
                "ファントムブラック",
                Verdict.RED,
                Disposition.REJECT,
            ),
        ),
        until=Until.INSPECTED,
        state=DealState.CANCELLED,
        gives_up="利用制限×のため買取不可",
    ),
    WalkIn(
        code="unlisted-declined",
        seller=_seller(("桜", "サクラ"), date(1972, 6, 3), "homemaker"),
        phones=(
            Phone(
                Road.UNLISTED,
                1,
                "pixel-8-128",
                "ヘーゼル",
                Verdict.UNLISTED,
                Disposition.RESALE,
                {"exterior": "scratched", "accessories_box": "missing"},
            ),
        ),
        until=Until.OFFERED,
        state=DealState.DECLINED,
        declines=True,
    ),
    WalkIn(
        code="two-imeis-waits-for-id",
        seller=_seller(("健", "ケン"), date(2001, 2, 28), "part_time"),
        phones=(
            Phone(
                Road.TWO_IMEIS,
                1,
                "galaxy-s24-256",
                "オニキスブラック",
                Verdict.WHITE,
                Disposition.RESALE,
                {"exterior": "clean", "battery": "97"},
            ),
        ),
        until=Until.ACCEPTED,
        state=DealState.ACCEPTED,
    ),
    WalkIn(
        code="two-phones-one-for-parts",
        seller=_seller(("愛", "アイ"), date(1994, 11, 20), "public_servant", "見本市役所"),
        phones=(
            Phone(
                Road.CLEAR,
                2,
                "iphone-se-3-128",
                "レッド",
                Verdict.WHITE,
                Disposition.RESALE,
                {"battery": "78"},
            ),
            Phone(
                Road.UNLISTED,
                2,
                "xperia-10-v-128",
                "ラベンダー",
                Verdict.UNLISTED,
                Disposition.PARTS_ONLY,
                {"exterior": "scratched", "glass": "cracked", "bent": "yes", "battery": "71"},
            ),
        ),
        until=Until.PAID,
        state=DealState.PAID,
        document="residence_card",
        language="en",
    ),
    WalkIn(
        code="changed-page-read-by-hand",
        seller=_seller(("誠", "マコト"), date(1966, 8, 8), "company_officer", "見本不動産"),
        phones=(
            Phone(
                Road.CHANGED,
                1,
                "iphone-12-64",
                "ブルー",
                Verdict.WHITE,
                Disposition.RESALE,
                {"exterior": "scratched", "sim_lock": "locked", "battery": "81"},
                {"kddi": Mark.CLEAR},
            ),
        ),
        until=Until.OFFERED,
        state=DealState.OFFERED,
    ),
    WalkIn(
        code="carrier-away",
        seller=_seller(("光", "ヒカル"), date(1989, 12, 24), "employee", "見本運輸"),
        phones=(
            Phone(Road.DOWN, 1, "aquos-sense8-128", "ペールグリーン", Verdict.UNRESOLVED, None),
        ),
        until=Until.INSPECTED,
        state=DealState.OPEN,
    ),
)
