"""Errors that are the user's to mend."""


class UserError(Exception):
    """Something the user can mend: says what, where and how.

    Args:
        problems: One message each, naming the place, the value and the fix.
    """

    def __init__(self, *problems: str) -> None:
        """Takes one message a problem."""
        super().__init__("\n".join(problems))
        self.problems = list(problems)
