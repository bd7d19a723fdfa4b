"""The contract page: prepared, turned to the seller, signed, concluded, printed."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from buyback.contracts.models import Contract, ContractPdf, Signature
from buyback.contracts.pdf import private_storage, store_pdf
from buyback.contracts.queries import newest_contract
from buyback.deals.models import Deal
from buyback.deals.policy import DealState
from buyback.deals.services import place_hold
from inventory.ledger.models import LedgerEntry
from inventory.units.models import Unit
from shop.people.models import Membership
from shop.people.policy import Role
from shop.wording import NEUTRAL
from tests.buyback.contracted import (
    DOT,
    PEN,
    accepted_deal,
    concluded_deal,
    fresh,
    prepared,
    show_id,
    signed_deal,
    ticks,
)
from tests.factories import login_as, make_membership, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership(role=Role.CASHIER)


@pytest.fixture
def clerk(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


def url(name: str, deal: Deal, *rest: object) -> str:
    return reverse(f"counter:{name}", args=[deal.code, *rest])


def signing(contract: Contract, **changes: object) -> dict[str, object]:
    return {
        "key": str(uuid4()),
        "contract": contract.pk,
        "fingerprint": contract.fingerprint,
        "statements": ticks(contract),
        "strokes": PEN,
        **changes,
    }


def test_the_whole_way_from_the_yes_to_the_paper(clerk: Client, member: Membership) -> None:
    deal = accepted_deal(membership=member)
    page = clerk.get(url("contract", deal))
    assert "承諾書を作成する" in page.content.decode()
    assert clerk.post(url("prepare", deal), {"language": "ja"}).status_code == 303
    contract = Contract.objects.get(deal=deal)
    text = clerk.get(url("contract", deal)).content.decode()
    assert "見本" in text
    assert text.count('name="statements"') == 6
    assert clerk.post(url("sign", deal), signing(contract)).status_code == 303
    form = {"key": str(uuid4()), "phone_in_hand": "on"}
    assert clerk.post(url("conclude", deal), form).status_code == 303
    assert fresh(deal).state == DealState.CONCLUDED
    done = clerk.get(url("contract", deal)).content.decode()
    assert Unit.objects.get().code in done
    paper = clerk.get(url("contract-pdf", deal, 1))
    assert paper.content.startswith(b"%PDF-1.7")
    assert paper["Cache-Control"] == "no-store"
    assert paper["Content-Disposition"] == f'inline; filename="contract-{deal.code}-1.pdf"'


def test_the_seller_reads_and_signs_in_english_on_a_turned_screen(
    clerk: Client, member: Membership
) -> None:
    deal = accepted_deal(membership=member)
    clerk.post(url("prepare", deal), {"language": "en"})
    contract = Contract.objects.get(deal=deal)
    turned = url("contract", deal) + "?to=seller"
    text = clerk.get(turned).content.decode()
    assert "Contract of sale for used goods" in text
    assert '<html lang="en">' in text
    assert "受付" not in text
    answer = clerk.post(url("sign", deal), signing(contract, to="seller"))
    assert (answer.status_code, answer["Location"]) == (303, turned)
    assert "Thank you." in clerk.get(turned).content.decode()


def test_nothing_of_the_staff_reaches_the_turned_screen(clerk: Client, member: Membership) -> None:
    deal = accepted_deal(membership=member)
    contract = prepared(deal)
    place_hold(deal_id=deal.pk, reason="品触れに似た品", actor=member.user)
    turned = clerk.get(url("contract", deal) + "?to=seller").content.decode()
    refused = clerk.post(url("sign", deal), signing(contract, to="seller"))
    assert refused.status_code == 422
    for text in (turned, refused.content.decode()):
        assert "品触れ" not in text
        assert "保留" not in text
    assert not Signature.objects.exists()


def test_a_refusal_on_the_turned_screen_is_one_neutral_sentence(
    clerk: Client, member: Membership
) -> None:
    deal = accepted_deal(membership=member)
    contract = prepared(deal)
    show_id(deal)  # verified again in the meantime, on another date: the contract is another one
    stale = signing(contract, to="seller", fingerprint="0" * 64)
    answer = clerk.post(url("sign", deal), stale)
    assert answer.status_code == 409
    assert str(NEUTRAL) in answer.content.decode()


@pytest.mark.parametrize("turned", ["", "seller"])
def test_what_is_wrong_stands_beside_its_field(
    clerk: Client, member: Membership, turned: str
) -> None:
    deal = accepted_deal(membership=member)
    contract = prepared(deal)
    dot = clerk.post(url("sign", deal), signing(contract, strokes=DOT, to=turned))
    assert dot.status_code == 422
    assert 'id="strokes-error"' in dot.content.decode()
    kept = re.findall(r'name="statements"[^>]* checked', dot.content.decode())
    assert len(kept) == 6  # what was ticked stays ticked
    open_statement = signing(contract, statements=ticks(contract)[1:], to=turned)
    answer = clerk.post(url("sign", deal), open_statement)
    assert answer.status_code == 422
    assert 'id="statements-error"' in answer.content.decode()


@pytest.mark.parametrize("missing", ["key", "contract", "fingerprint"])
def test_a_form_that_lost_a_part_is_refused(
    clerk: Client, member: Membership, missing: str
) -> None:
    deal = accepted_deal(membership=member)
    form = signing(prepared(deal))
    del form[missing]
    assert clerk.post(url("sign", deal), form).status_code == 422
    assert not Signature.objects.exists()


def test_a_double_click_signs_and_concludes_once(clerk: Client, member: Membership) -> None:
    deal = accepted_deal(membership=member)
    form = signing(prepared(deal))
    assert [clerk.post(url("sign", deal), form).status_code for _ in range(2)] == [303, 303]
    done = {"key": str(uuid4()), "phone_in_hand": "on"}
    assert [clerk.post(url("conclude", deal), done).status_code for _ in range(2)] == [303, 303]
    assert (Signature.objects.count(), LedgerEntry.objects.count()) == (1, 1)


def test_concluding_needs_the_tick(clerk: Client, member: Membership) -> None:
    deal = signed_deal(membership=member)
    answer = clerk.post(url("conclude", deal), {"key": str(uuid4())})
    assert answer.status_code == 422
    assert fresh(deal).state == DealState.SIGNED


def test_the_paper_is_made_when_it_is_first_asked_for(clerk: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    assert not ContractPdf.objects.exists()  # the test's transaction never commits
    assert clerk.get(url("contract-pdf", deal, 1)).status_code == 200
    assert clerk.get(url("contract-pdf", deal, 1)).status_code == 200
    assert ContractPdf.objects.count() == 1


def test_a_damaged_paper_is_not_handed_out(clerk: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    contract = newest_contract(deal)
    assert contract is not None
    private_storage().delete(store_pdf(contract.pk).name)
    answer = clerk.get(url("contract-pdf", deal, 1))
    assert answer.status_code == 500
    assert "オーナーに知らせて" in answer.content.decode()


def test_there_is_no_paper_before_the_conclusion(clerk: Client, member: Membership) -> None:
    deal = signed_deal(membership=member)
    assert clerk.get(url("contract-pdf", deal, 1)).status_code == 404
    assert clerk.get(url("contract-pdf", deal, 2)).status_code == 404


@pytest.mark.parametrize("name", ["prepare", "sign", "conclude"])
@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AUDITOR])
def test_who_may_not_take_deals_may_not_post(client: Client, name: str, role: Role) -> None:
    watcher = make_membership(role=role)
    deal = accepted_deal(membership=make_membership(store=watcher.store))
    login_as(client, membership=watcher)
    assert client.post(url(name, deal), {}).status_code == 403
    page = client.get(url("contract", deal))
    assert page.status_code == 200
    assert 'id="prepare"' not in page.content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_asks_the_database_at_most_twelve_times(
    client: Client, member: Membership, language: str, django_assert_max_num_queries: object
) -> None:
    login_as(client, membership=member)
    accepted = accepted_deal(membership=member)
    prepared(accepted)
    deals = [accepted, signed_deal(membership=member), concluded_deal(membership=member)]
    for deal in deals:
        for name in ("contract", "payout"):
            with translation.override(language):
                address = url(name, deal)
            with django_assert_max_num_queries(12):  # type: ignore[operator]  # a context manager
                assert client.get(address).status_code == 200


def test_another_stores_contract_does_not_exist(client: Client) -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    stranger = make_membership(store=make_store(), role=Role.MANAGER)
    login_as(client, membership=stranger)
    own = accepted_deal(membership=stranger)
    prepared(own)
    for name in ("contract", "payout"):
        assert client.get(url(name, deal)).status_code == 404
    for name in ("prepare", "sign", "conclude"):
        assert client.post(url(name, deal), signing(contract)).status_code == 404
    assert client.post(url("sign", own), signing(contract)).status_code == 404
    assert User.objects.count() >= 2
