"""What the outbox keeps to."""

MOST_ATTEMPTS = 8
"""After so many a letter waits for staff to let it try again."""
