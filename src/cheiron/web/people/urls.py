"""Addresses of a program's people."""

from django.urls import path

from cheiron.web.people import finding, selections, views

urlpatterns = [
    path("find/", finding.find, name="find"),
    path("programs/<str:pk>/people/", views.people, name="people"),
    path("programs/<str:pk>/people/import/", views.roster_upload, name="roster-upload"),
    path("programs/<str:pk>/people/import/undo/", views.roster_undo, name="roster-undo"),
    path("programs/<str:pk>/people/template/<str:side>/", views.roster_template, name="roster-template"),
    path("programs/<str:pk>/people/invite/", views.invite, name="invite"),
    path("programs/<str:pk>/people/selection/", selections.selection, name="selection"),
    path("programs/<str:pk>/staff/", views.staff, name="staff"),
    path("programs/<str:pk>/staff/dismiss/", views.dismiss, name="dismiss"),
    path("programs/<str:pk>/lines/", views.lines, name="lines"),
    path("programs/<str:pk>/people/pairs/", views.pairs_import, name="pairs-import"),
    path("imports/<str:pk>/pairs/", views.pairs_check, name="pairs-check"),
    path("imports/<str:pk>/columns/", views.roster_columns, name="roster-columns"),
    path("imports/<str:pk>/check/", views.roster_check, name="roster-check"),
    path("imports/<str:pk>/progress/", views.roster_progress, name="roster-progress"),
    path("imports/<str:pk>/done/", views.roster_done, name="roster-done"),
    path("imports/<str:pk>/drop/", views.roster_drop, name="roster-drop"),
]
