"""The identity stage: the seller's particulars and the document that was shown."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from buyback.counter.forms.identity import SellerForm, ShownForm
from buyback.counter.frame import Stage, deal_or_404, render_stage, to_stage
from buyback.deals.models import Deal
from buyback.deals.particulars import record_seller
from buyback.identity.queries import identity_problems_of, methods_on, newest_identity
from buyback.identity.services import record_identity
from buyback.identity.wording import document_name, sentence
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission
from shop.wording import Audience

METHOD = "presentation"
"""The one method of the counter so far; the others are added as rows with their own pages."""


@require_safe
@access(Permission.SEE_COUNTER)
def identity(request: StaffRequest, code: str) -> HttpResponse:
    """Show who sells and what was shown."""
    deal = deal_or_404(request, code)
    return _page(request, deal)


@require_POST
@access(Permission.TAKE_DEALS)
def seller(request: StaffRequest, code: str) -> HttpResponse:
    """Save the seller's particulars; wrong ones come back with their sentence, nothing is lost."""
    deal = deal_or_404(request, code)
    form = SellerForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, seller_form=form, status=422)
    try:
        record_seller(
            deal_id=deal.pk,
            typed=form.particulars(),
            version=form.cleaned_data["version"],
            actor=request.user,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        stale = form.has_error("__all__", "stale")
        return _page(
            request,
            deal_or_404(request, code),
            seller_form=form,
            compare=stale,
            status=409 if stale else 422,
        )
    return to_stage(deal, Stage.IDENTITY)


@require_POST
@access(Permission.TAKE_DEALS)
def verify(request: StaffRequest, code: str) -> HttpResponse:
    """Record the document that was shown, or say beside the field why it does not hold."""
    deal = deal_or_404(request, code)
    form = ShownForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, shown_form=form, status=422)
    try:
        record_identity(deal_id=deal.pk, shown=form.shown(METHOD), actor=request.user)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, deal, shown_form=form, status=422)
    return to_stage(deal, Stage.IDENTITY)


def _page(
    request: StaffRequest,
    deal: Deal,
    *,
    seller_form: SellerForm | None = None,
    shown_form: ShownForm | None = None,
    compare: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    record = newest_identity(deal)
    problems = identity_problems_of(deal, now=now, record=record) if record else ()
    context: dict[str, object] = {
        "seller_form": seller_form or SellerForm.of(deal.seller),
        "shown_form": shown_form or ShownForm(),
        "record": record,
        "document": document_name(record.document) if record else "",
        "problems": [sentence(problem, Audience.STAFF) for problem in problems],
        "compare": compare,
        "can_verify": deal.seller is not None and bool(methods_on(timezone.localdate(now))),
        "open_seller": seller_form is not None or deal.seller is None,
        "open_shown": shown_form is not None or record is None or bool(problems),
    }
    template = "buyback/counter/identity.html"
    return render_stage(request, deal, Stage.IDENTITY, template, context, status=status)
