"""Errors that a user can act on."""


class FramelensError(Exception):
    """Something that the user can mend; its text is one sentence that says what and how.

    Where several things are wrong at once, each has a sentence of its own, an argument and a line each.
    Everything framelens raises on purpose derives from it. The command line turns it into exit
    status 1; a program catches it like any exception.
    """

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))
