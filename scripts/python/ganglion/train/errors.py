"""What can go wrong in a training, for people."""


class TrainingError(Exception):
    """Why a training cannot go on, and what to do."""
