"""The gates before signature and conclusion, and which contract and text count.

A gate re-asks the offer, the carriers' answers of the day, the identity and the seller, and makes
the fingerprint of the contract again from what stands in the rows now (DESIGN §3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from buyback.contracts.models import (
    Contract,
    ContractText,
    ContractTextAdoption,
    Signature,
)
from buyback.contracts.policy import (
    ConcludeFacts,
    SignFacts,
    conclude_problems,
    sign_problems,
)
from buyback.deals.models import Deal, Item
from buyback.deals.policy import ITEM_ACTIVE, DealState, EventKind
from buyback.deals.queries import open_hold
from buyback.identity.models import IdentityRecord
from buyback.identity.queries import (
    identity_problems_of,
    newest_identity,
    note_identity,
    seller_problems_of,
)
from buyback.inspection.queries import items_of, remembered, reports_of
from buyback.pricing.queries import ON_OFFER, accept_problems, at_position, current_offer
from buyback.sellers.queries import seller_fingerprint
from carriers.checks.policy import check_problems
from shop.fingerprint import Json, fingerprint
from shop.people.models import Store
from shop.problems import Problem

SAID_YES = frozenset({DealState.ACCEPTED, DealState.SIGNED})


# --- which text, which contract ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ChosenText:
    """The text a new contract of a store would have, and whether the store adopted it."""

    text: ContractText
    adopted: bool

    @property
    def usable(self) -> bool:
        """Tell whether it may be signed: adopted, or in the demo."""
        return self.adopted or settings.DEMO

    @property
    def is_sample(self) -> bool:
        """Tell whether 見本 stands across the paper: always in the demo, else until adopted."""
        return settings.DEMO or not self.adopted


def text_for(store: Store) -> ChosenText | None:
    """Return the text the store adopted last, else the newest sample, else None.

    One query.
    """
    found = _texts_for(store.pk).first()
    return ChosenText(found, adopted=vars(found)["adoption"] is not None) if found else None


def _texts_for(store_id: int) -> QuerySet[ContractText]:
    """Return the texts a store may use, the one that counts first."""
    return (
        ContractText.objects.annotate(
            adoption=Max("adoptions__pk", filter=Q(adoptions__store=store_id))
        )
        .filter(Q(adoption__isnull=False) | Q(is_sample=True))
        .order_by(F("adoption").desc(nulls_last=True), "-pk")
    )


HAS_CONTRACT = Exists(Contract.objects.filter(deal=OuterRef("pk")))
"""For `Deal.objects.annotate(has_contract=HAS_CONTRACT)`: spares a query where there is none."""


def newest_contract(deal: Deal) -> Contract | None:
    """Return the version that counts, with text, identity, signature, conclusion and PDF.

    One query per deal object, none where it was loaded with `has_contract` and has none.
    `.text_adopted` tells whether the store ever adopted its text,
    `.version_now` which text's version a contract made now would have.
    """
    if vars(deal).get("has_contract") is False:
        return None
    return remembered(deal, "contract", lambda: _newest_contract(deal))


def _newest_contract(deal: Deal) -> Contract | None:
    adoption = ContractTextAdoption.objects.filter(store=deal.store_id, text=OuterRef("text"))
    found = (
        Contract.objects.filter(deal=deal)
        .annotate(
            text_adopted=Exists(adoption),
            version_now=Subquery(_texts_for(deal.store_id).values("version")[:1]),
        )
        .select_related("text", "signature__witnessed_by", "conclusion", "pdf")
        .select_related("identity__method", "identity__verified_by")
        .order_by("-version")
        .first()
    )
    if found is not None:
        note_identity(deal, found.identity)
    return found


def signature_of(contract: Contract) -> Signature | None:
    """Return the signature on this version, or None."""
    return getattr(contract, "signature", None)


# --- what a contract is made from --------------------------------------------------------------
def fingerprint_of(
    deal: Deal, *, text_version: str, language: str, record: IdentityRecord | None
) -> str:
    """Return the fingerprint of the contract that would be made for `deal` now.

    Over the offer, the seller, the identity, the text, the language, the total, and what else the
    paper prints: the devices' particulars, company and store. "" where none could be made, because
    offer, seller or identity is missing.
    """
    standing = current_offer(deal)
    if standing is None or deal.seller is None or record is None:
        return ""
    parts: dict[str, Json] = {
        "offer": standing.fingerprint,
        "total_yen": standing.total_yen,
        "seller": seller_fingerprint(deal.seller),
        "identity": record.fingerprint,
        "text": text_version,
        "language": language,
        "items": [_particulars(item) for item in sold_items(deal)],
        "buyer": _buyer(deal.store),
    }
    return fingerprint(parts)


def sold_items(deal: Deal) -> list[Item]:
    """Return the devices that the contract is about, by position."""
    return [item for item in items_of(deal) if item.state in ON_OFFER]


def _particulars(item: Item) -> list[Json]:
    return [item.pk, item.variant_id, item.colour, item.imei1, item.imei2, item.serial]


def _buyer(store: Store) -> list[Json]:
    company = store.company
    return [
        company.name,
        company.permit_number,
        company.commission,
        company.invoice_number,
        store.name_ja,
        store.address,
    ]


def fingerprint_now(deal: Deal, contract: Contract, record: IdentityRecord | None) -> str:
    """Return what the fingerprint of `contract` would be if it were made now.

    Until the signature a text adopted since counts; a signed contract keeps its own.
    """
    version = contract.text.version
    if DealState(deal.state) is DealState.ACCEPTED:
        version = vars(contract)["version_now"] or ""
    return fingerprint_of(deal, text_version=version, language=contract.language, record=record)


# --- the gates ---------------------------------------------------------------------------------
def below_problems(
    deal: Deal, *, now: datetime, record: IdentityRecord | None
) -> tuple[Problem, ...]:
    """Return what the stages below a contract still lack: offer, answers of today, seller, ID."""
    found = (*accept_problems(deal, now=now), *_check_problems(deal, now=now))
    if deal.seller is None:
        return once_each((*found, *seller_problems_of(deal, now=now)))
    identity = identity_problems_of(deal, now=now, record=record)
    return once_each((*found, *seller_problems_of(deal, now=now), *identity))


def prepare_problems_of(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return what keeps a contract from being prepared: all of signing but the contract itself."""
    chosen = remembered(deal, "text", lambda: text_for(deal.store))
    record = newest_identity(deal)
    facts = SignFacts(
        offer_accepted=DealState(deal.state) in SAID_YES,
        contract_shown="",
        contract_now="",
        contract_identity=None,
        identity_now=None,
        text_adopted=chosen is not None and chosen.usable,
        on_hold=open_hold(deal) is not None,
        below=below_problems(deal, now=now, record=record),
    )
    return sign_problems(facts)


