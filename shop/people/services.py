"""Making the company, its stores and the people in them.

Accounts are made here only (sign-up is closed). Passwords follow the policy of the settings;
nothing here prints or logs one. Changes of people are made one after another, under the lock of
the company's row, so that nobody acts on a role that is being taken away.
"""

import json
import re
import unicodedata
from collections.abc import Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from shop.people.models import Company, Drawer, Membership, Store
from shop.people.names import person_name
from shop.people.policy import PeopleAct, PeopleOnDuty, Permission, Role, may, may_give

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,29}")
"""Typed on any keyboard, and never mistaken for a mail address."""
COMPANY_LOCK = 2_026_1123
"""Number of the advisory lock under which the one company of an installation is made."""


def plain_digits(text: str) -> str:
    """Return `text` in half width without spaces and hyphens: 「第１２３…号」 → `123…`.

    What a permit has around its number (第, 号) is dropped; letters stay, so that a wrong number
    is refused and not silently repaired.
    """
    narrow = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-‐‑–—−ー第号]", "", narrow)


@transaction.atomic
def create_company(
    *, name: str, name_en: str, permit_number: str, commission: str, invoice_number: str
) -> Company:
    """Make the one company of this installation, with its permit as written on it.

    Digits may be full width. Raises `ValidationError` keyed by field, or with code
    `already-set-up` where a company exists. Two at once: the second waits for the first's commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COMPANY_LOCK])
    if Company.objects.exists():
        raise ValidationError(_("This shop has been set up already."), code="already-set-up")
    company = Company(
        name=name.strip(),
        name_en=name_en.strip(),
        permit_number=plain_digits(permit_number),
        commission=commission.strip(),
        invoice_number=plain_digits(invoice_number).upper(),
    )
    company.full_clean()
    company.save()
    return company


def create_store(
    *,
    company: Company,
    letter: str,
    name_ja: str,
    name_en: str,
    address: str,
    prefecture: str,
    manager_name: str,
    phone: str = "",
    people_on_duty: PeopleOnDuty = PeopleOnDuty.SEVERAL,
    drawers: tuple[str, ...] = (),
) -> Store:
    """Open a store (営業所) with its cash drawers.

    `letter` is its one letter in deal codes, A–Z without I and O. Raises `ValidationError` keyed
    by field.
    """
    store = Store(
        company=company,
        letter=unicodedata.normalize("NFKC", letter).strip().upper(),
        name_ja=name_ja.strip(),
        name_en=name_en.strip() or name_ja.strip(),
        address=address.strip(),
        prefecture=prefecture.strip(),
        manager_name=manager_name.strip(),
        phone=phone.strip(),
        people_on_duty=people_on_duty,
    )
    if not re.fullmatch(r"[A-HJ-NP-Z]", store.letter):
        raise ValidationError({"letter": _("Choose one letter from A to Z, but not I or O.")})
    with transaction.atomic():
        store.full_clean()
        store.save()
        for drawer in drawers:
            Drawer.objects.create(store=store, name=drawer)
    return store


@transaction.atomic
def create_member(
    *,
    username: str,
    full_name: str,
    email: str,
    password: str,
    roles: Mapping[Store, Role],
) -> User:
    """Make a person with a password and a role in each store given.

    `full_name` is kept as one text in the order the person writes it. Raises `ValidationError`
    keyed by field (`username` or `email` taken, `password` against the policy).
    """
    _refuse_taken_mail(email)
    user = User(username=username.strip(), last_name=full_name.strip(), email=email.strip())
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.error_list}) from None
    user.set_password(password)
    user.full_clean()
    user.save()
    for store, role in roles.items():
        Membership.objects.create(user=user, store=store, role=role)
    return user


def set_password(*, user: User, password: str) -> None:
    """Give a person a new password.

    Raises `ValidationError` keyed by `password` where the policy refuses it.
    """
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.error_list}) from None
    user.set_password(password)
    user.save(update_fields=["password"])


def _refuse_taken_mail(email: str) -> None:
    if email.strip() and User.objects.filter(email__iexact=email.strip()).exists():
        raise ValidationError({"email": _("Another person has this mail address.")})


# --- the people of a store -----------------------------------------------------------------------
@transaction.atomic
def add_person(
    *,
    store_id: int,
    family_name: str,
    given_name: str,
    username: str,
    email: str,
    role: Role,
    actor: User,
) -> Membership:
    """Make an account without a password and give it a role in the store.

    The person chooses the password: see `make_password_link`. The user name may be typed in full
    width. Raises `PermissionDenied` where the actor may not give this role, `ValidationError`
    keyed by field.
    """
    _lock_people()
    _refuse_giver(store_id, actor, role)
    name = unicodedata.normalize("NFKC", username).strip().lower()
    if not USERNAME.fullmatch(name):
        raise ValidationError({"username": _("Use 3 to 30 letters from a to z, digits, . _ or -.")})
    if User.objects.filter(username__iexact=name).exists():
        raise ValidationError({"username": _("Another person has this user name.")})
    _refuse_taken_mail(email)
    user = User(
        username=name,
        last_name=family_name.strip(),
        first_name=given_name.strip(),
        email=email.strip(),
    )
    user.set_unusable_password()
    user.full_clean()
    user.save()
    member = Membership.objects.create(user=user, store_id=store_id, role=role)
    _note(PeopleAct.ADDED, member, actor=actor)
    return member


@transaction.atomic
def give_role(*, store_id: int, user_id: int, role: Role, actor: User) -> Membership:
    """Give a person who has an account already a role in the store; owners only.

    Opens the account again where the person's last role had been taken away; the password has to
    be chosen anew then. Raises `PermissionDenied`, `ValidationError` (`already-here`).
    """
    _lock_people()
    giver = _refuse_giver(store_id, actor, role)
    if not may(giver, Permission.MANAGE_COMPANY):
        raise PermissionDenied
    user = User.objects.get(pk=user_id)
    if Membership.objects.filter(user=user, store_id=store_id).exists():
        raise ValidationError(_("This person works here already."), code="already-here")
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    member = Membership.objects.create(user=user, store_id=store_id, role=role)
    _note(PeopleAct.GIVEN, member, actor=actor)
    return member


@transaction.atomic
def change_role(*, membership_id: int, before: Role, role: Role, actor: User) -> Membership:
    """Give a member another role; `before` is the role that the page showed.

    Raises `PermissionDenied` where the actor may not give both roles, `ValidationError`
    (`own-role`; `changed-meanwhile` where the role is neither `before` nor the one asked for).
    """
    _lock_people()
    member = Membership.objects.select_related("user").get(pk=membership_id)
    _refuse_own(member, actor)
    _refuse_giver(member.store_id, actor, Role(member.role), role)
    if member.role == role:
        return member
    if member.role != before:
        raise ValidationError(
            _("Somebody else has changed this role meanwhile."), code="changed-meanwhile"
        )
    member.role = role
    member.save(update_fields=["role"])
    _note(PeopleAct.CHANGED, member, actor=actor)
    return member


@transaction.atomic
def take_access(*, membership_id: int, actor: User) -> User:
    """Take a member's role in the store away, from the next page on; return the person.

    With the last role the account is closed and its password forgotten, which also ends its
    sessions for good. An owner is taken away only by another owner of the store, so one always
    stays. Raises `PermissionDenied`, `ValidationError` (`own-role`).
    """
    _lock_people()
    member = Membership.objects.select_related("user").get(pk=membership_id)
    _refuse_own(member, actor)
    _refuse_giver(member.store_id, actor, Role(member.role))
    _note(PeopleAct.TAKEN, member, actor=actor)
    user = member.user
    member.delete()
    if not Membership.objects.filter(user=user).exists():
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
    return user


@transaction.atomic
def make_password_link(*, membership_id: int, actor: User) -> tuple[str, str]:
    """Return (user id in base 36, key) of a page on which the person chooses a new password.

    The key is signed and stored nowhere; it dies with the first new password, the next log-in or
    after `PASSWORD_RESET_TIMEOUT`. Raises `PermissionDenied` where the actor may not give every
    role that the person has in any store, `ValidationError` (`own-role`).
    """
    _lock_people()
    member = Membership.objects.select_related("user").get(pk=membership_id)
    _refuse_own(member, actor)
    everywhere = Membership.objects.filter(user=member.user).values_list("role", flat=True)
    _refuse_giver(member.store_id, actor, *(Role(role) for role in everywhere))
    if member.user.is_superuser and not actor.is_superuser:
        raise PermissionDenied
    _note(PeopleAct.LINK, member, actor=actor)
    key: str = default_token_generator.make_token(member.user)
    return user_pk_to_url_str(member.user), key


def _lock_people() -> None:
    Company.objects.select_for_update(no_key=True).get()


def _refuse_giver(store_id: int, actor: User, *roles: Role) -> Role:
    """Return the actor's role in the store; refuse where it may not give all of `roles`."""
    own = Membership.objects.filter(store_id=store_id, user=actor, user__is_active=True).first()
    if own is None or not may_give(Role(own.role), *roles):
        raise PermissionDenied
    return Role(own.role)


def _refuse_own(member: Membership, actor: User) -> None:
    if member.user_id == actor.pk:
        raise ValidationError(_("Somebody else has to do this for you."), code="own-role")


def _note(act: PeopleAct, member: Membership, *, actor: User) -> None:
    """Write one line of the store's people history (Django's own log of changes)."""
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(Store),
        object_id=str(member.store_id),
        object_repr=f"{person_name(member.user)} ({member.user.get_username()})"[:200],
        action_flag=CHANGE,
        change_message=json.dumps({"act": act, "role": member.role, "person": member.user_id}),
    )
