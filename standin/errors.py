"""The errors that a person meets."""


class StandinError(Exception):
    """Something is set up wrongly: the message names the setting, what is wrong and the cure."""


class CloudError(StandinError):
    """The cloud refuses an operation, as the real one would.

    `code` is the service's error code (`EntityAlreadyExists`), the message its own words; with `whole` the
    message is all that the real provider says, code included.
    """

    def __init__(self, code: str, message: str, *, whole: bool = False) -> None:
        super().__init__(message if whole else f"{code}: {message}")
        self.code = code
