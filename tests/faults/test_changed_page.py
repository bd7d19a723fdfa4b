"""A carrier has changed its page: never taken for ○ or －, and a person goes on by hand."""

import pytest

from carriers.sandbox.script import Fault, Reply, Sign
from tests.faults.conftest import CIRCLE, Quiet

pytestmark = pytest.mark.faults


def test_a_changed_page_is_no_answer_and_a_person_gives_it(quiet: Quiet) -> None:
    shop, clerk = quiet.shop, quiet.clerk
    imei = shop.phone(docomo=CIRCLE, kddi=Reply(Sign.CIRCLE, Fault.CHANGED))
    deal = clerk.ask_about(imei)
    shop.wait_for(imei, seconds=10)

    lookup = shop.lookups(imei)["kddi"]
    assert (lookup["state"], lookup["mark"], lookup["failure"]) == ("failed", "", "unreadable")
    assert lookup["tries"] == 1  # the same page would come again
    page = clerk.check_page(deal)
    assert page.verdict == "unresolved"
    assert page.cells["kddi"].symbol == "!"
    assert "ページを読み取れませんでした" in page.cells["kddi"].detail
    assert "not understood" in clerk.check_page(deal, "en").cells["kddi"].detail

    clerk.take_by_hand(deal, "kddi")
    assert clerk.check_page(deal).verdict == "unresolved"
    by_hand = shop.lookups(imei)["kddi"]
    assert by_hand["id"] != lookup["id"]  # what the machine saw stays as evidence
    clerk.press(deal, by_hand["id"], "clear")
    assert clerk.check_page(deal).verdict == "white"
    shop.must_be_sound(imei)


def test_whatever_else_a_page_may_be_it_is_never_a_mark(quiet: Quiet) -> None:
    shop, clerk = quiet.shop, quiet.clerk
    faults = {
        "docomo": Fault.OTHER_IMEI,
        "kddi": Fault.MAINTENANCE,
        "softbank": Fault.CUT,
        "rakuten": Fault.GARBAGE,
        "mineo": Fault.CHANGED,
    }
    planned = {network: Reply(Sign.CIRCLE, fault) for network, fault in faults.items()}
    imei = shop.phone(**planned)
    deal = clerk.ask_about(imei)
    shop.wait_for(imei, seconds=10)

    found = shop.lookups(imei)
    assert {name: row["failure"] for name, row in found.items()} == dict.fromkeys(
        faults, "unreadable"
    )
    page = clerk.check_page(deal)
    assert page.verdict == "unresolved"
    assert {cell.symbol for cell in page.cells.values()} == {"!"}
    assert all(cell.by_hand for cell in page.cells.values())
    shop.must_be_sound(imei)
