"""The pages of `shop`."""

from django.urls import path

from shop.people import views

app_name = "people"

urlpatterns = [path("stores/switch/", views.switch_store, name="switch-store")]
