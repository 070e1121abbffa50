"""Sends one letter."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


def send_mail(
    *, letter_id: str, to: str, subject: str, body: str, switches: str, calendar: str = "", reply_to: str = ""
) -> None:
    """One message to one address; a calendar file goes along as invitation. Raises what the mail server raises."""
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": message_id(letter_id), "List-Unsubscribe": f"<{switches}>"},
    )
    if calendar:
        method = "CANCEL" if "METHOD:CANCEL" in calendar else "REQUEST"
        message.attach("invitation.ics", calendar, f"text/calendar; method={method}")
    message.send()


def message_id(letter_id: str) -> str:
    """The same each time: should a letter leave twice, because a worker died on its way, mailboxes show it once."""
    return f"<{letter_id}@{urlsplit(settings.BASE_URL).hostname}>"
