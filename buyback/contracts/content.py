"""What a contract says: every value and sentence of the paper, in its language, frozen.

Built once when a contract is prepared and stored with it; the page, the PDF and any later reading
show these words, whatever tables and translations say by then. Only seller-facing sentences go in.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypedDict, cast

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from buyback.contracts.models import Contract, ContractText
from buyback.contracts.sample_text import Block
from buyback.deals.models import Deal, Item
from buyback.identity.models import IdentityRecord
from buyback.identity.policy import age_on
from buyback.identity.wording import document_name
from buyback.inspection.wording import GRADES
from buyback.pricing.models import Quote
from buyback.pricing.policy import Line, LineCode
from buyback.pricing.queries import Offer
from buyback.pricing.wording import line_label
from buyback.sellers.models import Seller
from buyback.sellers.occupations import occupation_label
from carriers.checks.policy import Verdict
from carriers.checks.wording import TITLES
from carriers.imei import Imei
from inventory.units.policy import Grade
from shop.formats import yen
from shop.paper.documents import Clauses, ContractItem, Items, Lang, PriceLine, Row, Section
from shop.people.models import Store
from shop.wording import Audience


class StatementText(TypedDict):
    """One statement the seller ticks: its code, a short title and the sentence."""

    code: str
    title: str
    text: str


class StatementTexts(TypedDict):
    """All statements under their title."""

    title: str
    items: list[StatementText]


class SignatureTexts(TypedDict):
    """The words around the signature."""

    title: str
    text: str
    alt: str
    signed_at: str
    witness: str


class Content(TypedDict):
    """The whole paper but the signature itself. `sample` is the mark across it, empty if none."""

    lang: Lang
    title: str
    sample: str
    intro: str
    meta: list[Row]
    company: Section
    seller: Section
    items: Items
    identity: Section
    statements: StatementTexts
    clauses: Clauses
    signature: SignatureTexts
    footer: str


def content_of(contract: Contract) -> Content:
    """Return the frozen words of a stored contract."""
    return cast("Content", contract.content)


def build_content(
    *,
    deal: Deal,
    seller: Seller,
    items: list[Item],
    offer: Offer,
    record: IdentityRecord,
    text: ContractText,
    version: int,
    language: Lang,
    is_sample: bool,
    now: datetime,
) -> Content:
    """Return everything the contract of `deal` says in `language` at `now`. No query but names."""
    with translation.override(language):
        number = f"{deal.code}-{version}"
        return {
            "lang": language,
            "title": _("Contract of sale for used goods"),
            "sample": _("SAMPLE") if is_sample else "",
            "intro": _("The seller agrees to sell the devices below to the buyer at this price."),
            "meta": [
                _row(_("Contract number"), number),
                _row(_("Prepared on"), moment(now)),
            ],
            "company": _buyer(deal.store),
            "seller": _seller(seller, on=timezone.localdate(now)),
            "items": _items(items, offer),
            "identity": _identity(record),
            "statements": _statements(text, language),
            "clauses": _clauses(text, language),
            "signature": {
                "title": pgettext("on the contract", "Signature"),
                "text": _("I have read all of the above and agree to it."),
                "alt": _("Signature of the seller"),
                "signed_at": _("Signed on"),
                "witness": _("In the presence of"),
            },
            "footer": f"{number} · {text.version}",
        }


def printed_texts(value: object) -> Iterator[str]:
    """Yield every text inside `value` that ends on the paper."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from printed_texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from printed_texts(part)


def moment(at: datetime) -> str:
    """Return a moment as the active language writes it, in Japan's time."""
    local = timezone.localtime(at)
    return f"{_day(local.date())} {local:%H:%M}"


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _row(label: str, value: str) -> Row:
    return {"label": label, "value": value}


