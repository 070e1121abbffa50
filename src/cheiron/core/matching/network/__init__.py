"""Networks: several mentors for one mentee, each in a role, with limits that a plain round does not have.

A round gives each mentee one mentor. A network also knows demands (how many mentors, in which role), lower quotas,
what each further mentee costs a mentor, caps over several mentors, and pairs that are to be kept if it costs little.
It is sparse, so that it also carries the very large rounds.
"""
