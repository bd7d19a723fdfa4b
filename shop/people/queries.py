"""Who works in a store, and what was done to whose access."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef

from shop.people.models import Membership, Store
from shop.people.names import person_name
from shop.people.policy import NEED_SECOND_FACTOR, PeopleAct, Role
from shop.people.wording import ACT, ROLE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

HISTORY_LINES = 50


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a store, as the list shows it."""

    membership: Membership
    name: str
    role: "Lazy"
    has_second_factor: bool

    @property
    def lacks_second_factor(self) -> bool:
        """Tell whether the role wants a second factor that is not there."""
        return Role(self.membership.role) in NEED_SECOND_FACTOR and not self.has_second_factor

    @property
    def has_password(self) -> bool:
        """Tell whether the person has chosen a password."""
        return self.membership.user.has_usable_password()


@dataclass(frozen=True, slots=True)
class PeopleLine:
    """One line of the history: what was done to `person` by `by`."""

    at: datetime
    person: str
    sentence: str
    by: str


def members_of(store: Store) -> tuple[Member, ...]:
    """Return the people of a store by user name. One query."""
    second = Authenticator.objects.filter(
        user_id=OuterRef("user_id"),
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
    )
    rows = (
        Membership.objects.filter(store=store)
        .select_related("user")
        .annotate(has_second_factor=Exists(second))
        .order_by("user__username")
    )
    return tuple(
        Member(row, person_name(row.user), ROLE[Role(row.role)], row.has_second_factor)
        for row in rows
    )


def people_elsewhere(store: Store) -> list[User]:
    """Return everybody with an account who has no role in `store`, by user name. One query."""
    here = Membership.objects.filter(user_id=OuterRef("pk"), store=store)
    return list(User.objects.filter(~Exists(here)).order_by("username"))


def everybody() -> list[User]:
    """Return everybody with an account, by user name. One query."""
    return list(User.objects.order_by("username"))


def people_history(store: Store) -> tuple[PeopleLine, ...]:
    """Return the newest lines of the store's people history, newest first. One query."""
    rows = (
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Store), object_id=str(store.pk)
        )
        .select_related("user")
        .order_by("-pk")[: HISTORY_LINES * 2]
    )
    lines = (_line(row) for row in rows)
    return tuple(line for line in lines if line is not None)[:HISTORY_LINES]


def _line(row: LogEntry) -> PeopleLine | None:
    """Return the line of a row written by our services; None for one written by the admin."""
    try:
        said = json.loads(row.change_message)
        sentence = str(ACT[PeopleAct(said["act"])]) % {"role": ROLE[Role(said["role"])]}
    except (ValueError, KeyError, TypeError):
        return None
    return PeopleLine(row.action_time, row.object_repr, sentence, person_name(row.user))
