"""What keeping pairs costs: a simulated year of matching again every month, with one bonus or another.

    python bench/matching_again.py [--seed N] [--months N]

A program of 1,000 mentees and 350 mentors with some 30 edges for each mentee: topics of unequal size, mentors of
unequal popularity, tastes. Each month 4 of 100 mentees leave and as many join, 2 of 100 mentors leave and join, 4 of
100 pause or come back, 5 of 100 have a seat more or fewer, and 10 of 100 people change what they say of themselves.
Every bonus sees the same months. Printed are, over the year:

    churn       of 100 standing pairs that could have gone on, how many were broken
    value lost  of 100 points that the best choice of the month would have, how many the one with the bonus has less
    placed      mentees with a mentor, the same in each line but ``never``
"""

import argparse
import time
from collections.abc import Iterator

import numpy as np

from cheiron.core.matching.network.problem import Demand, Network, Offer, network
from cheiron.core.matching.network.result import NetworkResult
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.rematch import Breaking, Policy, Seat, holdable, rematch, retaining, seats_of

MENTEES, MENTORS, DEGREE, TOPICS = 1000, 350, 30, 12
BONUSES = (0, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


class Year:
    """People with tastes, and what happens to them."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.shares = self.chance.dirichlet(np.full(TOPICS, 0.7))
        self.mentees = [f"s{number:05}" for number in range(MENTEES)]
        self.mentors = [f"m{number:05}" for number in range(MENTORS)]
        self.said: dict[str, np.ndarray] = {name: self._says() for name in (*self.mentees, *self.mentors)}
        self.liked = {name: self.chance.beta(2, 3) for name in self.mentors}
        self.seats = {name: int(self.chance.integers(1, 6)) for name in self.mentors}
        self.paused: set[str] = set()
        self.next = MENTEES

    def _says(self) -> np.ndarray:
        topics = self.chance.choice(TOPICS, size=3, p=self.shares)
        told = np.full(TOPICS, 0.05)
        told[topics] += self.chance.uniform(0.3, 1, 3)
        return np.asarray(told / np.linalg.norm(told))

    def month(self) -> None:
        """One month passes."""
        self.mentees = self._exchanged(self.mentees, 0.04)
        self.mentors = self._exchanged(self.mentors, 0.02)
        for name in self._some(self.mentors, 0.04):
            self.paused ^= {name}
        for name in self._some(self.mentors, 0.05):
            self.seats[name] = max(1, self.seats[name] + int(self.chance.choice((-1, 1))))
        for name in self._some([*self.mentees, *self.mentors], 0.1):
            self.said[name] = 0.7 * self.said[name] + 0.3 * self._says()

    def _some(self, names: list[str], share: float) -> list[str]:
        return [name for name in names if self.chance.random() < share]

    def _exchanged(self, names: list[str], share: float) -> list[str]:
        gone = set(self._some(names, share))
        new = [f"{names[0][0]}{self.next + number:05}" for number in range(len(gone))]
        self.next += len(gone)
        self.said |= {name: self._says() for name in new}
        if names[0][0] == "m":
            self.liked |= {name: self.chance.beta(2, 3) for name in new}
            self.seats |= {name: int(self.chance.integers(1, 6)) for name in new}
        return [name for name in names if name not in gone] + new

    def problem(self) -> Network:
        """This month's problem: each mentee with the mentors who fit best."""
        fit = np.stack([self.said[one] for one in self.mentees]) @ np.stack([self.said[one] for one in self.mentors]).T
        scores = 0.7 * fit / max(fit.max(), 1) + 0.3 * np.array([self.liked[one] for one in self.mentors])
        best = np.argsort(-scores, axis=1)[:, :DEGREE]
        ties = [
            (mentee, self.mentors[column], "mentor", int(scores[row, column] * 1_000_000), 0, 0)
            for row, mentee in enumerate(self.mentees)
            for column in best[row].tolist()
        ]
        offers = [Offer(name, 0 if name in self.paused else self.seats[name]) for name in self.mentors]
        return network([Demand(name) for name in self.mentees], offers, ties)


def months(seed: int, count: int) -> Iterator[tuple[Network, NetworkResult]]:
    """Each month's problem with its best answer."""
    year = Year(seed)
    for number in range(count + 1):
        if number:
            year.month()
        problem = year.problem()
        yield problem, solve_network(problem)


def measured(rounds: list[tuple[Network, NetworkResult]], bonus: int | None) -> tuple[float, float, float]:
    """Churn and value lost of 100, and placed in a month, over the year; without a bonus nothing is ever broken."""
    standing: tuple[Seat, ...] = seats_of(rounds[0][1])
    broken = could = lost = best = placed = 0
    for problem, optimum in rounds[1:]:
        going_on = holdable(problem, standing)
        if bonus is None:
            result = rematch(problem, standing, Policy(Breaking.NEVER)).result
        else:
            result = solve_network(retaining(problem, standing, bonus))
        standing = seats_of(result)
        broken, could = broken + len({*going_on} - {*standing}), could + len(going_on)
        lost, best = lost + optimum.certificate.total - result.certificate.total, best + optimum.certificate.total
        placed += len(standing)
    return 100 * broken / could, 100 * lost / best, placed / (len(rounds) - 1)


def main() -> None:
    """Measure and print, bonus by bonus."""
    parser = argparse.ArgumentParser(description="What keeping standing pairs costs.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=11)
    given = parser.parse_args()
    rounds = list(months(given.seed, given.months))
    print(f"seed {given.seed}, {given.months} months after the first; points of a pair's best fit")
    print(f"{'bonus':>8} {'churn':>8} {'value lost':>11} {'placed':>8}")
    for bonus in (*BONUSES, None):
        begin = time.process_time()
        churn, lost, placed = measured(rounds, bonus)
        name = "never" if bonus is None else f"{bonus / 1_000_000:.3f}"
        spent = time.process_time() - begin
        print(f"{name:>8} {churn:7.2f} % {lost:9.3f} % {placed:8.1f}   {spent:5.1f} s", flush=True)


if __name__ == "__main__":
    main()
