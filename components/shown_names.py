"""A name that a person chose as a message shows it: in one line, whatever it holds."""


def shown_name(name: object) -> str:
    """The name without quotes, what would break a line or cannot be seen by its escape."""
    return repr(str(name))[1:-1]
