"""Who works in a store, and what was done to whose access."""

import json
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet

from shop.people.models import Membership, Store
from shop.people.names import person_name
from shop.people.policy import PeopleAct, Role
from shop.people.wording import ACT, ROLE

HISTORY_LINES = 50
NEEDS_SECOND_FACTOR = frozenset({Role.MANAGER, Role.OWNER})
"""DESIGN §3: managers and above sign in with a second factor."""


@dataclass(frozen=True, slots=True)
class PeopleLine:
    """One line of the history: what was done to `person` by `by`."""

    at: datetime
    person: str
    sentence: str
    by: str


def members_of(store: Store) -> QuerySet[Membership]:
    """Return the memberships of a store by user name, each with `has_second_factor`. One query."""
    second = Authenticator.objects.filter(
        user_id=OuterRef("user_id"),
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
    )
    return (
        Membership.objects.filter(store=store)
        .select_related("user", "store")
        .annotate(has_second_factor=Exists(second))
        .order_by("user__username")
    )


def people_elsewhere(store: Store) -> list[User]:
    """Return everybody with an account who has no role in `store`, by user name. One query."""
    here = Membership.objects.filter(user_id=OuterRef("pk"), store=store)
    return list(User.objects.filter(~Exists(here)).order_by("username"))


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
