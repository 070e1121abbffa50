"""The matching engine: a declarative problem in, a certified result out.

A library of its own. It reads no files and no clock, and the seed is part of the problem, so the same problem
gives the same bytes on every machine. Import from the modules themselves; none of them loads numpy before it is
needed.

=================  ============================================================================================
``score``          ``score_matrix`` and ``explain_pair``: how well two people fit, and the arithmetic behind it
``components``     what is compared (goals, topics, ...) and the default weights
``problem``        ``Problem``: who is to be paired with whom, under which rules
``validation``     ``validate``: what is wrong with a problem, in sentences
``orders``         ``orders_of``: whom each side would rather have, for the stable methods
``solve``          ``solve``: the best total, or a choice in which no two would both rather have each other
``result``         ``Result``: pairs, everybody left without one and why, and the proof
``verify``         ``verify``: an independent check of that proof
``alternatives``   why not somebody else, and what it would cost
``files``          problems and results as JSON, both ways
``lifecycle``      draft, reviewed, published
=================  ============================================================================================

    problem = Problem(mentees, mentors, score_matrix(...), forbids, pins, seed=7)
    result = solve(problem)
    assert verify(problem, result) == ()
"""
