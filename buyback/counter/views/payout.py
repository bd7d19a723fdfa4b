"""The payout stage: what is owed, from which drawer, and that it was paid."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from buyback.contracts.queries import newest_contract, unit_codes
from buyback.counter.forms.payout import PayoutForm
from buyback.counter.frame import Stage, deal_or_404, need, render_stage, to_stage
from buyback.deals.models import Deal
from buyback.payouts.policy import Code
from buyback.payouts.queries import conclusion_of, drawers_of, pay_problems_of, payout_of
from buyback.payouts.services import pay_cash
from buyback.payouts.wording import sentence
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission
from shop.wording import Audience

CONFLICTS = frozenset({Code.ALREADY_PAID.value, Code.AMOUNT_DIFFERS.value, "not-now"})
"""Refusals that mean the page was stale (409); any other is 422."""


@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.SEE_COUNTER)
def payout(request: StaffRequest, code: str) -> HttpResponse:
    """Show what is owed; a POST by somebody who may pay pays it, once."""
    deal = deal_or_404(request, code)
    if request.method != "POST":
        return _page(request, deal)
    need(request, Permission.PAY)
    form = PayoutForm(request.POST, drawers=drawers_of(request.membership.store))
    if not form.is_valid():
        return _page(request, deal, form=form, status=422)
    data = form.cleaned_data

    def act() -> int:
        return pay_cash(
            deal_id=deal.pk,
            drawer_id=data["drawer"],
            amount_yen=data["amount_yen"],
            actor=request.user,
        ).pk

    try:
        once(actor=request.user, scope="pay", about=deal.pk, key=data["key"], act=act)
    except ValidationError as error:
        status = 409 if getattr(error, "code", "") in CONFLICTS else 422
        again = deal_or_404(request, code)
        return _page(request, again, refused=error.messages, status=status)
    return to_stage(deal, Stage.PAYOUT)


def _page(
    request: StaffRequest,
    deal: Deal,
    *,
    form: PayoutForm | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    conclusion = conclusion_of(deal)
    paid = payout_of(deal) if conclusion else None
    problems = () if paid else pay_problems_of(deal, now=timezone.now())
    owed = conclusion.total_yen if conclusion else 0
    may_pay = request.membership.may(Permission.PAY)
    can_pay = may_pay and conclusion is not None and not paid and not problems
    if form is None and can_pay:
        form = PayoutForm(
            drawers=drawers_of(request.membership.store), initial={"amount_yen": owed}
        )
    if form is not None and form.errors and not form["drawer"].errors:
        refused = [_("The form did not arrive whole. Please try again.")]
    context: dict[str, object] = {
        "conclusion": conclusion,
        "contract": newest_contract(deal),
        "payout": paid,
        "owed": owed,
        "blocks": [sentence(problem, Audience.STAFF) for problem in problems],
        "units": unit_codes(deal) if conclusion else (),
        "form": form if can_pay else None,
        "may_pay": may_pay,
        "refused": refused or [],
    }
    template = "buyback/counter/payout.html"
    return render_stage(request, deal, Stage.PAYOUT, template, context, status=status)
