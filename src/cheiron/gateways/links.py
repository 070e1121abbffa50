"""Signs and reads links with the secret that stands outside the database: a dump of it opens nothing."""

from django.core.signing import BadSignature, Signer

_ONE_TIME = Signer(salt="cheiron.one-time-link")
_FEED = Signer(salt="cheiron.calendar-feed")
_SWITCHES = Signer(salt="cheiron.mail-switches")


def token_for(link_id: str) -> str:
    """The form that goes into a letter."""
    return _ONE_TIME.sign(link_id)


def link_id_in(token: str) -> str | None:
    """The id of the link, if Cheiron signed it."""
    return _read(_ONE_TIME, token)


def feed_token_for(feed_id: str) -> str:
    """The form that goes into a calendar's address."""
    return _FEED.sign(feed_id)


def feed_id_in(token: str) -> str | None:
    """The id of the calendar feed, if Cheiron signed it."""
    return _read(_FEED, token)


def switches_token_for(person_id: str) -> str:
    """The form that goes into the foot of a letter; it opens the switches of its reader's letters and nothing else."""
    return _SWITCHES.sign(person_id)


def person_id_in(token: str) -> str | None:
    """Whose switches these are, if Cheiron signed it."""
    return _read(_SWITCHES, token)


def _read(signer: Signer, token: str) -> str | None:
    try:
        return signer.unsign(token)
    except BadSignature:
        return None
