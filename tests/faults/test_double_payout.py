"""A payout confirmed twice at the same moment, on the real server: the money leaves once."""

from collections.abc import Mapping
from typing import cast
from uuid import uuid4

import pytest

from tests.faults.clerk import Clerk, Page
from tests.faults.conftest import Quiet
from tests.faults.shop import Shop
from tests.together import together

pytestmark = pytest.mark.faults

SELLER = ("山田", "花子", "道玄坂4-5-6", "09012345678")
"""Of `tests.factories.make_seller`: nothing of it may be said in a log."""

BRING_TO_THE_TILL = """
from shop.people.models import Membership
from tests.buyback.contracted import concluded_deal
member = Membership.objects.get(user__username="manager", store__letter="S")
print(*[concluded_deal(membership=member).code for _ in range(3)])
"""
"""Not by HTTP: the way there is told elsewhere, only the till is taken apart here."""


@pytest.fixture(scope="module")
def tills(quiet: Quiet) -> list[str]:
    """The payout pages of three deals that only wait for their money."""
    said = quiet.shop.stack.manage("shell", "--verbosity=0", "-c", BRING_TO_THE_TILL)
    return [f"/counter/deals/{code}/payout/" for code in said.split()[-3:]]


def _pay_at_once(till: str, *forms: tuple[Clerk, Mapping[str, str]]) -> list[Page]:
    def press(clerk: Clerk, fields: Mapping[str, str]) -> Page:
        return clerk.send(till, fields)

    acts = [lambda clerk=clerk, fields=fields: press(clerk, fields) for clerk, fields in forms]
    results = together(*acts)
    for result in results:
        assert isinstance(result, Page), result
    return cast("list[Page]", results)


def _filled_in(clerk: Clerk, till: str) -> dict[str, str]:
    page = clerk.get(till)
    drawer = page.tree.css_first("form#pay input[name=drawer]")
    assert drawer is not None, page.text
    return {**page.form(till), "drawer": drawer.attributes["value"] or ""}


def _must_be_paid_once(shop: Shop, clerk: Clerk, till: str) -> None:
    code = till.split("/")[3]
    amounts = shop.stack.rows(
        "SELECT p.amount_yen, c.total_yen, d.state FROM buyback_payout p"
        " JOIN buyback_conclusion c ON c.id = p.conclusion_id"
        " JOIN buyback_contract k ON k.id = c.contract_id"
        " JOIN buyback_deal d ON d.id = k.deal_id WHERE d.code = %s",
        code,
    )
    assert len(amounts) == 1
    paid, owed, state = amounts[0]
    assert (paid, state) == (owed, "paid")
    events = shop.stack.rows(
        "SELECT count(*) FROM buyback_dealevent e JOIN buyback_deal d ON d.id = e.deal_id"
        " WHERE d.code = %s AND e.kind = 'paid'",
        code,
    )
    assert events == [(1,)]
    assert f"{paid:,}" in clerk.get(till).text
    shop.must_be_sound()
    said = shop.log()
    assert not [word for word in SELLER if word in said]


def test_a_double_click_pays_once_and_both_see_it_paid(quiet: Quiet, tills: list[str]) -> None:
    shop, clerk, till = quiet.shop, quiet.clerk, tills[0]
    form = _filled_in(clerk, till)
    answers = _pay_at_once(till, (clerk, form), (clerk.twin(), form))
    assert [answer.status for answer in answers] == [303, 303]
    _must_be_paid_once(shop, clerk, till)


@pytest.mark.parametrize(("other", "number"), [("manager", 1), ("cashier", 2)])
def test_two_pages_or_two_people_at_once_pay_once(
    quiet: Quiet, tills: list[str], other: str, number: int
) -> None:
    shop, clerk, till = quiet.shop, quiet.clerk, tills[number]
    second = shop.clerk(other)
    forms = [(clerk, _filled_in(clerk, till)), (second, _filled_in(second, till))]
    assert forms[0][1]["key"] != forms[1][1]["key"]
    answers = _pay_at_once(till, *forms)
    assert sorted(answer.status for answer in answers) == [303, 409]
    _must_be_paid_once(shop, clerk, till)
    refused = next(answer for answer in answers if answer.status == 409)
    assert "支払" in refused.text

    late = clerk.send(till, {**forms[0][1], "key": str(uuid4())})
    assert late.status == 409
    _must_be_paid_once(shop, clerk, till)
