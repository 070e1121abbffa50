"""Addresses of pairs."""

from django.urls import path

from cheiron.web.mentorships import queue, views

urlpatterns = [
    path("programs/<str:pk>/pairs/", views.pairs, name="pairs"),
    path("programs/<str:pk>/pairs.csv", views.pairs_file, name="pairs-file"),
    path("programs/<str:pk>/queue/", queue.queue, name="queue"),
    path("programs/<str:pk>/queue/ask/", queue.queue_ask, name="queue-ask"),
    path("programs/<str:pk>/queue/date/", queue.queue_date, name="queue-date"),
    path("programs/<str:pk>/queue/fill/", queue.queue_fill, name="queue-fill"),
    path("programs/<str:pk>/queue/switch/", queue.queue_switch, name="queue-switch"),
    path("mentorships/<str:pk>/", views.mentorship, name="mentorship"),
    path("mentorships/<str:pk>/answer/", views.answer, name="answer"),
    path("mentorships/<str:pk>/reply/", views.reply, name="reply"),
    path("mentorships/<str:pk>/meeting/", views.meeting_propose, name="meeting-propose"),
    path("mentorships/<str:pk>/agenda/", views.agenda, name="agenda"),
    path("mentorships/<str:pk>/contact/", views.contact, name="contact"),
    path("mentorships/<str:pk>/change/", views.change, name="change"),
    path("meetings/<str:pk>/", views.meeting, name="meeting"),
    path("meetings/<str:pk>/calendar/", views.meeting_calendar, name="meeting-calendar"),
    path("changes/<str:pk>/", views.change_settle, name="change-settle"),
]
