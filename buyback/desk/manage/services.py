"""What a manager or an owner changes: dated settings, modes of networks, the contract text.

Decided here: who may write what holds for one store or for all of them, and from which day. What a
setting may be is decided by the settings book, what a mode means by `carriers.checks`.
"""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.contracts.models import ContractText
from buyback.contracts.queries import text_for
from buyback.contracts.services import adopt_text
from buyback.desk.services import Asking, set_network_mode
from carriers.checks.models import NetworkMode
from carriers.checks.policy import Mode
from carriers.networks.registry import NETWORKS
from shop.people.models import Membership
from shop.people.policy import Permission
from shop.settings_book import Setting, Value, change_setting

OFFERED = (Mode.ASSISTED, Mode.WEB, Mode.OFF)
"""The modes that exist; a paid service (`gateway`) is offered once one is built."""
FURTHEST = timedelta(days=5 * 365)


def change_value(
    *,
    store_id: int,
    everywhere: bool,
    key: str,
    value: Value,
    valid_from: date,
    reason: str,
    actor: User,
) -> Setting:
    """Write a setting for the store, or for the whole company; from today on or a later day.

    Raises `PermissionDenied`, `ValidationError` (`past-day`, `far-day`, and the codes of
    `change_setting`).
    """
    member = _need(store_id, actor, Permission.MANAGE_COMPANY if everywhere else Permission.MANAGE)
    _refuse_day(valid_from)
    return change_setting(
        key=key,
        value=value,
        valid_from=valid_from,
        reason=reason,
        actor=actor,
        store=None if everywhere else member.store,
    )


def change_network(
    *,
    store_id: int,
    network: str,
    mode: Mode,
    required: bool,
    valid_from: date,
    reason: str,
    actor: User,
) -> NetworkMode:
    """Write how one network is asked in all stores: at once for today, else from 0:00 of a day.

    Questions that have been asked already stay as they are: a mode is read when a check is
    requested. Raises `PermissionDenied`, `ValidationError` (`unknown-network`, `no-such-mode`,
    `past-day`, `far-day`).
    """
    _need(store_id, actor, Permission.MANAGE_COMPANY)
    if network not in NETWORKS:
        raise ValidationError(_("There is no such network."), code="unknown-network")
    if mode not in OFFERED:
        raise ValidationError(_("This way of asking does not exist yet."), code="no-such-mode")
    _refuse_day(valid_from)
    asking = Asking.REQUIRED if required else Asking.ASKED
    return set_network_mode(
        network=network,
        asking=Asking.OFF if mode is Mode.OFF else asking,
        reason=reason,
        actor=actor,
        mode=mode,
        valid_from=_beginning(valid_from),
    )


def adopt_for_store(*, store_id: int, text_id: int, actor: User) -> ContractText:
    """Let the store use a contract text from now on; nothing is written where it does already.

    Raises `PermissionDenied`, `ContractText.DoesNotExist`.
    """
    store = _need(store_id, actor, Permission.MANAGE).store
    text = ContractText.objects.get(pk=text_id)
    chosen = text_for(store)
    if chosen is None or not chosen.adopted or chosen.text.pk != text.pk:
        adopt_text(store=store, text=text, actor=actor)
    return text


def _need(store_id: int, actor: User, permission: Permission) -> Membership:
    found = Membership.objects.select_related("store").filter(store_id=store_id, user=actor).first()
    if found is None or not found.may(permission):
        raise PermissionDenied
    return found


def _refuse_day(day: date) -> None:
    today = timezone.localdate()
    if day < today:
        raise ValidationError(_("Choose today or a later day."), code="past-day")
    if day > today + FURTHEST:
        raise ValidationError(_("Choose a day within the next five years."), code="far-day")


def _beginning(day: date) -> datetime:
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time()))