def _buyer(store: Store) -> Section:
    company = store.company
    rows = [
        _row(pgettext("of the buyer, on the contract", "Name"), company.name),
        _row(_("Dealer's permit"), f"第{company.permit_number}号"),
        _row(_("Issued by"), company.commission),
        _row(pgettext("of the buyer, on the contract", "Store"), store.name),
        _row(pgettext("of the buyer, on the contract", "Address"), store.address),
        _row(pgettext("of the buyer, on the contract", "Manager"), store.manager_name),
    ]
    if company.invoice_number:
        rows.append(_row(_("Invoice registration"), company.invoice_number))
    return {"title": pgettext("on the contract", "Buyer"), "rows": rows}


def _seller(seller: Seller, *, on: date) -> Section:
    born = {"day": _day(seller.birth_on), "age": age_on(seller.birth_on, on)}
    work = occupation_label(seller.occupation)
    postal = f"〒{seller.postal_code[:3]}-{seller.postal_code[3:]}"
    rows = [
        _row(_("Name"), str(seller)),
        _row(_("Reading"), seller.full_kana),
        _row(_("Address"), f"{postal} {seller.address}"),
        _row(_("Date of birth"), _("%(day)s (age %(age)s)") % born),
        _row(_("Occupation"), f"{work}（{seller.workplace}）" if seller.workplace else work),
        _row(_("Phone"), seller.phone),
        _row(_("Invoice registration"), seller.invoice_number or _("not registered")),
    ]
    return {"title": pgettext("on the contract", "Seller"), "rows": rows}


def _items(items: list[Item], offer: Offer) -> Items:
    quotes = {quote.item_id: quote for quote in offer.quotes}
    return {
        "title": _("Devices and price"),
        "items": [_item(number, item, quotes[item.pk]) for number, item in enumerate(items, 1)],
        "total_label": _("Total paid to the seller"),
        "total": yen(offer.total_yen),
    }


def _item(number: int, item: Item, quote: Quote) -> ContractItem:
    name = f"{item.variant.model.maker} {item.variant}" if item.variant else ""
    facts = [
        _row("IMEI", Imei(item.imei1).grouped),
        _row("IMEI2", Imei(item.imei2).grouped if item.imei2 else ""),
        _row(_("Serial number"), item.serial),
        _row(_("Colour"), item.colour),
        _row(_("Grade"), str(GRADES[Grade(quote.grade)])),
        _row(_("Carrier check"), str(TITLES[Verdict(quote.verdict)])),
    ]
    return {
        "heading": f"{number}. {name}",
        "facts": [fact for fact in facts if fact["value"]],
        "lines": [_line(line) for line in quote_lines(quote)],
        "total_label": _("Price"),
        "total": yen(quote.total_yen),
    }


def quote_lines(quote: Quote) -> list[Line]:
    """Return the stored lines of a quote as the policy made them."""
    return [Line(LineCode(row["code"]), row["params"], row["yen"]) for row in quote.lines]


def _line(line: Line) -> PriceLine:
    return {"text": line_label(line, Audience.SELLER), "yen": yen(line.yen)}


def _identity(record: IdentityRecord) -> Section:
    rows = [
        _row(_("How"), str(record.method)),
        _row(_("Document"), document_name(record.document)),
        _row(_("Verified on"), _day(record.shown_on)),
    ]
    if record.second_paper:
        rows.insert(2, _row(_("Second paper"), record.second_paper))
    return {"title": _("Verification of identity"), "rows": rows}


def _statements(text: ContractText, language: Lang) -> StatementTexts:
    return {
        "title": _("Statements of the seller"),
        "items": [
            {
                "code": block["code"],
                "title": _title(block, language),
                "text": _body(block, language),
            }
            for block in _blocks(text)
            if block["statement"]
        ],
    }


def _clauses(text: ContractText, language: Lang) -> Clauses:
    return {
        "title": _("Terms"),
        "blocks": [
            {"title": _title(block, language), "body": _body(block, language).splitlines()}
            for block in _blocks(text)
            if not block["statement"]
        ],
    }


def _blocks(text: ContractText) -> list[Block]:
    return cast("list[Block]", text.blocks)


def _title(block: Block, language: Lang) -> str:
    return block["title_ja"] if language == "ja" else block["title_en"]


def _body(block: Block, language: Lang) -> str:
    return block["body_ja"] if language == "ja" else block["body_en"]
