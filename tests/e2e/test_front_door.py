"""The door of the running shop: log-in in both languages and widths, under the strict CSP."""

import pytest
from playwright.sync_api import expect

from tests.stack import Stack
from tests.tabs import OpenPage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 390)])
def test_the_log_in_page_speaks_the_readers_language(
    shared_stack: Stack, open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page(language=language, width=width)
    prefix = "" if language == "ja" else "/en"
    answer = page.goto(f"{shared_stack.url}{prefix}/accounts/login/")
    assert answer is not None
    assert answer.status == 200
    assert "'unsafe-" not in answer.headers["content-security-policy"]
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("input[type=password]")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0


def test_nobody_signs_up_and_closed_pages_ask_who_it_is(
    shared_stack: Stack, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{shared_stack.url}/accounts/signup/")
    expect(page.locator("input[name=password1]")).to_have_count(0)
    page.goto(f"{shared_stack.url}/counter/")
    expect(page).to_have_url(f"{shared_stack.url}/accounts/login/?next=/counter/")
