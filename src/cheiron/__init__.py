"""Cheiron: mentoring programs of academic medicine, from the first call to the evaluation report."""

__version__ = "0.1.0"
