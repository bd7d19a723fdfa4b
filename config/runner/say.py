"""What the runner tells the person at the terminal: one line at a time, each with its speaker."""

import sys


class Refusal(Exception):
    """The runner cannot start; the text is one sentence for the person at the screen."""


def say(speaker: str, line: str) -> None:
    """Print one line; the speaker stands before it in a column."""
    sys.stdout.write(f"{speaker:>10} | {line}\n")
    sys.stdout.flush()
