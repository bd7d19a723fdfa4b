"""The people of the demo: obviously nobody's names, one per role and a second store."""

from dataclasses import dataclass

from shop.people.policy import Role


@dataclass(frozen=True, slots=True)
class DemoStore:
    """One of the two stores of the demo."""

    letter: str
    name_ja: str
    name_en: str
    address: str
    prefecture: str
    manager_name: str


@dataclass(frozen=True, slots=True)
class DemoMember:
    """Somebody who works there; `stores` are letters."""

    username: str
    full_name: str
    role: Role
    stores: str


COMPANY_NAME = "見本買取株式会社"
COMPANY = {
    "name": COMPANY_NAME,
    "name_en": "Sample Buyback Inc.",
    "permit_number": "000000000000",
    "commission": "東京都公安委員会",
    "invoice_number": "",
}
"""No dealer has a permit of zeros."""

STORES: tuple[DemoStore, ...] = (
    DemoStore("S", "渋谷店", "Shibuya", "東京都渋谷区見本町1-2-3", "東京都", "見本 店長"),
    DemoStore("U", "梅田店", "Umeda", "大阪府大阪市北区見本町4-5-6", "大阪府", "見本 梅子"),
)

MEMBERS: tuple[DemoMember, ...] = (
    DemoMember("owner", "見本 社長", Role.OWNER, "SU"),
    DemoMember("manager", "見本 店長", Role.MANAGER, "SU"),
    DemoMember("clerk", "見本 花子", Role.STAFF, "S"),
    DemoMember("inspector", "見本 査定", Role.INSPECTOR, "S"),
    DemoMember("cashier", "見本 出納", Role.CASHIER, "S"),
    DemoMember("auditor", "見本 監査", Role.AUDITOR, "SU"),
    DemoMember("umeda", "見本 梅田", Role.STAFF, "U"),
)

DRAWERS = ("レジ1", "レジ2")
