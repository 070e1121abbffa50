"""The matching engine: a declarative problem in, a certified result out.

A library of its own. It reads no files and no clock, and the seed is part of the problem, so the same problem
gives the same bytes on every machine. Import from the modules themselves; none of them loads numpy before it is
needed.

=================  ============================================================================================
``score``          ``score_matrix`` and ``explain_pair``: how well two people fit, and the arithmetic behind it
``components``     what is compared (goals, topics, ...) and the default weights
``statements``     ``understood``: own words weighed by TF-IDF, synonyms of topics and specialties made out
``thesaurus``      which words mean the same, and what lies within what; ``words`` says what a word is
``encoding``       ``encode``: people as numbers, once for all weights
``kernel``         ``score_all``, ``best_edges``: the same fit over encoded people, everybody or the best of each
``candidates``     the best of each in shards, from wherever the people are
``problem``        ``Problem``: who is to be paired with whom, under which rules
``validation``     ``validate``: what is wrong with a problem, in sentences
``orders``         ``orders_of``: whom each side would rather have, for the stable methods
``policy``         ``choose``: which method fits, why, and what is given up by it
``solve``          ``solve``: by the method that the problem names
``optimum``        the best total, by min-cost flow and prices
``stable``         no two would both rather have each other, by deferred acceptance
``auction``        very large rounds nearly at their best total, with a bound
``lottery``        who comes first between equals
``fair``           one aim after the other, each on what the ones before leave open; ``aims`` says which
``network``        several mentors in roles, lower quotas, rising costs and caps, in a package of its own
``groups``         groups with one or two leaders, in a package of its own
``fair_load``      seats less what is carried, costs beyond a fair share, a cap for the few: put on a network
``ladder``         peers under seniors, then mentees under peers
``rematch``        matching again: who stays, who moves, the shortest chains
``result``         ``Result``: pairs, everybody left without one and why, and the proof
``verify``         ``verify``: an independent check of that proof
``alternatives``   why not somebody else
``exchange``       what it would cost to insist on a pair, and what one more seat would bring
``report``         what a result does to people, in counts
``files``          problems and results as JSON, both ways; ``fields`` are the parts that all kinds share
``lifecycle``      draft, reviewed, published
=================  ============================================================================================

    problem = Problem(mentees, mentors, score_matrix(...), forbids, pins, seed=7)
    result = solve(problem)
    assert verify(problem, result) == ()
"""
