"""What a message looks like once it was set aside, and how it becomes itself again."""

from shared.runtime.eventlog import Delivered, Message

_PREFIX = "dead-letter-"


def topic_of(topic: str) -> str:
    """Where the dead letters of a topic go."""
    return f"{topic}.dlq"


def dead_letter(message: Delivered, error: Exception, tries: int, group: str) -> Message:
    """The message with headers that say where it was and what failed: the error's type, never its text.

    An error's text may quote a person's details.
    """
    facts = {
        "topic": message.topic,
        "partition": str(message.partition),
        "offset": str(message.offset),
        "error": type(error).__name__,
        "tries": str(tries),
        "group": group,
    }
    headers = {**message.headers, **{_PREFIX + name: value for name, value in facts.items()}}
    return Message(topic_of(message.topic), message.key, message.value, headers)


def is_from(letter: Delivered, group: str) -> bool:
    return letter.headers[_PREFIX + "group"] == group


def revive(letter: Delivered) -> Message:
    """The message as it was first appended."""
    headers = {name: value for name, value in letter.headers.items() if not name.startswith(_PREFIX)}
    return Message(letter.headers[_PREFIX + "topic"], letter.key, letter.value, headers)
