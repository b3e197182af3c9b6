"""Tocsin: a duress alert that reaches the right colleagues, and loses nothing on the way."""

__version__ = "0.1.0"
