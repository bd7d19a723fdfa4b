"""Rows that many tests need, made as the shop makes them where there is a service for it.

Every function takes keywords only and gives what is left out a harmless value. Passwords and
people are inventions; IMEIs come from the test range.
"""

from datetime import date, datetime
from itertools import count

import pgtrigger
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from buyback.deals.models import Deal, Item
from buyback.deals.policy import DealState
from buyback.deals.services import add_item, open_deal
from buyback.sellers.models import Seller
from carriers.imei import demo_imei
from inventory.catalogue.models import DeviceKind, DeviceModel, Maker, Variant
from shop.people.access import SESSION_KEY
from shop.people.models import Company, Drawer, Membership, Store
from shop.people.policy import Role

PASSWORD = "a-long-test-password"
LETTERS = "SBCDEFGHJKLMNPQRTUVWXYZ"
_numbers = count(1)


def fresh_imei() -> str:
    """Return 15 digits of the test range that no other call of this run has returned."""
    return demo_imei(500_000 + next(_numbers)).digits


def make_user(*, username: str = "", full_name: str = "佐藤 次郎") -> User:
    """Return an active user who may log in with `PASSWORD`; the full name is family, given."""
    family, _, given = full_name.partition(" ")
    return User.objects.create_user(
        username or f"user{next(_numbers)}", password=PASSWORD, last_name=family, first_name=given
    )


def make_company(*, name: str = "株式会社テスト買取") -> Company:
    """Return the one company, made on the first call."""
    found = Company.objects.first()
    return found or Company.objects.create(
        name=name,
        name_en="Test Buyback Inc.",
        permit_number="301234567890",
        commission="東京都公安委員会",
        invoice_number="T1234567890123",
    )


def make_store(*, letter: str = "", name_ja: str = "渋谷店", name_en: str = "Shibuya") -> Store:
    """Return a store of the company with one cash drawer; the letter is the next free one."""
    taken = set(Store.objects.values_list("letter", flat=True))
    store = Store.objects.create(
        company=make_company(),
        letter=letter or next(one for one in LETTERS if one not in taken),
        name_ja=name_ja,
        name_en=name_en,
        address="東京都渋谷区道玄坂1-2-3",
        prefecture="東京都",
        manager_name="管理 太郎",
    )
    Drawer.objects.create(store=store, name="レジ1")
    return store


def make_membership(
    *, store: Store | None = None, role: Role = Role.STAFF, user: User | None = None
) -> Membership:
    """Return a person's role in a store; person and store are made where not given."""
    return Membership.objects.create(
        user=user or make_user(), store=store or make_store(), role=role
    )


def login_as(client: Client, *, membership: Membership) -> Client:
    """Sign the client in as the member and choose the member's store."""
    client.force_login(
        membership.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session[SESSION_KEY] = membership.store_id
    session.save()
    return client


def make_variant(
    *, maker: str = "Apple", model: str = "iPhone 14", storage_gb: int = 128
) -> Variant:
    """Return the variant, made with its maker and model on the first call."""
    maker_row, _ = Maker.objects.get_or_create(
        code=_slug(maker), defaults={"name_ja": maker, "name_en": maker}
    )
    model_row, _ = DeviceModel.objects.get_or_create(
        code=_slug(model),
        defaults={"maker": maker_row, "name": model, "kind": DeviceKind.PHONE},
    )
    variant, _ = Variant.objects.get_or_create(
        model=model_row,
        storage_gb=storage_gb,
        defaults={"code": f"{_slug(model)}-{storage_gb}", "verified_on": date(2026, 1, 1)},
    )
    return variant


def make_deal(
    *,
    membership: Membership | None = None,
    imei: str = "",
    imei2: str = "",
    variant: Variant | None = None,
    colour: str = "ミッドナイト",
    seller: Seller | None = None,
) -> Deal:
    """Return an open deal with one device, opened by the member in the member's store."""
    member = membership or make_membership()
    deal = open_deal(
        store_id=member.store_id,
        imei_text=imei or fresh_imei(),
        imei2_text=imei2,
        variant_id=(variant or make_variant()).pk,
        colour=colour,
        actor=member.user,
    )
    if seller is not None:
        deal.seller = seller
        deal.save(update_fields=["seller"])
    return deal


def put_in_state(deal: Deal, state: DealState) -> Deal:
    """Write a state that the database would refuse without its paper, for what only reads it."""
    with pgtrigger.ignore(
        "buyback.Deal:a_signed_deal_has_a_signature",
        "buyback.Deal:a_concluded_deal_has_a_conclusion",
        "buyback.Deal:a_paid_deal_has_a_payout",
    ):
        Deal.objects.filter(pk=deal.pk).update(state=state)
    return deal


def make_item(
    *, deal: Deal, imei: str = "", imei2: str = "", variant: Variant | None = None
) -> Item:
    """Return one more device of an open deal."""
    return add_item(
        deal_id=deal.pk,
        imei_text=imei or fresh_imei(),
        imei2_text=imei2,
        variant_id=(variant or make_variant()).pk,
        colour="",
        serial="",
        actor=deal.opened_by,
    )


def make_seller(
    *,
    family_name: str = "山田",
    given_name: str = "花子",
    family_kana: str = "ヤマダ",
    given_kana: str = "ハナコ",
    birth_on: date = date(1990, 4, 1),
    recorded_at: datetime | None = None,
) -> Seller:
    """Return a seller's particulars as recorded at the counter."""
    return Seller.objects.create(
        family_name=family_name,
        given_name=given_name,
        family_kana=family_kana,
        given_kana=given_kana,
        search_kana=family_kana + given_kana,
        birth_on=birth_on,
        postal_code="1500043",
        address="東京都渋谷区道玄坂4-5-6",
        phone="09012345678",
        occupation="会社員",
        recorded_at=recorded_at or timezone.now(),
    )


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")
