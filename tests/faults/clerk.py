"""A member of staff at the counter of a running shop: real HTTP, no JavaScript, nothing assumed.

Forms are read off the page as a browser would send them, hidden fields included, so that a test
can only do what a person can.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests
from selectolax.lexbor import LexborHTMLParser, LexborNode

from carriers.networks.registry import NETWORKS

PATIENCE_S = 30.0
"""Longer than any page may take; a page that takes this long fails the test."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One network's field on the check page."""

    network: str
    symbol: str
    word: str
    detail: str
    by_hand: str
    """Where the button “Answer by hand” leads; empty where there is none."""


class Page:
    """One answer of the shop."""

    def __init__(self, response: requests.Response, seconds: float) -> None:
        self.status = response.status_code
        self.url = response.url
        self.location = response.headers.get("Location", "")
        self.seconds = seconds
        self.html = response.text
        self.tree = LexborHTMLParser(response.text or "<html></html>")

    @property
    def text(self) -> str:
        """What stands on the page, in one line."""
        body = self.tree.body
        return " ".join(body.text(separator=" ").split()) if body else ""

    @property
    def cells(self) -> dict[str, Cell]:
        """The networks' fields of a device with one IMEI."""
        found = self.tree.css(".marks .mark")
        return {
            network: _cell(network, node) for network, node in zip(NETWORKS, found, strict=False)
        }

    @property
    def verdict(self) -> str:
        """The verdict shown: `white`, `unresolved` …"""
        node = self.tree.css_first(".verdict")
        names = (node.attributes.get("class") or "").split() if node else []
        return next((name[2:] for name in names if name.startswith("m-")), "")

    def form(self, action: str) -> dict[str, str]:
        """Return the filled-in fields of the form that leads to `action` (its end is enough)."""
        for form in self.tree.css("form"):
            target = form.attributes.get("action") or self.url
            if target.endswith(action):
                return _fields(form)
        raise AssertionError(f"no form leads to {action}; the page says: {self.text[:600]}")


class Clerk:
    """A browser session of one person."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy may stand between

    def twin(self) -> "Clerk":
        """Return the same person in the same session, able to send at the same moment."""
        other = Clerk(self.base)
        other.session.cookies.update(self.session.cookies)
        return other

    def get(self, path: str) -> Page:
        """Open a page, following redirects."""
        return self._ask("GET", path, None)

    def send(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form and return the first answer, redirects not followed."""
        return self._ask("POST", path, fields)

    def submit(self, page: Page, action: str, **values: str) -> Page:
        """Fill in the page's form that leads to `action` and send it."""
        return self.send(action, {**page.form(action), **values})

    def log_in(self, username: str, password: str) -> Page:
        """Sign in through the log-in page and return the answer to it."""
        door = self.get("/accounts/login/")
        return self.submit(door, "/accounts/login/", login=username, password=password)

    def take_in(self, imei: str) -> Page:
        """Take in one phone and return the answer with its time; the carriers are asked by it."""
        return self.submit(self.get("/counter/deals/new/"), "/counter/deals/new/", imei=imei)

    def ask_about(self, imei: str) -> str:
        """Take in one phone and return the new deal's path, such as `/counter/deals/S…/`."""
        answer = self.take_in(imei)
        assert answer.status == 303, answer.text
        return path_of_deal(answer)

    def check_page(self, deal: str, language: str = "ja") -> Page:
        """Open the check page of a deal."""
        prefix = "" if language == "ja" else f"/{language}"
        page = self.get(f"{prefix}{deal}check/")
        assert page.status == 200, page.text
        return page

    def take_by_hand(self, deal: str, network: str) -> None:
        """Press “Answer by hand” in the network's field."""
        page = self.check_page(deal)
        action = page.cells[network].by_hand
        assert action, f"{network} cannot be answered by hand: {page.cells[network]}"
        answer = self.submit(page, action)
        assert answer.status == 303, answer.text

    def press(self, deal: str, lookup_id: int, mark: str) -> None:
        """Press a sign for a question that was put to a person."""
        action = f"{deal}lookups/{lookup_id}/answer/"
        answer = self.submit(self.check_page(deal), action, mark=mark)
        assert answer.status == 303, answer.text

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None) -> Page:
        started = time.monotonic()
        response = self.session.request(
            method,
            path if path.startswith("http") else self.base + path,
            data=fields,
            timeout=PATIENCE_S,
            allow_redirects=method == "GET",
        )
        return Page(response, time.monotonic() - started)


class Watch:
    """Looks at a check page all the time and notes what each network's field shows."""

    def __init__(self, clerk: Clerk, deal: str, every: float = 0.25) -> None:
        self.shown: dict[str, list[str]] = {network: [] for network in NETWORKS}
        self.verdicts: list[str] = []
        self._clerk, self._deal, self._every = clerk, deal, every
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._errors, self._errors

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._look()
                self._stop.wait(self._every)
        except (AssertionError, requests.RequestException) as error:
            self._errors.append(error)

    def _look(self) -> None:
        page = self._clerk.check_page(self._deal)
        _note(self.verdicts, page.verdict)
        for network, cell in page.cells.items():
            _note(self.shown[network], cell.symbol)


def path_of_deal(answer: Page) -> str:
    """Return the path of the deal to which an answer leads."""
    return "/".join(answer.location.split("/")[:4]) + "/"


def _note(seen: list[str], value: str) -> None:
    if not seen or seen[-1] != value:
        seen.append(value)


def _cell(network: str, node: LexborNode) -> Cell:
    form = node.css_first("form")
    return Cell(
        network=network,
        symbol=_text(node, ".sym"),
        word=_text(node, ".word"),
        detail=" ".join(
            small.text(strip=True) for small in node.css("small") if not small.css("a")
        ),
        by_hand=(form.attributes.get("action") or "") if form else "",
    )


def _text(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return found.text(strip=True) if found else ""


def _fields(form: LexborNode) -> dict[str, str]:
    fields: dict[str, str] = {}
    for node in form.css("input, select, textarea"):
        name, kind = node.attributes.get("name"), node.attributes.get("type") or "text"
        if not name or kind in {"submit", "button", "file"}:
            continue
        if kind in {"radio", "checkbox"} and "checked" not in node.attributes:
            continue
        chosen = node.css_first("option[selected]")
        source = chosen or node
        fields[name] = source.attributes.get("value") or ""
    return fields
