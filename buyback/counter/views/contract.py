"""The contract stage: prepare it, have it read and signed, conclude, hand out the paper."""

import logging

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from buyback.contracts.models import Contract
from buyback.contracts.pdf import PdfDamagedError, read_pdf, store_pdf
from buyback.contracts.policy import Code
from buyback.contracts.queries import newest_contract
from buyback.contracts.services import conclude as conclude_deal
from buyback.contracts.services import prepare_contract, sign_contract
from buyback.counter.contracting import contract_page
from buyback.counter.forms.contract import ConcludeForm, PrepareForm, SignForm
from buyback.counter.frame import SeeOther, Stage, deal_or_404, render_stage, to_stage
from buyback.deals.models import Deal
from shop.idempotency import once
from shop.paper.compiler import PaperError
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission
from shop.wording import NEUTRAL

logger = logging.getLogger(__name__)

CONFLICTS = frozenset({Code.CONTRACT_CHANGED.value, "not-now"})
"""Refusals that mean the page was stale (409); any other is 422."""
TO_SELLER = "?to=seller"


@require_safe
@access(Permission.SEE_COUNTER)
def contract(request: StaffRequest, code: str) -> HttpResponse:
    """Show the contract; with `?to=seller` alone, as the screen is turned round."""
    deal = deal_or_404(request, code)
    if request.GET.get("to") == "seller":
        return _seller_page(request, deal)
    return _page(request, deal)


@require_POST
@access(Permission.TAKE_DEALS)
def prepare(request: StaffRequest, code: str) -> HttpResponse:
    """Freeze the contract in the seller's language."""
    deal = deal_or_404(request, code)
    form = PrepareForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, prepare_form=form, status=422)
    language = form.cleaned_data["language"]
    try:
        prepare_contract(deal_id=deal.pk, language=language, actor=request.user)
    except ValidationError as error:
        return _refused(request, deal, error)
    return to_stage(deal, Stage.CONTRACT)


@require_POST
@access(Permission.TAKE_DEALS)
def sign(request: StaffRequest, code: str) -> HttpResponse:
    """Take the seller's signature on the contract that the page showed."""
    deal = deal_or_404(request, code)
    newest = newest_contract(deal)
    form = SignForm(request.POST)
    if newest is None or not form.is_valid():
        form.add_error(None, _("The form did not arrive whole. Please try again."))
        return _sign_again(request, deal, form, status=422)
    data = form.cleaned_data
    if not Contract.objects.filter(deal=deal, pk=data["contract"]).exists():
        raise Http404
    language = newest.language if _is_turned(request) else get_language()

    def act() -> int:
        return sign_contract(
            contract_id=data["contract"],
            strokes=data["strokes"],
            statements=data["statements"],
            fingerprint=data["fingerprint"],
            actor=request.user,
        ).pk

    try:
        with translation.override(language):
            once(actor=request.user, scope="sign", about=deal.pk, key=data["key"], act=act)
    except ValidationError as error:
        return _not_signed(request, deal, form, error)
    there = to_stage(deal, Stage.CONTRACT)
    return SeeOther(there.url + TO_SELLER) if _is_turned(request) else there


@require_POST
@access(Permission.TAKE_DEALS)
def conclude(request: StaffRequest, code: str) -> HttpResponse:
    """Make the phones ours: stock and ledger are written with it."""
    deal = deal_or_404(request, code)
    form = ConcludeForm(request.POST)
    if not form.is_valid():
        incomplete = ValidationError(_("The form did not arrive whole. Please try again."))
        return _refused(request, deal, incomplete)
    in_hand = form.cleaned_data["phone_in_hand"]

    def act() -> int:
        made = conclude_deal(deal_id=deal.pk, actor=request.user, phone_in_hand=in_hand)
        return made.conclusion.pk

    try:
        key = form.cleaned_data["key"]
        once(actor=request.user, scope="conclude", about=deal.pk, key=key, act=act)
    except ValidationError as error:
        return _refused(request, deal, error)
    return to_stage(deal, Stage.CONTRACT)


