"""The root of all addresses. Pages for people are inside i18n_patterns; machines stand outside."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config.health import healthz, readyz
from shop.people.access import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # A POST that only stores the chosen language; sellers use it too.
    path("i18n/setlang/", public(set_language), name="set_language"),
]

urlpatterns += i18n_patterns(
    path("", include("shop.urls")),
    path("", include("carriers.urls")),
    path("", include("inventory.urls")),
    path("", include("buyback.urls")),
    path("accounts/", include("allauth.urls")),
    prefix_default_language=False,
)

if settings.ADMIN_ENABLED:
    # The admin has no door of its own: the same log-in, the same second factor.
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way
    urlpatterns += i18n_patterns(path("admin/", admin.site.urls), prefix_default_language=False)

handler500 = "config.errors.server_error"
