"""Imports every module so that Django finds the tables, and re-exports nothing.

Write ``from cheiron.models.matching import Round``, so that the import contracts can see it.
"""

from cheiron.models import (  # noqa: F401
    figures,
    ledger,
    matching,
    mentorships,
    messages,
    notices,
    people,
    profiles,
    programs,
    volunteered,
)
