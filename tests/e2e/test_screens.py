"""Every page of the demo shop, for deals in each state, in both languages and widths.

Each page must answer, fit the screen, speak one language throughout, say no code of ours aloud and
have no serious fault that axe-core can find.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from buyback.contracts.wording import TABLE as CONTRACTS
from buyback.counter.policy import Stage
from buyback.deals.policy import DealState, EventKind, ItemState
from buyback.deals.wording import TABLE as DEALS
from buyback.identity.wording import TABLE as IDENTITY
from buyback.inspection.wording import TABLE as INSPECTION
from buyback.payouts.wording import TABLE as PAYOUTS
from buyback.pricing.wording import TABLE as PRICING
from buyback.sellers.wording import TABLE as SELLERS
from carriers.checks.policy import Verdict
from carriers.checks.wording import TABLE as CHECKS
from inventory.units.policy import Channel, Disposition
from tests.cluster import Cluster
from tests.e2e.counter import Counter
from tests.stack import Stack
from tests.tabs import HEIGHTS, OpenPage

pytestmark = pytest.mark.browser

JAPANESE = re.compile(r"[぀-ヿ㐀-鿿々]+")
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}\b")
"""Three words in a row are a sentence, not a model's name."""

TABLES = (CHECKS, CONTRACTS, DEALS, IDENTITY, INSPECTION, PAYOUTS, PRICING, SELLERS)
ENUMS = (Channel, DealState, Disposition, EventKind, ItemState, Verdict)
CODES = [str(code) for codes in (*TABLES, *ENUMS) for code in codes]
CODE = re.compile(rf"\b(?:{'|'.join(code for code in CODES if re.search('[-_]', code))})\b")
"""The codes that no person should read, as far as they cannot be taken for a word."""

SAID_IN_JAPANESE = ("日本語", "見本", "第", "号")
"""The other language's name, marks and the form of a permit number: on English pages too."""

AS_TYPED = """
SELECT concat_ws(' ', family_name, given_name, family_kana, given_kana, address, workplace)
  FROM buyback_seller
UNION SELECT colour FROM buyback_item
UNION SELECT concat_ws(' ', name_ja, address, prefecture, manager_name) FROM shop_store
UNION SELECT concat_ws(' ', name, commission, permit_number) FROM shop_company
UNION SELECT concat_ws(' ', last_name, first_name) FROM auth_user
UNION SELECT name FROM shop_drawer
UNION SELECT reason FROM buyback_hold
UNION SELECT details::text FROM buyback_dealevent WHERE kind IN ('cancelled', 'hold_placed')
UNION SELECT concat_ws(' ', manner, item_kind, feature, method) FROM inventory_ledgerentry
UNION SELECT concat_ws(' ', name, address, occupation) FROM inventory_ledgerparty
"""
"""What people typed, and what the ledger wrote down in the language of the law."""

FIRST_LOOKUP = """
SELECT min(a.lookup_id) FROM carriers_checkanswer a
  JOIN buyback_item i ON i.check_asked_id = a.check_asked_id WHERE i.deal_id = %s
"""
WORDS = """() => {
  const said = [], own = document.documentElement.lang;
  const walk = document.createTreeWalker(document.body, 1 | 4);  // elements and text
  for (let node = walk.currentNode; node; node = walk.nextNode()) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (element.closest("script, style, pre, noscript, option")) continue;
    if (element.closest("[lang]").lang !== own) continue;
    if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
    else for (const name of ["aria-label", "placeholder", "title", "alt"])
      if (node.hasAttribute(name)) said.push(node.getAttribute(name));
  }
  return said.map((text) => text.trim()).filter(Boolean);
}"""
PARTS = """() => [...document.body.querySelectorAll("*")].map(
  (one) => [one.tagName, one.type || "", ...one.classList].join("."))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = Axe()
BAD = frozenset({"serious", "critical"})


@pytest.fixture(scope="module")
def lived_in(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo shop after eight sellers have walked in."""
    with Stack(tmp_path_factory.mktemp("lived-in"), cluster) as running:
        running.manage("seed_demo", "--history")
        yield running


