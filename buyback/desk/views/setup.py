"""`/setup/`: open once, before there is a company, to who can read the terminal."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from buyback.contracts.sample_text import BLOCKS
from buyback.desk.forms import SetUpForm
from buyback.desk.queries import the_company
from buyback.desk.services import set_up
from buyback.desk.token import is_setup_token
from shop.people.access import public


@public
@sensitive_post_parameters("password", "password_again", "token")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Show the form, or set up the shop and send the owner to sign in and to a second factor.

    Once a company exists the page is 404; only the same form sent twice (right token, a company
    made a moment ago) goes where the first one went.
    """
    if the_company() is not None:
        if is_setup_token(request.POST.get("token", "")):
            return _to_sign_in()
        raise Http404
    form = SetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_up(form.answers())
        except ValidationError as refused:
            if refused_as_done(refused):
                return _to_sign_in()
            form.refused(refused)
        else:
            messages.success(
                request, _("The shop is set up. Sign in, then set up your two-step sign-in.")
            )
            return _to_sign_in()
    context = {"form": form, "blocks": BLOCKS}
    return render(request, "buyback/desk/setup.html", context, status=422 if form.errors else 200)


def refused_as_done(error: ValidationError) -> bool:
    """Tell whether the other of two forms sent at once has done the work already."""
    return getattr(error, "code", None) == "already-set-up"


def _to_sign_in() -> HttpResponse:
    query = urlencode({"next": reverse("mfa_index")})
    return HttpResponseRedirect(f"{reverse('account_login')}?{query}", status=303)
