"""The kinds of error that a person can mend."""


class RehearsalError(Exception):
    """Something is wrong with a stack, its data or this machine; the message says what, and how to cure it."""


class OptionError(RehearsalError):
    """An option has a value of another form than it takes: the command line is wrong, whatever there is to command."""


class ContainerError(RehearsalError):
    """The request asks for something that a rehearsed container does not have; the message names it."""
