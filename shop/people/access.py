"""The one door to every page: who may open it, and for which store.

Each view carries `@access(Permission.…)`, `@signed_in` or `@public`; a test walks the URLconf and
refuses a view that carries none. The store is the one chosen in the session, else the person's
first; an object of another store is simply not found (404), so its existence is not told.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from shop.people.models import Membership
from shop.people.policy import NEED_SECOND_FACTOR, Permission, Role

SESSION_KEY = "store_id"
SECOND_FACTOR_KEY = "second_factor"


class StaffRequest(HttpRequest):
    """A request whose user is signed in and works in a store."""

    user: User
    membership: Membership
    htmx: HtmxDetails


def current_membership(request: HttpRequest) -> Membership | None:
    """Return the membership the person works under now, or None.

    The session may name a store (`SESSION_KEY`); a store the person does not belong to is ignored.
    """
    found = memberships_of(request)
    if not found:
        return None
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in found if m.store_id == chosen), found[0])


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Return all memberships of the person, by store letter: one query per request."""
    if not request.user.is_authenticated:
        return []
    kept = vars(request)
    if "memberships" not in kept:
        found = Membership.objects.select_related("store__company", "user")
        kept["memberships"] = list(found.filter(user_id=request.user.pk).order_by("store__letter"))
    return list(kept["memberships"])


P = ParamSpec("P")
StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def access(permission: Permission) -> Callable[[StaffView[P]], View[P]]:
    """Open a view to members of the current store whose role carries `permission`.

    A stranger is sent to the log-in page; a person without a role, or whose role lacks the
    permission, gets 403; a manager or owner without a second factor is sent to set one up first.
    The view finds its store at `request.membership.store`.
    """

    def decorate(view: StaffView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = current_membership(request)
            if membership is None or not membership.may(permission):
                raise PermissionDenied
            if lacks_second_factor(request, membership):
                return redirect("mfa_index")
            staff = cast("StaffRequest", request)
            staff.membership = membership
            return view(staff, *args, **kwargs)

        closed = login_required(guarded)
        mark_rule(closed, permission.value)
        return closed

    return decorate


def lacks_second_factor(request: HttpRequest, membership: Membership) -> bool:
    """Tell whether this person must set up a second factor before any page of the shop opens.

    Managers and owners need one (DESIGN §3); the demo, whose passwords anybody may read in the
    terminal, does not ask. A factor once seen is remembered for the session: one query a log-in.
    """
    if settings.DEMO or Role(membership.role) not in NEED_SECOND_FACTOR:
        return False
    if not request.session.get(SECOND_FACTOR_KEY):
        request.session[SECOND_FACTOR_KEY] = is_mfa_enabled(membership.user)
    return not request.session[SECOND_FACTOR_KEY]


def signed_in(view: View[P]) -> View[P]:
    """Open a view to anybody who is signed in, whatever their role."""
    closed = login_required(view)
    mark_rule(closed, "signed-in")
    return closed


def public(view: View[P]) -> View[P]:
    """Open a view to everybody; the page must not show anything about a person or a deal."""
    opened = login_not_required(view)
    mark_rule(opened, "public")
    return opened


def mark_rule(view: Callable[..., HttpResponseBase], rule: str) -> None:
    """Write on the view which access rule it carries; `tests/test_architecture.py` reads it."""
    view.__dict__["access_rule"] = rule
