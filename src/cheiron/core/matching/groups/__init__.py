"""Group mentoring: who meets in which group, led by whom, at which hour.

=================  ============================================================================================
``problem``        ``GroupProblem``: members, leaders, how well they fit, and the rule for groups
``validation``     ``validate_groups``: what is wrong with a problem, in sentences
``blocks``         one campus or cohort of a problem as arrays
``anneal``         a good choice fast, compiled; ``anneal_plain`` defines what it computes
``exact``          CP-SAT, which begins with that choice and ends with a bound
``solve``          ``solve_groups``: block by block, to a ``GroupResult``
``result``         ``GroupResult``: the groups, everybody left without one and why, value and bound
``reasons``        why somebody has no group, in counts
``verify``         ``verify_groups``: an independent check
``conflicts``      which demands stand against each other, and what it would bring to lift one
``insisting``      what another leader would cost for somebody
``files``          problems and results as JSON, both ways
=================  ============================================================================================

    result = solve_groups(problem)
    assert verify_groups(problem, result) == ()
"""
