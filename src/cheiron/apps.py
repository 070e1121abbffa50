"""The one Django app."""

from django.apps import AppConfig


class CheironConfig(AppConfig):
    """Tables, migrations and templates of Cheiron."""

    name = "cheiron"
    verbose_name = "Cheiron"
