"""The managers' pages, under /manage/."""

from django.urls import path

from buyback.desk.manage.views import automatic, pages, people

app_name = "manage"

urlpatterns = [
    path("", pages.index, name="index"),
    path("settings/", pages.settings_page, name="settings"),
    path("networks/", pages.networks, name="networks"),
    path("networks/automatic/", automatic.automatic, name="automatic"),
    path("texts/", pages.texts, name="texts"),
    path("prices/", pages.prices, name="prices"),
    path("people/", people.people, name="people"),
    path("people/bring/", people.bring, name="bring"),
    path("people/<int:member_id>/", people.person, name="person"),
    path("people/<int:member_id>/role/", people.role, name="role"),
    path("people/<int:member_id>/leave/", people.leave, name="leave"),
    path("people/<int:member_id>/link/", people.link, name="link"),
]
