"""Text as SQL writes it, for the statements that take no parameters.

Belongs here: putting a text between quotes. Does not belong here: statements that can be given their values.
"""


def sql_text(text: str) -> str:
    """A text as a literal of SQL, quotes included."""
    return "'" + text.replace("'", "''") + "'"
