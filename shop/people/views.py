"""Choosing the store one works in now."""

from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shop.people.access import SESSION_KEY, signed_in
from shop.people.models import Membership


@signed_in
@require_POST
def switch_store(request: HttpRequest) -> HttpResponse:
    """Work in the store of the membership posted; another person's membership is not found.

    Goes back to the page named by `next` where that is one of ours; a page of the store left
    behind would be 404, so pages below a deal or a unit lead to the list.
    """
    chosen = request.POST.get("membership", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
        raise Http404
    user = cast("User", request.user)  # signed_in let nobody else through
    membership = Membership.objects.filter(pk=int(chosen), user=user).first()
    if membership is None:
        raise Http404
    request.session[SESSION_KEY] = membership.store_id
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(_list_above(target) if safe else settings.LOGIN_REDIRECT_URL)


def _list_above(path: str) -> str:
    for part in ("/deals/", "/units/"):
        above, found, _rest = path.partition(part)
        if found:
            return f"{above}/"
    return path
