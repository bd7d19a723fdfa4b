"""Where the three faces of buyback are reached."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("buyback.desk.urls")),
    path("manage/", include("buyback.desk.manage.urls")),
    path("counter/", include("buyback.counter.urls")),
]
