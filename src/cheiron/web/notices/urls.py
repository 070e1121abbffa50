"""Addresses of what reaches a person outside the pages."""

from django.urls import path

from cheiron.web.notices import views

urlpatterns = [
    path("account/calendar/", views.calendar, name="calendar"),
    path("account/mail/", views.mail, name="mail"),
    path("mail/<str:token>/", views.mail_link, name="mail-link"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar-feed"),
]
