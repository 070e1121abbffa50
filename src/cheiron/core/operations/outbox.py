"""What the outbox keeps to."""

MOST_ATTEMPTS = 8
"""After so many a letter waits for staff to let it try again."""

LEASE_SECONDS = 60
"""How long a letter waits on which a worker died. A worker that lives renews its claim well before."""
