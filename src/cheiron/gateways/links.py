"""Signs and reads one-time links with the secret that stands outside the database."""

from django.core.signing import BadSignature, Signer

_SIGNER = Signer(salt="cheiron.one-time-link")


def token_for(link_id: str) -> str:
    """The form that goes into a letter."""
    return _SIGNER.sign(link_id)


def link_id_in(token: str) -> str | None:
    """The id of the link, if Cheiron signed it."""
    try:
        return _SIGNER.unsign(token)
    except BadSignature:
        return None
