"""Sends one letter."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


def send_mail(*, to: str, subject: str, body: str, calendar: str = "") -> None:
    """One message to one address; a calendar file goes along as invitation. Raises what the mail server raises."""
    message = EmailMultiAlternatives(subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to])
    if calendar:
        method = "CANCEL" if "METHOD:CANCEL" in calendar else "REQUEST"
        message.attach("invitation.ics", calendar, f"text/calendar; method={method}")
    message.send()
