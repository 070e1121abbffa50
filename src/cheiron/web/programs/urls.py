"""Addresses of programs and of one's own part in them."""

from django.urls import path

from cheiron.web.programs import views

urlpatterns = [
    path("programs/new/", views.program_new, name="program-new"),
    path("programs/<str:pk>/", views.program, name="program"),
    path("programs/<str:pk>/open/", views.program_door, name="program-door"),
    path("programs/<str:pk>/adjust/", views.program_adjust, name="program-adjust"),
    path("programs/<str:pk>/preview/<str:side>/", views.program_preview, name="program-preview"),
    path("programs/<str:pk>/intake/<str:role>/", views.intake, name="intake"),
    path("programs/<str:pk>/about-me/<str:role>/", views.about_me, name="about-me"),
    path("programs/<str:pk>/mentors/", views.directory, name="directory"),
    path("programs/<str:pk>/wishes/", views.wishes, name="wishes"),
]
