"""What a member of staff does at the counter, in a real browser: one method per step of a deal.

Finds things by their form, name and role, so that the same story runs in every language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from tests.stack import Stack

GOOD = {
    "power_on": "yes",
    "exterior": "clean",
    "display": "works",
    "glass": "intact",
    "touch": "works",
    "back": "intact",
    "bent": "no",
    "camera": "works",
    "speaker_mic": "works",
    "buttons": "works",
    "biometrics": "works",
    "radio": "works",
    "wifi": "works",
    "charging": "works",
    "liquid": "no",
    "battery_swollen": "no",
    "account_lock": "off",
    "mdm": "off",
    "sim_lock": "unlocked",
    "giteki": "present",
    "erasable": "yes",
    "accessories_box": "complete",
    "altered_imei": "no",
    "suspicion": "no",
}
"""A clean phone that works; the battery is typed."""


@dataclass
class Counter:
    """One tab of a person who works at the counter."""

    page: Page
    stack: Stack
    language: str
    shots: Path | None = None
    code: str = ""
    looked_at: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a page in this tab's language."""
        return f"{self.stack.url}{'' if self.language == 'ja' else '/en'}{path}"

    def stage(self, name: str) -> None:
        """Open a stage of the deal."""
        self.page.goto(self.url(f"/counter/deals/{self.code}/{name}/"))

    def look(self, name: str) -> None:
        """Check that the page fits the screen, and keep a picture of it."""
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(overflow) <= 0, f"{name} is wider than the screen"
        self.looked_at.append(name)
        if self.shots is not None:
            width = (self.page.viewport_size or {"width": 0})["width"]
            target = self.shots / f"{name}-{self.language}-{width}.png"
            self.page.screenshot(path=str(target), full_page=True)

    def log_in(self, name: str) -> None:
        """Sign in as one of the demo's people."""
        lines = (self.stack.folder / "demo-logins.txt").read_text().splitlines()
        words = dict(line.split(None, 1) for line in lines)
        self.page.goto(self.url("/accounts/login/"))
        self.page.fill("input[name=login]", name)
        self.page.fill("input[name=password]", words[name].strip())
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/counter/")

    def open_deal(self, imei: str, *, model: str, colour: str) -> None:
        """Take in a phone, with the IMEI as it is typed."""
        self.page.goto(self.url("/counter/deals/new/"))
        self.page.fill("input[name=imei]", imei)
        self.page.select_option("select[name=variant]", label=model)
        self.page.fill("input[name=colour]", colour)
        self._submit(self.page.locator("form:has(input[name=imei])"))

    def is_open(self) -> None:
        """Note the code of the deal that was opened."""
        self.page.wait_for_url(re.compile(r"/counter/deals/[A-Z]-[0-9]{4}-[0-9A-Z]{4}/"))
        self.code = self.page.url.split("/deals/")[1].split("/")[0]

    def see_check(self) -> None:
        """Open the check page; the carriers were asked when the phone was taken in."""
        self.stage("check")

    def expect_verdict(self, css: str) -> None:
        """Wait until the panel, filling in by itself, shows this verdict."""
        expect(self.page.locator(f".verdict.{css}").first).to_be_visible(timeout=30_000)

    def inspect(self, answers: Mapping[str, str], *, battery: str) -> None:
        """Answer every question of the first device and save."""
        self.page.goto(self.url(f"/counter/deals/{self.code}/items/1/inspection/"))
        for question, option in answers.items():
            self.page.check(f"input[name={question}][value={option}]")
        self.page.fill("input[name=battery]", battery)
        self._send("sheet")

    def offer(self) -> None:
        """Make the offer."""
        self.stage("quote")
        self.look("quote")
        self._send("offer")

    def accept(self) -> None:
        """Let the seller say yes to the offer."""
        self.stage("quote")
        self._send("accept")

    def record_seller(self, typed: Mapping[str, str], *, reopen: bool = True) -> None:
        """Type the seller's particulars and save; on the page as it stands unless `reopen`."""
        if reopen:
            self.stage("identity")
        form = self.page.locator("form#seller-form")
        for name, value in typed.items():
            control = form.locator(f"[name={name}]")
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        self._send("seller-form")

    def verify(self, *, document: str, expires_on: str) -> None:
        """Compare a document with the seller and record it."""
        self.stage("identity")
        form = self.page.locator("form#shown-form")
        form.locator(f"[name=document][value={document}]").check()
        form.locator("[name=expires_on]").fill(expires_on)
        for name in ("name_matches", "address_matches", "birth_matches", "photo_matches"):
            form.locator(f"[name={name}]").check()
        self._send("shown-form")

    def prepare_contract(self, language: str) -> None:
        """Prepare the contract in the seller's language."""
        self.stage("contract")
        form = self.page.locator("form#prepare")
        form.locator(f"[name=language][value={language}]").check()
        self._send("prepare")

    def turn_to_seller(self) -> None:
        """Show the contract alone, as the seller reads it."""
        self.page.goto(self.url(f"/counter/deals/{self.code}/contract/?to=seller"))

    def tick_all(self) -> None:
        """Tick every statement."""
        for box in self.page.locator("form#sign input[name=statements]").all():
            box.check()

    def draw(self, points: list[tuple[int, int]]) -> None:
        """Draw on the pad with the mouse, from point to point."""
        pad = self.page.locator("canvas.signature")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        first, *rest = points
        self.page.mouse.move(box["x"] + first[0], box["y"] + first[1])
        self.page.mouse.down()
        for x, y in rest:
            self.page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
        self.page.mouse.up()

    def sign(self) -> None:
        """Send the signature."""
        self._send("sign")

    def conclude(self) -> None:
        """Say that the phone is in our hands and conclude."""
        self.stage("contract")
        form = self.page.locator("form#conclude")
        form.locator("[name=phone_in_hand]").check()
        self._send("conclude")

    def pay(self) -> None:
        """Hand over the money."""
        self.stage("payout")
        self.page.locator("form#pay [name=drawer]").first.check()
        self.look("payout")
        self._send("pay")

    def contract_pdf(self) -> bytes:
        """Return the stored contract as the browser gets it."""
        link = self.page.locator("a[href$='.pdf']").first.get_attribute("href")
        answer = self.page.request.get(f"{self.stack.url}{link}")
        assert answer.status == 200
        return answer.body()

    def download(self, link: Locator) -> Download:
        """Follow a link that downloads."""
        with self.page.expect_download() as waiting:
            link.click()
        return waiting.value

    def _submit(self, form: Locator) -> None:
        with self.page.expect_navigation():
            form.locator("button:not([type=button])").last.click()

    def _send(self, form_id: str) -> None:
        """Press the button of a form: the one in the bar at the bottom where there is one."""
        inside = f"form#{form_id} button:not([type=button])"
        with self.page.expect_navigation():
            self.page.locator(f"{inside}, button[form={form_id}]").last.click()
