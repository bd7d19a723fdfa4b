"""The people of a store: who they are, adding somebody, changing and taking away access.

The link for choosing a password is on one answer only: it is in no address, message or log, and
`no-store` keeps it out of the browser's memory.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from buyback.desk.manage.forms import BringForm, KeyedForm, LeaveForm, PersonForm, RoleForm
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.names import person_name
from shop.people.policy import Permission, Role, may_give
from shop.people.queries import Member, everybody, members_of, people_elsewhere, people_history
from shop.people.services import (
    add_person,
    change_role,
    give_role,
    make_password_link,
    take_access,
)

PAGE = "buyback/desk/manage"
NAMES = {"last_name": "family_name", "first_name": "given_name"}


@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.MANAGE)
def people(request: StaffRequest) -> HttpResponse:
    """Show the people of the store; a POST makes an account for somebody."""
    if request.method != "POST":
        return _list(request)
    form = PersonForm(request.POST, giver=_giver(request))
    if not form.is_valid():
        return _list(request, adding=form)
    data = form.cleaned_data

    def act() -> int:
        return add_person(
            store_id=request.membership.store_id,
            family_name=data["family_name"],
            given_name=data["given_name"],
            username=data["username"],
            email=data["email"],
            role=data["role"],
            actor=request.user,
        ).pk

    try:
        made = _once(request, form, act)
    except ValidationError as error:
        form.refused(error, NAMES, None)
        return _list(request, adding=form)
    messages.success(
        request, _("The account is made. Now make the link with which the person sets a password.")
    )
    return _to("manage:person", made)


@require_POST
@access(Permission.MANAGE_COMPANY)
def bring(request: StaffRequest) -> HttpResponse:
    """Give somebody who has an account a role in this store too."""
    # Everybody counts here: the same form sent twice finds somebody who works here by now.
    form = BringForm(request.POST, giver=_giver(request), people=_choices(everybody()))
    if not form.is_valid():
        return _list(request, bringing=form)
    data = form.cleaned_data

    def act() -> int:
        return give_role(
            store_id=request.membership.store_id,
            user_id=data["person"],
            role=data["role"],
            actor=request.user,
        ).pk

    try:
        made = _once(request, form, act)
    except ValidationError as error:
        form.refused(error, {}, "person")
        return _list(request, bringing=form)
    messages.success(request, _("The role is given."))
    return _to("manage:person", made)


@require_safe
@access(Permission.MANAGE)
def person(request: StaffRequest, member_id: int) -> HttpResponse:
    """Show one person of the store and what may be changed."""
    return _person(request, _member(request, member_id))


@require_POST
@access(Permission.MANAGE)
def role(request: StaffRequest, member_id: int) -> HttpResponse:
    """Give the person another role."""
    member = _member(request, member_id)
    now = Role(member.membership.role)
    form = RoleForm(request.POST, giver=_giver(request), now=now)
    if not form.is_valid():
        return _person(request, member, role_form=form, status=422)
    data = form.cleaned_data
    try:
        change_role(
            membership_id=member_id, before=data["before"], role=data["role"], actor=request.user
        )
    except ValidationError as error:
        if error.code == "own-role":
            return _person(request, member, refused=error.messages, status=422)
        form.add_error("role", error)
        return _person(request, member, role_form=form, status=409)
    messages.success(request, _("The role is changed. It holds from the next page on."))
    return _to("manage:person", member_id)


@require_POST
@access(Permission.MANAGE)
def leave(request: StaffRequest, member_id: int) -> HttpResponse:
    """Take the person's access to this store away."""
    member = _member(request, member_id)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _person(request, member, leave_form=form, status=422)
    try:
        take_access(membership_id=member_id, actor=request.user)
    except ValidationError as error:
        return _person(request, member, refused=error.messages, status=422)
    messages.success(request, _("%(name)s no longer has access here.") % {"name": member.name})
    return _to("manage:people")


@require_POST
@access(Permission.MANAGE)
@cache_control(no_store=True)
def link(request: StaffRequest, member_id: int) -> HttpResponse:
    """Show, on this one answer only, a link with which the person chooses a password."""
    member = _member(request, member_id)
    try:
        uid, key = make_password_link(membership_id=member_id, actor=request.user)
    except ValidationError as error:
        return _person(request, member, refused=error.messages, status=422)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context = {"member": member, "link": f"{settings.PUBLIC_URL}{path}", "until": until}
    return render(request, f"{PAGE}/link.html", context)


def _member(request: StaffRequest, member_id: int) -> Member:
    found = [m for m in members_of(request.membership.store) if m.membership.pk == member_id]
    if not found:
        raise Http404
    return found[0]


def _giver(request: StaffRequest) -> Role:
    return Role(request.membership.role)


def _list(
    request: StaffRequest,
    *,
    adding: PersonForm | None = None,
    bringing: BringForm | None = None,
) -> HttpResponse:
    store, giver = request.membership.store, _giver(request)
    context = {
        "store": store,
        "members": members_of(store),
        "history": people_history(store),
        "adding": adding or PersonForm(giver=giver),
        "bringing": bringing or _bringing(request),
    }
    status = 200 if adding is None and bringing is None else 422
    return render(request, f"{PAGE}/people.html", context, status=status)


def _bringing(request: StaffRequest) -> BringForm | None:
    """Return the form that names other people, for an owner; None where there are none."""
    if not request.membership.may(Permission.MANAGE_COMPANY):
        return None
    people = people_elsewhere(request.membership.store)
    return BringForm(giver=_giver(request), people=_choices(people)) if people else None


def _choices(people: list[User]) -> list[tuple[int, str]]:
    return [(user.pk, f"{person_name(user)} ({user.get_username()})") for user in people]


def _person(
    request: StaffRequest,
    member: Member,
    *,
    role_form: RoleForm | None = None,
    leave_form: LeaveForm | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, giver = Role(member.membership.role), _giver(request)
    context = {
        "member": member,
        "own": member.membership.user_id == request.user.pk,
        "may_change": may_give(giver, now),
        "role_form": role_form or RoleForm(giver=giver, now=now),
        "leave_form": leave_form or LeaveForm(),
        "refused": refused or [],
    }
    return render(request, f"{PAGE}/person.html", context, status=status)


def _once(request: StaffRequest, form: KeyedForm, act: Callable[[], int]) -> int:
    store_id, key = request.membership.store_id, form.cleaned_data["key"]
    return once(actor=request.user, scope="people", about=store_id, key=key, act=act)


def _to(page: str, *args: int) -> HttpResponse:
    return HttpResponseRedirect(reverse(page, args=args), status=303)
