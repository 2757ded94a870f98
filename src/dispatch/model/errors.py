"""The error tree.

::

    DispatchError                 anything this package raises on purpose
    ├── FormError                 a message or file is not what it should be; says where
    ├── WorldError                a world file contradicts itself
    ├── ProblemError              a problem or plan file cannot be solved or checked as it stands
    ├── SettingError              a setting, flag or server setting is unusable
    └── StoreError                the event store did not do what was asked
        ├── Conflict              somebody else wrote first: load again and decide again
        ├── Uncertain             no answer in time: the write may or may not have landed
        ├── Unavailable           the server, its stream or its storage is not there or not willing
        ├── ViewDamaged           what stands on the stream of views cannot be read: drop it, it is built again
        ├── LogWentBackwards      the log ends before a position already seen: data was lost or swapped
        └── NewerLog              a newer release wrote what this one cannot read

Every message says what, which value, where, and, after "Maybe", what may help.
"""

from __future__ import annotations


class DispatchError(Exception):
    """Base of everything this package raises on purpose.

    ``code`` is a stable word for machines, ``hint`` what may help a person.
    """

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} Maybe {self.hint}" if self.hint else self.message


class FormError(DispatchError):
    """A message or file is not of the form it must have; ``code`` is a reason code of ``requests.reasons``."""


class WorldError(DispatchError):
    """A world file contradicts itself or names what it does not define."""


class ProblemError(DispatchError):
    """A problem or plan file cannot be solved or checked as it stands."""


class SettingError(DispatchError):
    """A setting, command-line value or server setting is unusable."""


class StoreError(DispatchError):
    """The event store did not do what was asked."""


class Conflict(StoreError):
    """Another writer was first on a guarded subject. Load again, decide again."""


class Uncertain(StoreError):
    """No answer came in time: the append may or may not have landed. Read before trying again."""


class Unavailable(StoreError):
    """The server, a stream or its storage is missing or refuses."""


class ViewDamaged(StoreError):
    """The rows or the checkpoint of a view cannot be read; all of it can be built again from the log."""


class LogWentBackwards(StoreError):
    """The log ends before a position already seen: it was lost, restored from a backup, or swapped."""


class NewerLog(StoreError):
    """A newer release wrote an event that this one cannot read. To step over it would be to decide on half the truth:
    whoever meets it stops.
    """
