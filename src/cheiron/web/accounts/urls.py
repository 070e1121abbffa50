"""Addresses of the account."""

from django.urls import path

from cheiron.web.accounts import privacy, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/link/", views.sign_in_link, name="sign-in-link"),
    path("links/<str:token>/", views.link, name="link"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/privacy/", privacy.privacy, name="privacy"),
    path("account/privacy/uses/<str:pk>/", privacy.privacy_uses, name="privacy-uses"),
    path("account/privacy/copy/", privacy.privacy_copy, name="privacy-copy"),
    path("account/privacy/erase/", privacy.privacy_erase, name="privacy-erase"),
    path("account/profiles/<str:pk>/", views.profile, name="profile"),
    path("photos/<str:pk>/", views.photo, name="photo"),
    path("account/password/", views.password, name="password"),
    path("demo/", views.demo, name="demo"),
]