@require_safe
@access(Permission.SEE_COUNTER)
def pdf(request: StaffRequest, code: str, version: int) -> HttpResponse:
    """Hand out the stored paper of a concluded contract after comparing it with its hash."""
    deal = deal_or_404(request, code)
    found = Contract.objects.filter(deal=deal, version=version, conclusion__isnull=False).first()
    if found is None:
        raise Http404
    try:
        body = read_pdf(store_pdf(found.pk))
    except PdfDamagedError:
        logger.exception("stored contract differs from its hash", extra={"contract": found.pk})
        text = _("The stored paper is not the one that was made. Do not use it; tell the owner.")
        return _page(request, deal, refused=[text], status=500)
    except (PaperError, OSError):
        logger.exception("contract could not be printed", extra={"contract": found.pk})
        text = _("The paper could not be made just now. Nothing is lost; please try again.")
        return _page(request, deal, refused=[text], status=503)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'inline; filename="contract-{deal.code}-{version}.pdf"',
    }
    return HttpResponse(body, content_type="application/pdf", headers=headers)


# --- inside ------------------------------------------------------------------------------------
def _is_turned(request: StaffRequest) -> bool:
    return request.POST.get("to") == "seller"


def _status(error: ValidationError) -> int:
    return 409 if getattr(error, "code", "") in CONFLICTS else 422


def _refused(request: StaffRequest, deal: Deal, error: ValidationError) -> HttpResponse:
    """Show the page as the deal stands now, with every sentence of the refusal."""
    again = deal_or_404(request, deal.code)
    return _page(request, again, refused=error.messages, status=_status(error))


def _not_signed(
    request: StaffRequest, deal: Deal, form: SignForm, error: ValidationError
) -> HttpResponse:
    """Show the page again with what is wrong beside its field.

    On a turned screen a reason that is not about ticks or strokes is one neutral sentence.
    """
    code = str(getattr(error, "code", ""))
    if code == Code.STATEMENTS_OPEN:
        form.add_error("statements", error.messages[0])
    elif code.startswith("signature-"):
        form.add_error("strokes", error.messages[0])
    elif _is_turned(request):
        form.add_error(None, NEUTRAL)
    else:
        return _refused(request, deal, error)
    return _sign_again(request, deal, form, status=_status(error))


def _sign_again(request: StaffRequest, deal: Deal, form: SignForm, *, status: int) -> HttpResponse:
    again = deal_or_404(request, deal.code)
    if _is_turned(request):
        return _seller_page(request, again, sign_form=form, status=status)
    return _page(request, again, sign_form=form, status=status)


def _page(
    request: StaffRequest,
    deal: Deal,
    *,
    prepare_form: PrepareForm | None = None,
    sign_form: SignForm | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = contract_page(deal, now=timezone.now())
    language = page.contract.language if page.contract else get_language()
    context: dict[str, object] = {
        "page": page,
        "refused": refused or [],
        "may_take": request.membership.may(Permission.TAKE_DEALS),
        "prepare_form": prepare_form or PrepareForm(initial={"language": language}),
        "sign_form": sign_form or SignForm.of(page.contract),
        "conclude_form": ConcludeForm(),
        "sign_url": reverse("counter:sign", args=[deal.code]),
    }
    template = "buyback/counter/contract.html"
    return render_stage(request, deal, Stage.CONTRACT, template, context, status=status)


def _seller_page(
    request: StaffRequest, deal: Deal, *, sign_form: SignForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the contract without the frame, in the contract's own language throughout."""
    page = contract_page(deal, now=timezone.now())
    context = {
        "deal": deal,
        "page": page,
        "turned": True,
        "may_take": request.membership.may(Permission.TAKE_DEALS),
        "sign_form": sign_form or SignForm.of(page.contract),
        # Made before the language changes: the way back stays in the language of the staff.
        "sign_url": reverse("counter:sign", args=[deal.code]),
        "back_url": reverse("counter:contract", args=[deal.code]),
    }
    language = page.contract.language if page.contract else get_language()
    with translation.override(language):
        return render(request, "buyback/counter/contract_seller.html", context, status=status)
