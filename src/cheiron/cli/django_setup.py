"""Starts Django for the commands that need the database."""

import os


def start_django(mode: str = "") -> None:
    """Load settings and models once; ``mode`` overrides CHEIRON_MODE."""
    if mode:
        os.environ["CHEIRON_MODE"] = mode
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cheiron.settings")
    import django

    django.setup()
    from django.conf import settings

    settings.HOME.mkdir(parents=True, exist_ok=True)
