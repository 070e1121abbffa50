"""All addresses; each noun lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("cheiron.web.home.urls")),
    path("", include("cheiron.web.accounts.urls")),
    path("", include("cheiron.web.programs.urls")),
    path("", include("cheiron.web.people.urls")),
    path("", include("cheiron.web.joining.urls")),
    path("", include("cheiron.web.matching.urls")),
    path("", include("cheiron.web.mentorships.urls")),
    path("", include("cheiron.web.messages.urls")),
    path("", include("cheiron.web.notices.urls")),
    path("", include("cheiron.web.operations.urls")),
]
