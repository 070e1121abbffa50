"""Addresses of operations."""

from django.urls import path

from cheiron.web.operations import views, wording

urlpatterns = [
    path("programs/<str:pk>/letters/", views.letters, name="letters"),
    path("letters/<str:pk>/retry/", views.letter_retry, name="letter-retry"),
    path("programs/<str:pk>/letters/words/", wording.wording, name="wording"),
    path("programs/<str:pk>/letters/words/<str:kind>/", wording.wording_edit, name="wording-edit"),
    path("programs/<str:pk>/letters/words/<str:kind>/reset/", wording.wording_reset, name="wording-reset"),
    path("programs/<str:pk>/audit/", views.audit, name="audit"),
]