def sign_problems_of(deal: Deal, *, now: datetime, shown: str | None = None) -> tuple[Problem, ...]:
    """Return what stops a signature on the newest contract of `deal` at `now`.

    `shown` is the fingerprint of the contract the page displayed; the newest one's if left out.
    """
    return sign_problems(_sign_facts(deal, shown=shown, now=now))


def conclude_problems_of(
    deal: Deal, *, now: datetime, phone_in_hand: bool = True
) -> tuple[Problem, ...]:
    """Return what keeps the phones of `deal` from becoming ours at `now`.

    Everything that stops a signature, then the signature itself. `phone_in_hand` is what a person
    confirms at the very end; it is assumed where a page only asks what else is missing.
    """
    contract = newest_contract(deal)
    signed = contract is not None and signature_of(contract) is not None
    facts = ConcludeFacts(
        sign=_sign_facts(deal, shown=None, now=now),
        signed_contract=contract.fingerprint if contract and signed else None,
        phone_in_hand=phone_in_hand,
    )
    return conclude_problems(facts)


def _sign_facts(deal: Deal, *, shown: str | None, now: datetime) -> SignFacts:
    contract = newest_contract(deal)
    record = newest_identity(deal)
    return SignFacts(
        offer_accepted=DealState(deal.state) in SAID_YES,
        contract_shown=(shown or contract.fingerprint) if contract else None,
        contract_now=fingerprint_now(deal, contract, record) if contract else None,
        contract_identity=contract.identity.fingerprint if contract else None,
        identity_now=record.fingerprint if record else None,
        text_adopted=settings.DEMO or contract is None or bool(vars(contract)["text_adopted"]),
        on_hold=open_hold(deal) is not None,
        below=below_problems(deal, now=now, record=record),
    )


def _check_problems(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return the problems of the carriers' answers where each must be of today (DESIGN §4)."""
    reports = reports_of(deal, now=now)
    found: list[Problem] = []
    for item in items_of(deal):
        if item.state in ITEM_ACTIVE:
            asked = reports[item.pk]
            problems = check_problems(
                asked.report, asked.lookups, now=now, today_only=True, demo=settings.DEMO
            )
            found += at_position(problems, item)
    return tuple(found)


def once_each(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems with each said once, in order: two gates may find the same."""
    kept: dict[str, Problem] = {}
    for problem in problems:
        kept.setdefault(fingerprint([problem.code, dict(problem.params)]), problem)
    return tuple(kept.values())


def unit_codes(deal: Deal) -> tuple[str, ...]:
    """Return the codes of the units a concluded deal became, by position. One query."""
    told = deal.events.filter(kind=EventKind.CONCLUDED).values_list("details", flat=True).first()
    return tuple(told["units"]) if told else ()
