"""The first page."""

from django.urls import path

from cheiron.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("guide/<path:name>/", views.guide, name="guide"),
    path("healthz", views.healthz, name="healthz"),
]
