"""Record that a document was presented at the counter (古物営業法15条1項1号)."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from buyback.deals import wording as deal_wording
from buyback.deals.models import Deal
from buyback.deals.policy import EDITABLE, DealState, EventKind
from buyback.deals.transition import lock_deal, record
from buyback.identity.models import IdentityMethod, IdentityRecord
from buyback.identity.policy import METHODS, Code, Presented, age_on, identity_problems
from buyback.identity.queries import as_policy
from buyback.identity.wording import sentence
from buyback.sellers.models import Seller
from buyback.sellers.queries import seller_fingerprint
from shop.fingerprint import fingerprint
from shop.problems import Blocker, Problem
from shop.settings_book import read_settings
from shop.wording import Audience

METHOD_NAMES = {"presentation": ("書類の提示（対面）", "Document presented at the counter")}
"""Method code → its name in Japanese and English as first written."""

FIELD_OF = {
    Code.NOT_ACCEPTED: "document",
    Code.EXPIRY_MISSING: "expires_on",
    Code.EXPIRED: "expires_on",
    Code.ISSUE_DATE_MISSING: "issued_on",
    Code.ADDRESS_NOT_SHOWN: "second_paper",
    Code.NAME_DIFFERS: "name_matches",
    Code.ADDRESS_DIFFERS: "address_matches",
    Code.BIRTH_DATE_DIFFERS: "birth_matches",
    Code.PHOTO_DIFFERS: "photo_matches",
    Code.METHOD_NOT_VALID: "method",
}
"""Beside which field of the page a problem is shown; what is missing here concerns the whole."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a member of staff saw on the document; a tick each for name, address, birth, photo."""

    method: str
    document: str
    expires_on: date | None
    issued_on: date | None
    name_matches: bool
    address_matches: bool
    birth_matches: bool
    photo_matches: bool
    second_paper: str = ""


@transaction.atomic
def record_identity(*, deal_id: int, shown: Shown, actor: User) -> IdentityRecord:
    """Write that `shown` was presented today for a deal that is not signed yet.

    Raises `ValidationError`: `not-now` from `signed` on, or a dictionary field → sentences
    (`__all__` for the whole) where the identity does not hold or no seller is recorded: no row is
    written for a document that proves nothing.
    """
    seller_id = Deal.objects.values_list("seller_id", flat=True).get(pk=deal_id)
    if seller_id is None:
        raise _refusal((Blocker(Code.SELLER_NOT_RECORDED),))
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    deal = lock_deal(deal_id)
    if DealState(deal.state) not in EDITABLE or deal.seller_id != seller_id:
        raise deal_wording.refusal("not-now")
    today = timezone.localdate()
    method = IdentityMethod.objects.get(code=shown.method)
    seen = _presented(shown, seller, today)
    limits = read_settings(store=deal.store, on=today)
    problems = identity_problems(
        seen, on=today, minimum_age=int(limits["minimum_age"]), method=as_policy(method)
    )
    if problems:
        raise _refusal(problems)
    row = _row(deal, seller, method, shown, today, actor)
    row.save(force_insert=True)
    record(
        deal=deal,
        kind=EventKind.IDENTITY_RECORDED,
        actor=actor,
        details={"record": row.pk, "method": method.code, "document": row.document},
    )
    return row


def load_methods(*, valid_from: date) -> None:
    """Write the methods of `buyback.identity.policy.METHODS` that are not there yet."""
    for method in METHODS.values():
        name_ja, name_en = METHOD_NAMES[method.code]
        IdentityMethod.objects.get_or_create(
            code=method.code,
            defaults={
                "basis": method.basis,
                "name_ja": name_ja,
                "name_en": name_en,
                "valid_from": method.valid_from or valid_from,
                "valid_to": method.valid_to,
            },
        )


def _presented(shown: Shown, seller: Seller, today: date) -> Presented:
    return Presented(
        document=shown.document,
        birth_on=seller.birth_on,
        shown_on=today,
        name_matches=shown.name_matches,
        address_matches=shown.address_matches,
        birth_date_matches=shown.birth_matches,
        photo_matches=shown.photo_matches,
        expires_on=shown.expires_on,
        issued_on=shown.issued_on,
        second_paper=bool(shown.second_paper.strip()),
    )


def _refusal(problems: tuple[Problem, ...]) -> ValidationError:
    errors: dict[str, list[ValidationError]] = {}
    for problem in problems:
        field = FIELD_OF.get(Code(problem.code), "__all__")
        text = sentence(problem, Audience.STAFF)
        errors.setdefault(field, []).append(ValidationError(text, code=problem.code))
    return ValidationError(errors)


def _row(
    deal: Deal, seller: Seller, method: IdentityMethod, shown: Shown, today: date, actor: User
) -> IdentityRecord:
    whose = seller_fingerprint(seller)
    return IdentityRecord(
        deal=deal,
        seller=seller,
        method=method,
        document=shown.document,
        expires_on=shown.expires_on,
        issued_on=shown.issued_on,
        birth_on=seller.birth_on,
        name_matches=shown.name_matches,
        address_matches=shown.address_matches,
        birth_matches=shown.birth_matches,
        photo_matches=shown.photo_matches,
        second_paper=shown.second_paper.strip(),
        age_on_day=age_on(seller.birth_on, today),
        seller_fingerprint=whose,
        fingerprint=fingerprint(
            {
                "seller": whose,
                "method": method.code,
                "document": shown.document,
                "expires_on": shown.expires_on.isoformat() if shown.expires_on else None,
                "shown_on": today.isoformat(),
            }
        ),
        shown_on=today,
        verified_at=timezone.now(),
        verified_by=actor,
    )
