"""The shop's main job in a real browser, from a typed IMEI to a paid deal, mistakes included.

Japanese at 1280 px and English at 390 px. The carriers are stand-in sites over real HTTP.
"""

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from carriers.sandbox.script import DEMO_IMEIS, Road, twin_of
from tests.e2e.counter import GOOD, Counter
from tests.stack import Stack
from tests.tabs import OpenPage

pytestmark = pytest.mark.browser

SELLER = {
    "family_name": "𠮷田",
    "given_name": "花子",
    "family_kana": "よしだ",
    "given_kana": "ﾊﾅｺ",
    "birth_on": "1990-04-01",
    "phone": "０９０-1234-5678",
    "postal_code": "〒150-0043",
    "address": "東京都渋谷区道玄坂4-5-6",
    "occupation": "employee",
    "workplace": "渋谷商事",
}
NAME = [(30, 60), (60, 30), (90, 70), (120, 30), (150, 70), (180, 40), (210, 60)]


def phone(road: Road, number: int) -> str:
    demo = next(one for one in DEMO_IMEIS if one.road is road)
    return twin_of(demo.imei1, number).digits


def full_width(text: str) -> str:
    return text.translate({ord(a): chr(ord(a) + 0xFEE0) for a in "0123456789"})


@pytest.mark.parametrize(("language", "width", "number"), [("ja", 1280, 61), ("en", 390, 62)])
def test_a_phone_is_bought(
    demo: Stack,
    open_page: OpenPage,
    shots: Path | None,
    language: str,
    width: int,
    number: int,
) -> None:
    counter = Counter(open_page(language=language, width=width), demo, language, shots)
    page = counter.page
    counter.log_in("manager")
    counter.look("board")
    imei = phone(Road.CLEAR, number)

    # A wrong check digit is refused beside the field, and nothing that was typed is lost.
    wrong = imei[:-1] + str((int(imei[-1]) + 1) % 10)
    counter.open_deal(wrong, model="iPhone 14 128GB", colour="ミッドナイト")
    expect(page.locator("#id_imei_error .error")).to_be_visible()
    expect(page.locator("input[name=colour]")).to_have_value("ミッドナイト")
    counter.look("wrong-imei")

    # Full-width digits from a Japanese keyboard are the same number.
    counter.open_deal(full_width(imei), model="iPhone 14 128GB", colour="ミッドナイト")
    counter.is_open()
    counter.look("intake")

    # All carriers at once; the panel fills in by itself and reads the same without JavaScript.
    counter.see_check()
    counter.expect_verdict("m-white")
    counter.look("check")
    expect(page.locator(".mark.m-clear")).to_have_count(1)
    expect(page.locator(".mark.m-unlisted")).to_have_count(4)

    counter.inspect(GOOD, battery="９３")
    counter.look("inspection")
    counter.offer()
    counter.look("offer")
    counter.accept()
    counter.look("accepted")

    counter.record_seller({**SELLER, "given_kana": "花子"})
    expect(page.locator("#id_given_kana_error .error")).to_be_visible()
    counter.look("wrong-kana")
    counter.record_seller(SELLER)
    counter.verify(document="driving_licence", expires_on="2020-01-01")
    expect(page.locator("#id_expires_on_error .error")).to_be_visible()
    counter.look("expired-licence")
    counter.verify(document="driving_licence", expires_on="2031-01-01")
    counter.look("identity")

    counter.prepare_contract(language)
    counter.look("contract")
    counter.turn_to_seller()
    counter.look("contract-for-seller")
    counter.tick_all()
    counter.draw([(30, 60), (31, 60)])
    counter.sign()
    expect(page.locator(".error").first).to_be_visible()
    counter.look("a-dot-is-no-signature")
    counter.tick_all()
    counter.draw(NAME)
    counter.sign()
    counter.look("signed")
    counter.conclude()
    counter.look("concluded")
    counter.pay()
    counter.look("paid")

    paper = PdfReader(io.BytesIO(counter.contract_pdf()))
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert "𠮷田" in text
    assert counter.code in text

    rows = demo.rows(
        "SELECT u.code, u.state, u.cost_yen, e.price_yen, p.name FROM inventory_unit u"
        " JOIN inventory_ledgerentry e ON e.unit_code = u.code"
        " JOIN inventory_ledgerparty p ON p.entry_id = e.id WHERE u.imei1 = %s",
        imei,
    )
    assert len(rows) == 1
    unit, state, cost, price, name = rows[0]
    assert (state, cost, name) == ("quarantine", price, "𠮷田 花子")

    page.goto(counter.url(f"/stock/{unit}/"))
    counter.look("unit")
    page.goto(counter.url("/stock/ledger/"))
    expect(page.get_by_text("𠮷田 花子")).to_have_count(1 if number == 61 else 2)
    counter.look("ledger")
    assert "unbroken" in demo.manage("verify_ledger")

    # The same phone at the door again: said at once, with the unit.
    counter.open_deal(imei, model="iPhone 14 128GB", colour="")
    expect(page.locator("#id_imei_error .error")).to_contain_text(unit)
    counter.look("bought-already")


