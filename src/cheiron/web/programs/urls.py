"""Addresses of programs and of one's own part in them."""

from django.urls import path

from cheiron.web.programs import setup, views, year

urlpatterns = [
    path("programs/new/", setup.program_new, name="program-new"),
    path("programs/new/<str:pk>/<str:step>/", setup.program_setup, name="program-setup"),
    path("programs/new/<str:pk>/look/<str:side>/", setup.program_setup_preview, name="program-setup-preview"),
    path("programs/<str:pk>/", views.program, name="program"),
    path("programs/<str:pk>/open/", views.program_door, name="program-door"),
    path("programs/<str:pk>/adjust/", views.program_adjust, name="program-adjust"),
    path("programs/<str:pk>/questions/", views.questions, name="questions"),
    path("programs/<str:pk>/clone/", setup.program_clone, name="program-clone"),
    path("programs/<str:pk>/close/", year.close, name="close"),
    path("programs/<str:pk>/my-file/", year.my_file, name="my-file"),
    path("programs/<str:pk>/my-file/take/", year.my_file_take, name="my-file-take"),
    path("programs/<str:pk>/preview/<str:side>/", views.program_preview, name="program-preview"),
    path("programs/<str:pk>/intake/<str:role>/", views.intake, name="intake"),
    path("programs/<str:pk>/intake/<str:role>/draft/", views.intake_draft, name="intake-draft"),
    path("programs/<str:pk>/about-me/<str:role>/", views.about_me, name="about-me"),
    path("programs/<str:pk>/mentors/", views.directory, name="directory"),
    path("programs/<str:pk>/wishes/", views.wishes, name="wishes"),
]
