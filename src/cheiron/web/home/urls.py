"""The first page."""

from django.urls import path

from cheiron.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
]