def test_the_check_reads_the_same_without_javascript(demo: Stack, open_page: OpenPage) -> None:
    counter = Counter(open_page(script=False), demo, "ja")
    counter.log_in("clerk")
    counter.open_deal(phone(Road.AT_RISK, 63), model="iPhone 13 128GB", colour="スターライト")
    counter.is_open()
    counter.see_check()

    def answered() -> bool:
        counter.page.reload()
        return counter.page.locator(".verdict.m-at_risk").count() > 0

    demo.until(answered, seconds=20, what="the answers after a reload")
    expect(counter.page.locator(".mark.m-at_risk")).to_have_count(1)


def test_a_changed_page_is_never_a_mark_and_a_person_can_answer(
    demo: Stack, open_page: OpenPage, shots: Path | None
) -> None:
    counter = Counter(open_page(language="en", width=390), demo, "en", shots)
    counter.log_in("clerk")
    counter.open_deal(phone(Road.CHANGED, 64), model="iPhone 13 128GB", colour="Starlight")
    counter.is_open()
    counter.see_check()
    by_hand = counter.page.locator("form[action$='/by-hand/'] button").first
    expect(by_hand).to_be_visible(timeout=30_000)
    counter.expect_verdict("m-unresolved")
    counter.look("changed-page")
    by_hand.click()
    answer = counter.page.locator("form[action$='/answer/']").first
    expect(answer).to_be_visible()
    counter.look("by-hand")
    answer.locator("button[value=clear]").click()
    counter.expect_verdict("m-white")


def test_a_second_tab_with_a_stale_page_shows_both_values(demo: Stack, open_page: OpenPage) -> None:
    counter = Counter(open_page(), demo, "ja")
    counter.log_in("clerk")
    counter.open_deal(phone(Road.CLEAR, 65), model="iPhone 14 128GB", colour="黒")
    counter.is_open()
    counter.stage("identity")
    other = counter.page.context.new_page()
    other.goto(counter.page.url)
    second = Counter(other, demo, "ja", code=counter.code)
    counter.record_seller(SELLER)
    with other.expect_response("**/seller/") as waiting:
        second.record_seller({**SELLER, "address": "大阪府大阪市北区梅田1-1"}, reopen=False)
    assert waiting.value.status == 409
    expect(other.get_by_text("東京都渋谷区道玄坂4-5-6").first).to_be_visible()
    expect(other.locator("form#seller-form [name=address]")).to_have_value(
        "大阪府大阪市北区梅田1-1"
    )
    second.look("stale")


def test_another_stores_deal_and_a_person_without_rights(demo: Stack, open_page: OpenPage) -> None:
    counter = Counter(open_page(), demo, "ja")
    counter.log_in("clerk")
    counter.open_deal(phone(Road.CLEAR, 66), model="iPhone 14 128GB", colour="黒")
    counter.is_open()
    stranger = Counter(open_page(), demo, "ja", code=counter.code)
    stranger.log_in("umeda")
    found = stranger.page.goto(stranger.url(f"/counter/deals/{counter.code}/intake/"))
    assert found is not None
    assert found.status == 404
    auditor = Counter(open_page(), demo, "ja", code=counter.code)
    auditor.log_in("auditor")
    refused = auditor.page.goto(auditor.url("/counter/deals/new/"))
    assert refused is not None
    assert refused.status == 403


def test_every_demo_imei_stands_on_the_first_page(demo: Stack, open_page: OpenPage) -> None:
    page = open_page(language="en", width=390)
    page.goto(f"{demo.url}/en/")
    text = page.locator("body").inner_text()
    for one in DEMO_IMEIS:
        assert one.imei1.digits in text
