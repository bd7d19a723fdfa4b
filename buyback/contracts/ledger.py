"""What the police ledger says of a device we bought: always in Japanese, as the form prints it.

The columns are those of 別記様式第15号 (law.md §2.1–2.3); the line itself is written by
`inventory.ledger`, which knows neither deals nor sellers.
"""

from collections.abc import Mapping
from datetime import date

from django.utils import translation

from buyback.deals.models import Item
from buyback.identity.models import IdentityRecord
from buyback.identity.policy import PRESENTATION, age_on
from buyback.identity.wording import document_name
from buyback.inspection.wording import fault_names
from buyback.pricing.models import Quote
from buyback.sellers.models import Seller
from buyback.sellers.occupations import ledger_occupation
from carriers.checks.policy import Verdict
from inventory.catalogue.models import DeviceKind
from inventory.ledger.policy import Party, feature_text

ITEM_KINDS: Mapping[str, str] = {
    DeviceKind.PHONE: "携帯電話機",
    DeviceKind.TABLET: "タブレット端末",
    DeviceKind.WATCH: "スマートウォッチ",
}
"""品目 by kind of device."""

CATEGORIES: Mapping[str, str] = {PRESENTATION.code: "1号 %sの提示"}
"""Method of verification → 措置の区分・方法 (古物営業法16条5号), with the document in its place."""


def item_kind(item: Item) -> str:
    """Return 品目 of the device."""
    return ITEM_KINDS[item.variant.model.kind] if item.variant else ITEM_KINDS[DeviceKind.PHONE]


def method_text(record: IdentityRecord) -> str:
    """Return column 6, such as 「1号 運転免許証の提示」; a second paper is named too."""
    with translation.override("ja"):
        paper = document_name(record.document)
    papers = f"{paper}及び{record.second_paper}" if record.second_paper else paper
    return CATEGORIES[record.method.code] % papers


def feature(item: Item, quote: Quote) -> str:
    """Return column 4 (特徴): maker, model, storage, colour, IMEIs, serial number, damage."""
    with translation.override("ja"):
        heading = f"{item.variant.model.maker} {item.variant}" if item.variant else ""
        notes = [fault_names(quote.facts["faults"])] if quote.facts["faults"] else []
    if quote.verdict == Verdict.RED:
        notes.insert(0, "ネットワーク利用制限あり")
    return feature_text(
        heading=heading,
        colour=item.colour,
        imei1=item.imei1,
        imei2=item.imei2,
        serial=item.serial,
        notes=notes,
    )


def party(seller: Seller, *, on: date) -> Party:
    """Return columns 7 to 10: address, name, occupation and the age on the day of the deal."""
    return Party(
        name=str(seller),
        address=seller.address,
        occupation=ledger_occupation(seller.occupation, seller.workplace),
        age=age_on(seller.birth_on, on),
    )
