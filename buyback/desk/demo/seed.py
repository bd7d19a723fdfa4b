"""Furnishing the demo shop. May run at every start: what stands is left as it is."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.desk.demo.logins import new_logins, read_logins, write_logins
from buyback.desk.demo.people import COMPANY, COMPANY_NAME, DRAWERS, MEMBERS, STORES
from buyback.desk.services import Asking, furnish, set_network_mode
from buyback.pricing.books import load_sample_book
from carriers.checks.models import NetworkMode
from carriers.checks.policy import Mode
from carriers.networks.registry import NETWORKS
from shop.people.models import Company, Store
from shop.people.services import create_company, create_member, create_store, set_password


def furnish_demo() -> dict[str, str]:
    """Make the demo's company, stores, people, prices and modes; return user name → password.

    Idempotent: a second call changes nothing but passwords that no file holds any more. Raises
    `ValidationError` (`not-the-demo`) outside the demo or where a real company stands.
    """
    company = Company.objects.first()
    if not settings.DEMO or (company is not None and company.name != COMPANY_NAME):
        raise ValidationError(_("This is not the demo shop."), code="not-the-demo")
    logins = {name: word for name, word in read_logins().items() if name in _usernames()}
    lost = [name for name in _usernames() if name not in logins]
    logins |= new_logins(lost)
    # The file first: a crash between the two leaves a file that the next call makes true.
    write_logins(logins)
    if company is None:
        _make_shop(logins)
    else:
        for user in User.objects.filter(username__in=logins):
            if not user.check_password(logins[user.username]):
                set_password(user=user, password=logins[user.username])
    return logins


def _usernames() -> list[str]:
    return [member.username for member in MEMBERS]


@transaction.atomic
def _make_shop(logins: dict[str, str]) -> None:
    company = create_company(**COMPANY)
    stores = {
        one.letter: create_store(
            company=company,
            letter=one.letter,
            name_ja=one.name_ja,
            name_en=one.name_en,
            address=one.address,
            prefecture=one.prefecture,
            manager_name=one.manager_name,
            drawers=DRAWERS,
        )
        for one in STORES
    }
    people = {
        member.username: create_member(
            username=member.username,
            full_name=member.full_name,
            email=f"{member.username}@demo.invalid",  # what config/checks.py knows them by
            password=logins[member.username],
            roles={stores[letter]: member.role for letter in member.stores},
        )
        for member in MEMBERS
    }
    _fill(list(stores.values()), people["manager"])


def _fill(stores: list[Store], manager: User) -> None:
    for store in stores:
        furnish(store=store, actor=manager, adopt=True)
    load_sample_book(valid_from=timezone.localdate(), actor=manager)
    if not NetworkMode.objects.exists():
        for network in NETWORKS:
            # `web` reaches the stand-in sites only, Rakuten's too (DESIGN §4).
            set_network_mode(
                network=network,
                asking=Asking.REQUIRED,
                reason="demo: stand-in sites",
                actor=manager,
                mode=Mode.WEB,
            )
