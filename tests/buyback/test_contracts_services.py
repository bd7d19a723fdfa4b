"""A contract is frozen, signed as shown, and concluded once: unit, ledger line and events."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from buyback.contracts.content import content_of
from buyback.contracts.ledger import feature
from buyback.contracts.models import Conclusion, Contract, ContractText, Signature
from buyback.contracts.queries import sold_items
from buyback.contracts.records import take_unit
from buyback.contracts.sample_text import BLOCKS
from buyback.contracts.services import (
    adopt_text,
    conclude,
    load_sample_text,
    prepare_contract,
    sign_contract,
)
from buyback.deals.models import DealEvent, Item
from buyback.deals.policy import DealState, EventKind, ItemState
from buyback.deals.services import place_hold
from buyback.pricing.models import Quote
from buyback.sellers.models import Seller
from carriers.checks.policy import Verdict
from inventory.ledger.models import LedgerEntry, LedgerParty
from inventory.ledger.queries import verify
from inventory.units.models import Unit
from inventory.units.policy import Channel
from tests.buyback.contracted import (
    DOT,
    PEN,
    accepted_deal,
    fresh,
    prepared,
    sign,
    signed_deal,
    take,
    ticks,
)
from tests.factories import make_seller

pytestmark = pytest.mark.django_db


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return str(refused.value.code)


# --- text --------------------------------------------------------------------------------------
def test_the_sample_text_is_loaded_once_and_says_everything_in_both_languages() -> None:
    assert load_sample_text().pk == load_sample_text().pk
    assert ContractText.objects.get().is_sample
    codes = [block["code"] for block in BLOCKS]
    assert len(codes) == len(set(codes))
    for block in BLOCKS:
        assert all(value for key, value in block.items() if key != "statement")
        assert len(block["body_ja"].splitlines()) == len(block["body_en"].splitlines())


# --- prepare -----------------------------------------------------------------------------------
def test_it_freezes_what_the_paper_says() -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    said = content_of(contract)
    assert (contract.version, contract.total_yen) == (1, 58_000)
    assert said["items"]["total"] == "58,000円"
    assert said["items"]["items"][0]["heading"] == "1. Apple iPhone 14 128GB"
    assert said["sample"]
    values = [row["value"] for row in said["seller"]["rows"]]
    assert "山田 花子" in values
    assert deal.events.filter(kind=EventKind.CONTRACT_PREPARED).count() == 1


def test_nothing_changed_is_the_same_version_and_another_language_is_the_next() -> None:
    deal = accepted_deal()
    first = prepared(deal)
    assert prepared(deal).pk == first.pk
    english = prepared(deal, language="en")
    assert (english.version, content_of(english)["items"]["total"]) == (2, "¥58,000")
    assert Contract.objects.count() == 2


def test_it_refuses_a_character_that_no_font_prints_and_names_it() -> None:
    deal = accepted_deal(seller=make_seller(given_name="花😀子"))
    with pytest.raises(ValidationError) as refused:
        prepared(deal)
    assert refused.value.code == "glyph-missing"
    assert "😀" in refused.value.messages[0]


def test_it_refuses_an_unknown_language() -> None:
    deal = accepted_deal()
    act = lambda: prepare_contract(deal_id=deal.pk, language="fr", actor=deal.opened_by)  # noqa: E731  # read at once
    assert code_of(act) == "unknown-language"


def test_outside_the_demo_a_text_must_be_adopted() -> None:
    deal = accepted_deal()
    with override_settings(DEMO=False):
        assert code_of(lambda: prepared(deal)) == "text-not-adopted"
        adopt_text(store=deal.store, text=load_sample_text(), actor=deal.opened_by)
        assert content_of(prepared(deal))["sample"] == ""


def test_a_text_adopted_after_preparing_wants_a_new_contract() -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    other = ContractText.objects.create(
        version="own-2", is_sample=False, blocks=list(BLOCKS), made_at=contract.prepared_at
    )
    adopt_text(store=deal.store, text=other, actor=deal.opened_by)
    assert code_of(lambda: sign(contract)) == "contract-changed"
    sign(prepared(deal))
    adopt_text(store=deal.store, text=load_sample_text(), actor=deal.opened_by)
    take(deal)  # what was signed keeps its text


# --- sign --------------------------------------------------------------------------------------
def test_a_signature_stands_with_its_state_and_event() -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    signature = sign(contract)
    assert fresh(deal).state == DealState.SIGNED
    assert signature.statements == ticks(contract)
    assert signature.strokes[0][0] == {"x": 40, "y": 60, "t": 0}
    assert DealEvent.objects.filter(deal=deal, kind=EventKind.SIGNED).count() == 1


@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        ("", "signature-missing"),
        ("[]", "signature-missing"),
        (DOT, "signature-too-short"),
        ("{nonsense", "signature-malformed"),
        ("[" * 100_000, "signature-malformed"),
        ("[[" + ",".join(['{"x":1,"y":1,"t":1}'] * 20_001) + "]]", "signature-too-long"),
        (
            "[" + ",".join(f'[{{"x":{n * 9},"y":1,"t":1}}]' for n in range(401)) + "]",
            "signature-too-long",
        ),
        (
            "[" + ",".join(f'[{{"x":{n * 9},"y":1,"t":1}}]' for n in range(20)) + "]",
            "signature-too-short",
        ),
    ],
)
def test_a_dot_is_no_signature(strokes: str, code: str) -> None:
    contract = prepared(accepted_deal())
    assert code_of(lambda: sign(contract, strokes=strokes)) == code
    assert not Signature.objects.exists()


def test_every_statement_has_to_be_ticked() -> None:
    contract = prepared(accepted_deal())
    for missing in ticks(contract):
        others = [code for code in ticks(contract) if code != missing]
        act = lambda given=others: sign_contract(  # noqa: E731  # read at once
            contract_id=contract.pk,
            strokes=PEN,
            statements=given,
            fingerprint=contract.fingerprint,
            actor=contract.prepared_by,
        )
        assert code_of(act) == "statements-open"


def test_only_the_newest_version_is_signed_and_only_as_shown() -> None:
    deal = accepted_deal()
    first, second = prepared(deal), prepared(deal, language="en")
    assert code_of(lambda: sign(first)) == "contract-changed"
    stale = lambda: sign_contract(  # noqa: E731  # read at once
        contract_id=second.pk,
        strokes=PEN,
        statements=ticks(second),
        fingerprint=first.fingerprint,
        actor=deal.opened_by,
    )
    assert code_of(stale) == "contract-changed"
    sign(second)
    assert code_of(lambda: sign(second)) == "not-now"
    assert code_of(lambda: prepared(deal)) == "not-now"


def test_a_version_shown_long_ago_is_not_signed_although_nothing_changed_in_the_end() -> None:
    deal = accepted_deal()
    first = prepared(deal)
    prepared(deal, language="en")
    third = prepared(deal)
    assert third.fingerprint == first.fingerprint
    assert code_of(lambda: sign(first)) == "contract-changed"
    sign(third)


# --- conclude ----------------------------------------------------------------------------------
def test_concluding_makes_the_phone_ours_in_stock_and_ledger() -> None:
    deal = signed_deal()
    made = take(deal)
    unit, entry = made.units[0], made.entries[0]
    item = Item.objects.get(deal=deal)
    assert (fresh(deal).state, item.state) == (DealState.CONCLUDED, ItemState.BOUGHT)
    assert (unit.imei1, unit.cost_yen, unit.under_restriction) == (item.imei1, 58_000, False)
    assert (entry.unit_code, entry.reference, entry.price_yen) == (unit.code, deal.code, 58_000)
    assert entry.method == "1号 運転免許証の提示"
    assert entry.feature.startswith("Apple iPhone 14 128GB / ミッドナイト / IMEI ")
    assert entry.kobutsu_special
    party = LedgerParty.objects.get(entry=entry)
    assert (party.name, party.occupation) == ("山田 花子", "会社員")
    assert verify(deal.store, today=entry.dealt_on).broken is None
    assert made.conclusion.total_yen == 58_000


def test_damage_stands_in_the_ledger_in_japanese_whatever_the_page_speaks() -> None:
    deal = accepted_deal(camera="faulty")
    sign(prepared(deal, language="en"))
    entry = take(deal).entries[0]
    assert "カメラ" in entry.feature
    assert entry.method == "1号 運転免許証の提示"


def test_a_registered_seller_ends_the_special_rule() -> None:
    seller = make_seller()
    Seller.objects.filter(pk=seller.pk).update(invoice_number="T1234567890123")
    deal = accepted_deal(seller=Seller.objects.get(pk=seller.pk))
    sign(prepared(deal))
    assert take(deal).entries[0].kobutsu_special is False


def test_a_restricted_phone_becomes_a_unit_under_restriction() -> None:
    deal = accepted_deal()
    item = sold_items(fresh(deal))[0]
    quote = Quote.objects.get(item=item)
    quote.verdict, quote.channels = Verdict.RED.value, [Channel.WIFI_ONLY.value]
    unit = take_unit(deal=deal, item=item, quote=quote, actor=deal.opened_by)
    assert unit.under_restriction
    assert unit.channels == [Channel.WIFI_ONLY]
    assert "ネットワーク利用制限あり" in feature(item, quote)


def test_it_is_not_concluded_without_the_phone_or_twice() -> None:
    deal = signed_deal()
    without = lambda: conclude(deal_id=deal.pk, actor=deal.opened_by, phone_in_hand=False)  # noqa: E731  # read at once
    assert code_of(without) == "phone-not-in-hand"
    take(deal)
    assert code_of(lambda: take(deal)) == "not-now"
    assert (Conclusion.objects.count(), Unit.objects.count()) == (1, 1)


def test_what_stock_refuses_leaves_nothing_behind() -> None:
    deal = signed_deal()
    item = Item.objects.get(deal=deal)
    other = signed_deal()
    take(other)
    Unit.objects.filter(store=other.store).update(imei1=item.imei1)
    assert code_of(lambda: take(deal)) == "imei-in-hand"
    assert fresh(deal).state == DealState.SIGNED
    assert LedgerEntry.objects.filter(reference=deal.code).count() == 0


def test_a_hold_stops_signing_and_concluding() -> None:
    deal = accepted_deal()
    contract = prepared(deal)
    place_hold(deal_id=deal.pk, reason="品触れの確認", actor=deal.opened_by)
    assert code_of(lambda: sign(contract)) == "sign-on-hold"
