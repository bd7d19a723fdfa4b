"""The identity gate, and what the identity page shows."""

from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from buyback.deals.models import Deal
from buyback.identity.models import IdentityMethod, IdentityRecord
from buyback.identity.policy import Code, Method, Presented, identity_problems
from buyback.inspection.queries import remembered, settings_on
from buyback.sellers.policy import seller_problems
from buyback.sellers.queries import facts_of, seller_fingerprint
from shop.problems import Blocker, Problem

NEWEST_IDENTITY_ID = Subquery(
    IdentityRecord.objects.filter(deal=OuterRef("pk")).order_by("-pk").values("pk")[:1]
)
"""For `Deal.objects.annotate(newest_identity_id=NEWEST_IDENTITY_ID)`: spares queries."""


def newest_identity(deal: Deal) -> IdentityRecord | None:
    """Return the record that counts, the newest of the deal, with its method and who wrote it.

    One query per deal object; none where it was loaded with `newest_identity_id` and there is
    none, or `note_identity` was told the row.
    """
    if vars(deal).get("newest_identity_id", "not asked") is None:
        return None
    found = IdentityRecord.objects.filter(deal=deal).select_related("method", "verified_by")
    return remembered(deal, "identity", found.order_by("-pk").first)


def note_identity(deal: Deal, record: IdentityRecord) -> None:
    """Remember a record read with something else (its method and writer too), if it is newest."""
    if vars(deal).get("newest_identity_id") == record.pk:
        remembered(deal, "identity", lambda: record)


def methods_on(day: date) -> list[IdentityMethod]:
    """Return the methods that may be used on `day`, in the order they were written."""
    return [
        method
        for method in IdentityMethod.objects.order_by("pk")
        if as_policy(method).counts_on(day)
    ]


def as_policy(method: IdentityMethod) -> Method:
    """Return the row as the policy reads it."""
    return Method(method.code, method.basis, method.valid_from, method.valid_to)


def presented(record: IdentityRecord) -> Presented:
    """Return what was seen, as the policy reads it."""
    return Presented(
        document=record.document,
        birth_on=record.birth_on,
        shown_on=record.shown_on,
        name_matches=record.name_matches,
        address_matches=record.address_matches,
        birth_date_matches=record.birth_matches,
        photo_matches=record.photo_matches,
        expires_on=record.expires_on,
        issued_on=record.issued_on,
        second_paper=bool(record.second_paper),
    )


def seller_problems_of(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return what is missing of the seller's particulars (古物営業法16条4号)."""
    if deal.seller is None:
        return (Blocker(Code.SELLER_NOT_RECORDED),)
    return seller_problems(facts_of(deal.seller), on=timezone.localdate(now))


def identity_problems_of(
    deal: Deal, *, now: datetime, record: IdentityRecord | None = None
) -> tuple[Problem, ...]:
    """Return what stops a contract on the side of identity, judged anew on the day of `now`.

    An ID that expired since, a birthday, a changed seller or a method no longer valid all show.
    `record` spares the query where the caller has read `newest_identity` already.
    """
    found = record or newest_identity(deal)
    if found is None or deal.seller is None:
        return (Blocker(Code.NOT_TAKEN),)
    day = timezone.localdate(now)
    limits = settings_on(deal, day)
    problems = identity_problems(
        presented(found),
        on=day,
        minimum_age=int(limits["minimum_age"]),
        method=as_policy(found.method),
    )
    if found.seller_fingerprint != seller_fingerprint(deal.seller):
        return (Blocker(Code.SELLER_CHANGED), *problems)
    return problems
