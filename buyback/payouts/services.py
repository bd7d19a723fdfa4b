"""Pay the seller. The row, the state and the event stand in one transaction, once per conclusion.

Lock order: seller → deal → items → drawer (DESIGN §3).
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.contracts.records import lock_all
from buyback.deals.policy import Action
from buyback.deals.transition import Details, apply
from buyback.payouts.models import Payout, PayoutMethod
from buyback.payouts.policy import Code
from buyback.payouts.queries import conclusion_of, pay_problems_of
from buyback.payouts.wording import sentence
from shop.people.models import Drawer
from shop.problems import Blocker, Problem
from shop.refusal import refusal_of, refuse_blocking
from shop.wording import Audience


@transaction.atomic
def pay_cash(*, deal_id: int, drawer_id: int, amount_yen: int, actor: User) -> Payout:
    """Write that `amount_yen` was paid in cash out of the drawer; the deal is paid.

    Two people at once: the second finds it paid. Raises `ValidationError`: `drawer-unknown` for a
    drawer of another store, or the first blocker of `pay_problems_of` (`not-concluded`,
    `already-paid`, `amount-differs`, `pay-on-hold` …).
    """
    now = timezone.now()
    deal = lock_all(deal_id)
    drawers = Drawer.objects.select_for_update(no_key=True)
    drawer = drawers.filter(pk=drawer_id, store=deal.store_id).first()
    if drawer is None:
        raise ValidationError(_("Choose a drawer of this store."), code="drawer-unknown")
    refuse_blocking(pay_problems_of(deal, now=now, asked_yen=amount_yen), _refused)
    conclusion = conclusion_of(deal)
    if conclusion is None:
        raise _refused((Blocker(Code.NOT_CONCLUDED),))
    payout = Payout.objects.create(
        conclusion=conclusion,
        method=PayoutMethod.CASH,
        drawer=drawer,
        amount_yen=amount_yen,
        paid_at=now,
        paid_by=actor,
    )
    details: Details = {"amount_yen": amount_yen, "drawer": drawer.name}
    apply(deal_id=deal.pk, action=Action.PAY, actor=actor, details=details)
    return payout


def _say(problem: Problem) -> str:
    return sentence(problem, Audience.STAFF)


def _refused(problems: Iterable[Problem]) -> ValidationError:
    return refusal_of(problems, _say)
