"""The errors that a person meets."""


class StandinError(Exception):
    """Something is set up wrongly: the message names the setting, what is wrong and the cure."""


class CloudError(StandinError):
    """The cloud refuses an operation, as the real one would.

    `code` is the service's error code (`EntityAlreadyExists`), the message its own words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
