"""Addresses of match rounds."""

from django.urls import path

from cheiron.web.matching import views

urlpatterns = [
    path("programs/<str:pk>/rounds/", views.rounds, name="rounds"),
    path("rounds/<str:pk>/", views.studio, name="studio"),
    path("rounds/<str:pk>/draft/", views.draft, name="draft"),
    path("rounds/<str:pk>/weights/", views.weights, name="weights"),
    path("rounds/<str:pk>/effect/", views.effect, name="effect"),
    path("rounds/<str:pk>/methods/", views.methods, name="methods"),
    path("rounds/<str:pk>/decide/", views.decide, name="decide"),
    path("rounds/<str:pk>/undo/", views.undo, name="undo"),
    path("rounds/<str:pk>/redo/", views.redo, name="redo"),
    path("rounds/<str:pk>/review/", views.review, name="review"),
    path("rounds/<str:pk>/reopen/", views.reopen, name="reopen"),
    path("rounds/<str:pk>/publish/", views.publish, name="publish"),
    path("rounds/<str:pk>/compare/", views.compare, name="compare"),
    path("rounds/<str:pk>/figures/", views.figures, name="figures"),
    path("rounds/<str:pk>/groups/", views.groups, name="groups"),
    path("rounds/<str:pk>/networks/", views.networks, name="networks"),
    path("rounds/<str:pk>/history/", views.history, name="history"),
    path("rounds/<str:pk>/<str:what>.json", views.round_file, name="round-file"),
]