def deal_pages(stack: Stack) -> Iterator[str]:
    """Every page of the newest deal in each state."""
    deals = stack.rows(
        "SELECT DISTINCT ON (state) code, id FROM buyback_deal ORDER BY state, id DESC"
    )
    assert len(deals) >= 6
    for code, pk in deals:
        base = f"/counter/deals/{code}/"
        yield from (f"{base}{stage.value}/" for stage in Stage)
        yield from (f"{base}history/", f"{base}quote/?to=seller")
        yield from (f"{base}intake/?another=1", f"{base}items/1/")
        found = stack.rows(FIRST_LOOKUP, pk)
        if found[0][0] is not None:
            yield f"{base}lookups/{found[0][0]}/"


def contracts(stack: Stack) -> Iterator[tuple[str, str]]:
    """Every contract as the seller reads it, with the language it is written in."""
    found = (
        "SELECT d.code, c.language FROM buyback_contract c JOIN buyback_deal d ON d.id = c.deal_id"
    )
    for code, language in stack.rows(found):
        yield f"/counter/deals/{code}/contract/?to=seller", language


def staff_pages(stack: Stack) -> Iterator[str]:
    """Every page behind the log-in."""
    yield from ("/counter/", "/counter/deals/new/", "/stock/", "/stock/ledger/")
    yield from ("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/")
    unit = stack.rows("SELECT code FROM inventory_unit LIMIT 1")[0][0]
    yield f"/stock/units/{unit}/"
    yield from (f"/manage/{page}" for page in MANAGE)
    member = stack.rows("SELECT min(id) FROM shop_membership WHERE role = 'staff'")[0][0]
    yield f"/manage/people/{member}/"
    yield from deal_pages(stack)


MANAGE = ("", "settings/", "networks/", "texts/", "prices/", "people/")
DOORS = ("/", "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/")


@dataclass
class Looker:
    """Looks at page after page in one tab and notes what is wrong."""

    page: Page
    allowed: str
    """All Japanese that may stand on an English page, in one piece."""
    found: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def look(self, url: str, language: str) -> None:
        """Open a page and note its faults; see it at both widths."""
        answer = self.page.goto(url)
        faults = [*self._basics(answer, language), *self._words(language), *self._fit(language)]
        self.found += [f"{url}: {fault}" for fault in (*faults, *self._access())]

    def _basics(self, answer: Response | None, language: str) -> Iterator[str]:
        if answer is None or answer.status != 200:
            yield f"answers {answer.status if answer else 'nothing'}"
        if self.page.locator("html").get_attribute("lang") != language:
            yield "says another language in <html lang>"

    def _words(self, language: str) -> Iterator[str]:
        for text in self.page.evaluate(WORDS):
            yield from (f"says the code {code}" for code in CODE.findall(text))
            if language == "en":
                runs = {run for run in JAPANESE.findall(text) if run not in self.allowed}
                yield from (f"Japanese: {run} in {text[:60]}" for run in runs)
            elif not JAPANESE.search(text) and ENGLISH.search(text):
                yield f"English: {text[:60]}"

    def _fit(self, language: str) -> Iterator[str]:
        """See it at both widths; Japanese pages stay narrow for axe-core, English ones wide."""
        for width in sorted(HEIGHTS, reverse=language == "ja"):
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            if self.page.evaluate(OVERFLOW) > 0:
                yield f"is wider than {width} px"

    def _access(self) -> Iterator[str]:
        """Ask axe-core, unless the page is made only of parts that were seen before."""
        parts = set(self.page.evaluate(PARTS))
        if parts <= self.known:
            return
        self.known |= parts
        for fault in AXE.run(self.page)["violations"]:
            if fault["impact"] in BAD:
                yield f"{fault['id']}: {fault['nodes'][0]['html'][:120]}"


@pytest.mark.timeout(300)  # some ninety pages; half a second each on an idle machine
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_fit_to_be_seen(lived_in: Stack, open_page: OpenPage, language: str) -> None:
    counter = Counter(open_page(language=language), lived_in, language)
    typed = [row[0] for row in lived_in.rows(AS_TYPED)]
    looker = Looker(counter.page, " ".join([*SAID_IN_JAPANESE, *typed]))
    for path in DOORS:
        looker.look(counter.url(path), language)
    counter.log_in("manager")
    for path in staff_pages(lived_in):
        looker.look(counter.url(path), language)
    for path, written_in in contracts(lived_in):
        looker.look(counter.url(path), written_in)
    assert not looker.found, "\n".join(dict.fromkeys(looker.found))
