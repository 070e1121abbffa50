"""Addresses of what the two of a pair write to each other."""

from django.urls import path

from cheiron.web.messages import views

urlpatterns = [
    path("mentorships/<str:pk>/messages/", views.thread, name="thread"),
    path("mentorships/<str:pk>/messages/mute/", views.thread_mute, name="thread-mute"),
    path("messages/<str:pk>/report/", views.message_report, name="message-report"),
    path("programs/<str:pk>/reports/", views.reports, name="reports"),
    path("reports/<str:pk>/", views.report_settle, name="report-settle"),
]
