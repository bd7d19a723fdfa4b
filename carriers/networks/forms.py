"""Finding the IMEI form on a network's first page and filling it in, as a browser would.

Takes hidden fields and the submit button as found, so that session tokens travel along. Fills the
IMEI only; it ticks no box, chooses no option and leaves the form's own site never.
"""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from carriers.imei import Imei
from carriers.networks.answer import Reason
from carriers.networks.base import NotRead, Request, Response, check_response, same_origin
from carriers.networks.reading import Page, read_page

MAX_FIELDS = 60
SENT_TYPES = frozenset({"", "text", "tel", "number", "search", "hidden"})
SUBMIT_TYPES = frozenset({"submit"})
IGNORED_TYPES = frozenset({"button", "reset"})


@dataclass(frozen=True, slots=True)
class ImeiForm:
    """Which form is meant: its IMEI field, and how its action's path ends (any when empty)."""

    field: str
    action_ends: str = ""


def open_page(response: Response, base_url: str, *, codec: str | None = None) -> Page:
    """Return the page of a response from this site; raise `NotRead` otherwise."""
    check_response(response, base_url)
    return read_page(response.body, content_type=response.content_type, codec=codec)


def fill_form(
    page: Page, response: Response, base_url: str, wanted: ImeiForm, imei: Imei
) -> Request:
    """Return the POST that the wanted form of this page would send with `imei` in it.

    Raises `NotRead` when the form is missing or there twice, asks for more than an IMEI, does not
    POST, or would send the IMEI to another origin.
    """
    forms = [form for form in page.tree.css("form") if _has_field(form, wanted.field)]
    if len(forms) != 1:
        raise NotRead(Reason.FORM)
    form = forms[0]
    attributes = form.attributes
    base = page.tree.css_first("base[href]")
    root = urljoin(response.url, base.attributes.get("href") or "") if base else response.url
    try:
        url = urljoin(root, attributes.get("action") or response.url)
        path = urlsplit(url).path
    except ValueError:
        raise NotRead(Reason.FORM) from None
    if (attributes.get("method") or "get").lower() != "post":
        raise NotRead(Reason.FORM)
    if not path.endswith(wanted.action_ends):
        raise NotRead(Reason.FORM)
    if not same_origin(url, base_url):
        raise NotRead(Reason.ORIGIN)
    return Request(
        "POST", url, _fields(form, wanted.field, imei), (("Referer", response.url),), page.codec
    )


def _has_field(form: LexborNode, name: str) -> bool:
    return any(field.attributes.get("name") == name for field in form.css("input"))


def _fields(form: LexborNode, imei_field: str, imei: Imei) -> tuple[tuple[str, str], ...]:
    if form.css("select, textarea"):
        raise NotRead(Reason.FORM)
    fields: list[tuple[str, str]] = []
    submits: list[tuple[str, str]] = []
    for node in form.css("input, button"):
        attributes = node.attributes
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        kind = (attributes.get("type") or ("submit" if node.tag == "button" else "")).lower()
        if kind in IGNORED_TYPES or not name or "disabled" in attributes:
            continue
        if kind in SUBMIT_TYPES:
            submits.append((name, value))
        elif kind in SENT_TYPES:
            fields.append((name, imei.digits if name == imei_field else value))
        else:
            raise NotRead(Reason.FORM)
    fields += submits[:1]
    names = [name for name, _ in fields]
    if names.count(imei_field) != 1 or len(fields) > MAX_FIELDS:
        raise NotRead(Reason.FORM)
    return tuple(fields)
