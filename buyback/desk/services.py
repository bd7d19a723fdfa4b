"""Setting up a real shop: everything it needs for its first deal, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from buyback.contracts.services import adopt_text, load_sample_text
from buyback.identity.services import load_methods
from buyback.pricing.books import load_sample_book
from carriers.checks.models import NetworkMode
from carriers.checks.policy import Mode, Requirement
from inventory.catalogue.services import load_sample_catalogue
from shop.people.models import Store
from shop.people.policy import PeopleOnDuty, Role
from shop.people.services import create_company, create_member, create_store


class Asking(StrEnum):
    """How a new shop asks one network; asking a site by machine comes later, per network."""

    REQUIRED = "required"
    ASKED = "asked"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CompanyAnswers:
    """The company as on its permit; the invoice number may be empty."""

    name: str
    name_en: str
    permit_number: str
    commission: str
    invoice_number: str


@dataclass(frozen=True, slots=True)
class StoreAnswers:
    """The first store; English name and phone may be empty."""

    letter: str
    name_ja: str
    name_en: str
    address: str
    prefecture: str
    manager_name: str
    phone: str
    people_on_duty: PeopleOnDuty
    drawer: str


@dataclass(frozen=True, slots=True)
class OwnerAnswers:
    """The owner's account."""

    username: str
    full_name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SetUp:
    """All answers of the set-up page; `networks` names every network of the registry."""

    company: CompanyAnswers
    store: StoreAnswers
    owner: OwnerAnswers
    networks: Mapping[str, Asking]
    sample_prices: bool
    adopt_sample_text: bool


@transaction.atomic
def set_up(answers: SetUp) -> User:
    """Make company, store with drawer, owner, network modes, methods and samples; return the owner.

    The sample catalogue and text are always there to look at; the sample prices and the adoption
    of the text only where ticked. Raises `ValidationError` keyed by field, or `already-set-up`
    where a company exists (two at once: the second waits and is refused). Nothing stands after a
    refusal.
    """
    company, place, owner = answers.company, answers.store, answers.owner
    made = create_company(
        name=company.name,
        name_en=company.name_en,
        permit_number=company.permit_number,
        commission=company.commission,
        invoice_number=company.invoice_number,
    )
    store = create_store(
        company=made,
        letter=place.letter,
        name_ja=place.name_ja,
        name_en=place.name_en,
        address=place.address,
        prefecture=place.prefecture,
        manager_name=place.manager_name,
        phone=place.phone,
        people_on_duty=place.people_on_duty,
        drawers=(place.drawer,),
    )
    user = create_member(
        username=owner.username,
        full_name=owner.full_name,
        email=owner.email,
        password=owner.password,
        roles={store: Role.OWNER},
    )
    for network, asking in answers.networks.items():
        set_network_mode(network=network, asking=asking, reason="/setup/", actor=user)
    furnish(store=store, actor=user, adopt=answers.adopt_sample_text)
    if answers.sample_prices:
        load_sample_book(valid_from=timezone.localdate(), actor=user)
    return user


def furnish(*, store: Store, actor: User, adopt: bool) -> None:
    """Give a store what is the same for every shop: catalogue, ID methods, the sample text."""
    load_sample_catalogue()
    load_methods(valid_from=timezone.localdate())
    text = load_sample_text()
    if adopt:
        adopt_text(store=store, text=text, actor=actor)


def set_network_mode(
    *,
    network: str,
    asking: Asking,
    reason: str,
    actor: User | None,
    mode: Mode = Mode.ASSISTED,
    valid_from: datetime | None = None,
) -> NetworkMode:
    """Write how one network is asked from `valid_from` on, or from now."""
    return NetworkMode.objects.create(
        network=network,
        mode=Mode.OFF if asking is Asking.OFF else mode,
        requirement=Requirement.REQUIRED if asking is Asking.REQUIRED else Requirement.ASKED,
        valid_from=valid_from or timezone.now(),
        reason=reason,
        set_by=actor,
    )
