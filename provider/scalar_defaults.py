"""Defaults that the schema has: of text, numbers and truth values.

An SDK sends such a default as if somebody had written it: the constructors of its types do so in Python and .NET, the
builders in Java, functions of its own in TypeScript, the component's constructor in Go. So a value that equals its
field's default is taken for one that nobody wrote. It means the same, and rules about what is written, such as
`instance_count` beside `instance_groups`, are about what a person wrote.
"""

from pydantic.fields import FieldInfo

Scalar = str | bool | int | float


def scalar_default(field: FieldInfo) -> Scalar | None:
    """The default of a field as a schema may have it; None where there is none, or one of another kind."""
    return field.default if isinstance(field.default, Scalar) else None


def is_default(value: object, field: FieldInfo) -> bool:
    """Whether a value says no more than its absence would; 0 is no default of a field that is true or false."""
    default = scalar_default(field)
    return default is not None and isinstance(value, bool) is isinstance(default, bool) and value == default
