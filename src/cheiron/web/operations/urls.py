"""Addresses of operations."""

from django.urls import path

from cheiron.web.operations import views

urlpatterns = [
    path("programs/<str:pk>/letters/", views.letters, name="letters"),
    path("programs/<str:pk>/audit/", views.audit, name="audit"),
]
