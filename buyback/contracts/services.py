"""Prepare, sign and conclude a contract; load and adopt its text.

Each act asks its gate again under the locks (seller → deal → items → unit codes → ledger head) and
writes rows, states and events in one transaction. The PDF is made after the commit: a printer that
fails must not undo a sale, and the next reading makes it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.contracts.content import Content, build_content, content_of, printed_texts
from buyback.contracts.models import (
    Conclusion,
    Contract,
    ContractText,
    ContractTextAdoption,
    Signature,
)
from buyback.contracts.pdf import store_pdf
from buyback.contracts.policy import Code, signature_problems
from buyback.contracts.queries import (
    ChosenText,
    conclude_problems_of,
    fingerprint_of,
    newest_contract,
    prepare_problems_of,
    sign_problems_of,
    sold_items,
    text_for,
)
from buyback.contracts.records import lock_all, take_unit, write_contract, write_line
from buyback.contracts.refusal import refuse_if, refused
from buyback.contracts.sample_text import BLOCKS, VERSION
from buyback.deals.models import Deal
from buyback.deals.policy import EDITABLE, OURS, Action, DealState
from buyback.deals.transition import Details, apply
from buyback.deals.wording import refusal
from buyback.identity.models import IdentityRecord
from buyback.identity.queries import newest_identity
from buyback.pricing.queries import Offer, current_offer
from buyback.sellers.models import Seller
from inventory.ledger.models import LedgerEntry
from inventory.units.models import Unit
from shop.paper.documents import Lang
from shop.paper.glyphs import missing_glyphs
from shop.paper.signature import InvalidStrokes, parse_strokes
from shop.people.models import Store
from shop.problems import Blocker
from shop.settings_book import read_settings

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
LONGEST_STROKES = 1_000_000
"""Characters of JSON: 20,000 points are well below; more is refused before it is read."""


# --- texts -------------------------------------------------------------------------------------
def load_sample_text() -> ContractText:
    """Return the sample text (見本) as a row, written on the first call."""
    text, _made = ContractText.objects.get_or_create(
        version=VERSION,
        defaults={"is_sample": True, "blocks": list(BLOCKS), "made_at": timezone.now()},
    )
    return text


def adopt_text(*, store: Store, text: ContractText, actor: User) -> ContractTextAdoption:
    """Write that `store` uses `text` for every contract prepared from now on."""
    return ContractTextAdoption.objects.create(
        store=store, text=text, adopted_at=timezone.now(), adopted_by=actor
    )


# --- prepare -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Ground:
    """What a contract is made from, read under the locks."""

    offer: Offer
    seller: Seller
    record: IdentityRecord
    chosen: ChosenText


@transaction.atomic
def prepare_contract(*, deal_id: int, language: str, actor: User) -> Contract:
    """Freeze what the contract says in `language` ("ja" or "en") and return the version.

    A new version only where something changed since the newest one. Raises `ValidationError`:
    `unknown-language`, `not-now` from `signed` on, the first blocker of `prepare_problems_of`, or
    `glyph-missing` with the characters that no font of ours prints.
    """
    lang = _language(language)
    now = timezone.now()
    deal = lock_all(deal_id)
    if DealState(deal.state) not in EDITABLE:
        raise refusal("not-now")
    refuse_if(prepare_problems_of(deal, now=now))
    ground = _ground(deal)
    made_from = fingerprint_of(
        deal, text_version=ground.chosen.text.version, language=lang, record=ground.record
    )
    newest = newest_contract(deal)
    if newest is not None and newest.fingerprint == made_from:
        return newest
    version = newest.version + 1 if newest else 1
    content = build_content(
        deal=deal,
        seller=ground.seller,
        items=sold_items(deal),
        offer=ground.offer,
        record=ground.record,
        text=ground.chosen.text,
        version=version,
        language=lang,
        is_sample=ground.chosen.is_sample,
        now=now,
    )
    _refuse_unprintable(content)
    return write_contract(
        deal=deal,
        version=version,
        text=ground.chosen.text,
        identity=ground.record,
        content=content,
        total_yen=ground.offer.total_yen,
        fingerprint=made_from,
        now=now,
        actor=actor,
    )


def _language(text: str) -> Lang:
    if text not in LANGUAGES:
        raise ValidationError(_("Choose Japanese or English."), code="unknown-language")
    return text


def _ground(deal: Deal) -> _Ground:
    offer, record, chosen = current_offer(deal), newest_identity(deal), text_for(deal.store)
    if offer is None or record is None or chosen is None or deal.seller is None:
        # The gate has found each of them a moment ago, under the same locks.
        raise refusal("not-now")
    return _Ground(offer, deal.seller, record, chosen)


def _refuse_unprintable(content: Content) -> None:
    missing = missing_glyphs("".join(printed_texts(content)))
    if missing:
        named = " ".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in missing)
        raise refused((Blocker(Code.GLYPH_MISSING, {"characters": named}),))


# --- sign --------------------------------------------------------------------------------------
@transaction.atomic
def sign_contract(
    *, contract_id: int, strokes: str, statements: Iterable[str], fingerprint: str, actor: User
) -> Signature:
    """Write the seller's signature on the contract that the page showed; the deal is signed.

    `strokes` is the JSON text of `static/js/signature.js`, `statements` the codes that were ticked,
    `fingerprint` that of the contract on the page. `actor` was present. Raises `ValidationError`:
    `statements-open`, `signature-missing` (`-malformed`, `-too-short`, `-too-small`, `-too-long`),
    `contract-changed` where the page is stale, the first blocker of `sign_problems_of`, `not-now`.
    """
    contract = Contract.objects.get(pk=contract_id)
    drawn = _read_strokes(strokes)
    now = timezone.now()
    deal = lock_all(contract.deal_id)
    if DealState(deal.state) not in EDITABLE:
        raise refusal("not-now")
    newest = newest_contract(deal)
    if newest is None or newest.pk != contract_id:
        raise refused((Blocker(Code.CONTRACT_CHANGED),))
    refuse_if(sign_problems_of(deal, now=now, shown=fingerprint or "none"))
    ticked = _all_ticked(contract, statements)
    signature = Signature.objects.create(
        contract=contract, strokes=drawn, statements=ticked, signed_at=now, witnessed_by=actor
    )
    details = {"version": contract.version, "total_yen": contract.total_yen}
    apply(deal_id=deal.pk, action=Action.SIGN, actor=actor, details=details)
    return signature


def _read_strokes(text: str) -> list[list[dict[str, float | int]]]:
    """Return the strokes as they are kept; whatever else the page sent with them is dropped."""
    if len(text) > LONGEST_STROKES:
        raise refused((Blocker(Code.SIGNATURE_LONG),))
    try:
        raw: object = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        raise refused((Blocker(Code.SIGNATURE_MALFORMED),)) from None
    refuse_if(signature_problems(raw))
    try:
        strokes = parse_strokes(text)
    except InvalidStrokes as error:
        # Few enough points, but in too many strokes, or spread out without a line between them.
        too_many = error.code == "too-many-strokes"
        code = Code.SIGNATURE_LONG if too_many else Code.SIGNATURE_SHORT
        raise refused((Blocker(code),)) from error
    return [[asdict(point) for point in stroke] for stroke in strokes]


def _all_ticked(contract: Contract, statements: Iterable[str]) -> list[str]:
    wanted = [statement["code"] for statement in content_of(contract)["statements"]["items"]]
    if not set(wanted) <= set(statements):
        raise refused((Blocker(Code.STATEMENTS_OPEN),))
    return wanted


# --- conclude ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Concluded:
    """A concluded contract with the units and ledger lines it made, by position of the device."""

    conclusion: Conclusion
    units: tuple[Unit, ...]
    entries: tuple[LedgerEntry, ...]


@transaction.atomic
def conclude(*, deal_id: int, actor: User, phone_in_hand: bool) -> Concluded:
    """Make the phones ours: conclusion, one unit and one ledger line per device, or nothing at all.

    `phone_in_hand` is what `actor` confirms. The PDF follows after the commit. Raises
    `ValidationError`: the first blocker of `conclude_problems_of`, `not-now` once concluded, or
    what stock refuses (`imei-in-hand`).
    """
    now = timezone.now()
    deal = lock_all(deal_id)
    if DealState(deal.state) in OURS:
        raise refusal("not-now")
    refuse_if(conclude_problems_of(deal, now=now, phone_in_hand=phone_in_hand))
    contract, ground = newest_contract(deal), _ground(deal)
    if contract is None:
        raise refused((Blocker(Code.CONTRACT_MISSING),))
    conclusion = Conclusion.objects.create(
        deal=deal,
        contract=contract,
        total_yen=contract.total_yen,
        concluded_at=now,
        concluded_by=actor,
    )
    units, entries = _take_over(deal, ground, now=now, actor=actor)
    details: Details = {"version": contract.version, "units": [unit.code for unit in units]}
    apply(deal_id=deal.pk, action=Action.CONCLUDE, actor=actor, details=details)
    transaction.on_commit(partial(store_pdf, contract.pk), robust=True)
    return Concluded(conclusion, units, entries)


def _take_over(
    deal: Deal, ground: _Ground, *, now: datetime, actor: User
) -> tuple[tuple[Unit, ...], tuple[LedgerEntry, ...]]:
    """Take every sold device into stock, then write every line: units come before the ledger."""
    quotes = {quote.item_id: quote for quote in ground.offer.quotes}
    items = sold_items(deal)
    units = tuple(
        take_unit(deal=deal, item=item, quote=quotes[item.pk], actor=actor) for item in items
    )
    rules = read_settings(store=deal.store, on=timezone.localdate(now))
    entries = tuple(
        write_line(
            deal=deal,
            seller=ground.seller,
            item=item,
            unit=unit,
            quote=quotes[item.pk],
            identity=ground.record,
            keep_years=int(rules["ledger_party_keep_years"]),
            now=now,
            actor=actor,
        )
        for item, unit in zip(items, units, strict=True)
    )
    return units, entries
