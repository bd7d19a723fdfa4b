"""What every page knows of the person who reads it."""

from django.http import HttpRequest

from shop.people.access import current_membership, memberships_of
from shop.people.models import Membership
from shop.people.policy import Permission


def membership(request: HttpRequest) -> dict[str, object]:
    """Give templates `membership` (or None), `memberships` (for the store switch) and `may`.

    `may` is a mapping permission name → True, so a template asks `{% if may.pay %}`.
    """
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"membership": None, "memberships": (), "may": {}}
    current: Membership | None = getattr(request, "membership", None) or current_membership(request)
    granted = {p.value: current.may(p) for p in Permission} if current else {}
    return {
        "membership": current,
        "memberships": memberships_of(request),
        "may": granted,
    }
