"""Addresses of asking to take part, and of answering."""

from django.urls import path

from cheiron.web.joining import views

urlpatterns = [
    path("join/<str:pk>/", views.join, name="join"),
    path("programs/<str:pk>/joining/", views.joining, name="joining"),
    path("programs/<str:pk>/joining/link/", views.join_link, name="join-link"),
    path("programs/<str:pk>/joining/answer/", views.join_answer, name="join-answer"),
    path("programs/<str:pk>/joining/<str:role>/poster/", views.join_poster, name="join-poster"),
]
