"""The first page, open to everybody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from buyback.desk.queries import demo_page, the_company
from shop.people.access import public


@public
@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """Say what the shop does and who runs it (古物営業法12条2項); in the demo, how to try it."""
    context = {"company": the_company(), "demo": demo_page() if settings.DEMO else None}
    return render(request, "buyback/desk/first.html", context)
