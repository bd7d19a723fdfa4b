"""The identity stage in the browser's eyes: particulars, document, refusals beside the field."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from buyback.deals.models import Deal
from buyback.identity.models import IdentityRecord
from buyback.identity.services import load_methods
from buyback.sellers.models import Seller
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import login_as, make_deal, make_membership, make_seller, make_store

pytestmark = pytest.mark.django_db

TYPED = {
    "version": "0",
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "やまだ",
    "given_kana": "ﾊﾅｺ",
    "birth_on": "１９９０/4/1",
    "postal_code": "〒150-0043",
    "address": "東京都渋谷区道玄坂4-5-6",
    "phone": "090-1234-5678",
    "occupation": "employee",
    "workplace": "",
    "invoice_number": "",
}
SHOWN = {
    "document": "driving_licence",
    "expires_on": "2099-01-01",
    "name_matches": "on",
    "address_matches": "on",
    "birth_matches": "on",
    "photo_matches": "on",
}


@pytest.fixture
def member() -> Membership:
    load_methods(valid_from=date(2020, 1, 1))
    return make_membership()


@pytest.fixture
def staff(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


@pytest.fixture
def deal(member: Membership) -> Deal:
    return make_deal(membership=member)


def url(deal: Deal, page: str) -> str:
    return f"/counter/deals/{deal.code}/{page}/"


def test_it_records_the_seller_in_one_form(staff: Client, deal: Deal) -> None:
    answer = staff.post(url(deal, "seller"), TYPED)
    assert answer.status_code == 303
    seller = Seller.objects.get()
    assert (seller.family_kana, seller.given_kana) == ("ヤマダ", "ハナコ")
    assert (seller.postal_code, seller.phone) == ("1500043", "09012345678")
    assert seller.birth_on == date(1990, 4, 1)
    assert deal.events.filter(kind="seller_recorded").count() == 1
    assert "山田" in staff.get(url(deal, "identity")).content.decode()


def test_it_says_beside_each_field_what_is_missing_and_keeps_the_rest(
    staff: Client, deal: Deal
) -> None:
    answer = staff.post(url(deal, "seller"), {**TYPED, "given_kana": "花", "phone": "12"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "カタカナ" in page
    assert "東京都渋谷区道玄坂4-5-6" in page
    assert not Seller.objects.exists()


def test_a_stale_page_gets_both_values(staff: Client, deal: Deal) -> None:
    staff.post(url(deal, "seller"), TYPED)
    answer = staff.post(url(deal, "seller"), {**TYPED, "address": "大阪府大阪市北区梅田1-1"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "東京都渋谷区道玄坂4-5-6" in page
    assert "大阪府大阪市北区梅田1-1" in page
    again = staff.post(
        url(deal, "seller"), {**TYPED, "version": "1", "address": "大阪府大阪市北区梅田1-1"}
    )
    assert again.status_code == 303
    assert Seller.objects.get().address == "大阪府大阪市北区梅田1-1"


def test_it_records_a_document(staff: Client, deal: Deal) -> None:
    staff.post(url(deal, "seller"), TYPED)
    assert staff.post(url(deal, "verify"), SHOWN).status_code == 303
    record = IdentityRecord.objects.get()
    assert record.method.code == "presentation"
    assert record.seller_fingerprint
    assert "確認済み" in staff.get(url(deal, "identity")).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expires_on": "2020-01-01"}, "期限"),
        ({"expires_on": ""}, "有効期限"),
        ({"name_matches": ""}, "氏名"),
        ({"photo_matches": ""}, "写真"),
        ({"document": "passport", "issued_on": "2021-01-01"}, "住所"),
        ({"document": "library_card"}, "選択"),
    ],
)
def test_it_refuses_a_document_that_proves_nothing(
    staff: Client, deal: Deal, change: dict[str, str], sentence: str
) -> None:
    staff.post(url(deal, "seller"), TYPED)
    answer = staff.post(url(deal, "verify"), {**SHOWN, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not IdentityRecord.objects.exists()


def test_it_refuses_who_is_too_young_today(staff: Client, deal: Deal) -> None:
    today = timezone.localdate()
    almost = today.replace(year=today.year - 18) + timedelta(days=1)
    staff.post(url(deal, "seller"), {**TYPED, "birth_on": almost.isoformat()})
    answer = staff.post(url(deal, "verify"), SHOWN)
    assert answer.status_code == 422
    assert "17" in answer.content.decode()


def test_it_wants_the_seller_first(staff: Client, deal: Deal) -> None:
    answer = staff.post(url(deal, "verify"), SHOWN)
    assert answer.status_code == 422
    assert not IdentityRecord.objects.exists()


def test_a_changed_seller_needs_a_new_look_at_the_document(staff: Client, deal: Deal) -> None:
    staff.post(url(deal, "seller"), TYPED)
    staff.post(url(deal, "verify"), SHOWN)
    staff.post(url(deal, "seller"), {**TYPED, "version": "1", "address": "京都府京都市1-1"})
    page = staff.get(url(deal, "identity")).content.decode()
    assert "もう一度確認" in page


@pytest.mark.parametrize("page", ["seller", "verify"])
def test_it_refuses_a_get_a_foreign_store_and_a_wrong_role(
    client: Client, member: Membership, deal: Deal, page: str
) -> None:
    assert login_as(client, membership=member).get(url(deal, page)).status_code == 405
    auditor = make_membership(store=member.store, role=Role.AUDITOR)
    assert login_as(Client(), membership=auditor).post(url(deal, page)).status_code == 403
    foreign = make_membership(store=make_store())
    assert login_as(Client(), membership=foreign).post(url(deal, page)).status_code == 404
    assert Client().post(url(deal, page)).status_code == 302


def test_the_page_speaks_english(staff: Client, deal: Deal) -> None:
    deal.seller = make_seller()
    deal.save(update_fields=["seller"])
    page = staff.get(f"/en/counter/deals/{deal.code}/identity/").content.decode()
    assert "Identity document" in page
    assert "本人確認" not in page
