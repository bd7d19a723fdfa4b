"""A session that ends while a page is open: the whole page goes to the log-in, and comes back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.counter import Counter
from tests.stack import Stack
from tests.tabs import OpenPage

pytestmark = pytest.mark.browser


def test_the_log_in_never_appears_inside_a_panel(demo: Stack, open_page: OpenPage) -> None:
    counter = Counter(open_page(), demo, "ja")
    counter.log_in("clerk")
    page = counter.page
    page.context.clear_cookies(name="session")
    page.evaluate("htmx.ajax('GET', '/counter/board-panel/', '#board')")
    expect(page).to_have_url(f"{demo.url}/accounts/login/?next=/counter/")
    expect(page.locator("#board")).to_have_count(0)


def test_after_the_log_out_going_back_shows_nothing(demo: Stack, open_page: OpenPage) -> None:
    counter = Counter(open_page(), demo, "ja")
    counter.log_in("clerk")
    page = counter.page
    page.goto(f"{demo.url}/accounts/logout/")
    page.locator("main form button").click()
    page.wait_for_url(f"{demo.url}/")
    page.go_back()
    page.go_back()
    expect(page.locator("#board")).to_have_count(0)
