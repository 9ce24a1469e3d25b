"""Errors that a user can act on."""


class FramelensError(Exception):
    """Something that the user can mend; its text is one sentence that says what and how.

    Everything framelens raises on purpose derives from it. The command line turns it into exit
    status 1; a program catches it like any exception.
    """
