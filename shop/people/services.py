"""Making the company, its stores and the people in them.

Accounts are made here only (sign-up is closed). Passwords follow the policy of the settings;
nothing here prints or logs one.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from shop.people.models import Company, Drawer, Membership, Store
from shop.people.policy import PeopleOnDuty, Role

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
    if email.strip() and User.objects.filter(email__iexact=email.strip()).exists():
        raise ValidationError({"email": _("Another person has this mail address.")})
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
