"""The ledger on screen, on paper and as a file. Each is shown to the roles that may see it."""

from datetime import date

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from inventory.ledger.export import csv_chunks
from inventory.ledger.forms import PeriodForm
from inventory.ledger.paper import ledger_data
from inventory.ledger.policy import FORM_COLUMNS
from inventory.ledger.queries import form_rows, head_hash, page_of_receipts, receipts, stream_rows
from inventory.ledger.wording import APPLIES, COLUMN, CSV_HEADING, STRUCK, TOO_LONG
from shop.paper.compiler import render_pdf
from shop.people.access import StaffRequest, access
from shop.people.names import person_name
from shop.people.policy import Permission

PAGE_LINES = 100
PDF_LINES = 2000
"""More lines than this are for the CSV: a print of 200 sheets is asked for in parts."""


def _period(request: StaffRequest) -> tuple[PeriodForm, date, date]:
    today = timezone.localdate()
    asked = {name: request.GET[name] for name in ("first", "last") if name in request.GET}
    form = PeriodForm(asked or None, initial={"first": today.replace(day=1), "last": today})
    first, last = form.period(today)
    return form, first, last


@access(Permission.SEE_LEDGER)
@cache_control(no_store=True)
@require_safe
def ledger(request: StaffRequest) -> HttpResponse:
    """Show the lines of a period in the columns of the form, oldest first, in pages."""
    return _page(request)


def _page(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    form, first, last = _period(request)
    store = request.membership.store
    page = page_of_receipts(
        receipts(store, first=first, last=last), size=PAGE_LINES, after=request.GET.get("after", "")
    )
    context = {
        "form": form,
        "first": first,
        "last": last,
        "page": page,
        "store": store,
        "head_hash": head_hash(store),
        "problem": problem,
        "columns": COLUMN,
    }
    status = 422 if form.errors else status
    return render(request, "inventory/ledger/ledger.html", context, status=status)


@access(Permission.SEE_LEDGER)
@cache_control(no_store=True)
@require_safe
def ledger_print(request: StaffRequest) -> HttpResponse:
    """Return the period as a PDF in the form's layout, A4 landscape."""
    form, first, last = _period(request)
    store = request.membership.store
    found = list(receipts(store, first=first, last=last)[: PDF_LINES + 1])
    if form.errors or len(found) > PDF_LINES:
        problem = "" if form.errors else str(TOO_LONG) % {"lines": PDF_LINES}
        return _page(request, problem=problem, status=422)
    now = timezone.now()
    data = ledger_data(
        store=store,
        first=first,
        last=last,
        rows=form_rows(found),
        head_hash=head_hash(store),
        printed_at=now,
        printed_by=person_name(request.user),
        sample=settings.DEMO,
    )
    response = HttpResponse(render_pdf("ledger", data, at=now), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="ledger.pdf"'
    return response


@access(Permission.SEE_LEDGER)
@cache_control(no_store=True)
@require_safe
def ledger_csv(request: StaffRequest) -> HttpResponseBase:
    """Return the period as a CSV file, streamed; its name says nothing about anybody."""
    form, first, last = _period(request)
    if form.errors:
        return _page(request, status=422)
    found = receipts(request.membership.store, first=first, last=last)
    # Sentences are looked up now: the stream runs after the request's language is gone.
    headings = [str(CSV_HEADING[name]) for name in (*FORM_COLUMNS, "struck")]
    chunks = csv_chunks(
        stream_rows(found), headings=headings, applies=str(APPLIES), struck=str(STRUCK)
    )
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ledger.csv"'
    return response
