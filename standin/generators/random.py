"""The random provider: passwords."""

import secrets
import string

from standin.generators import Making, generator
from standin.values import Plain

# source: the `special` description in the random provider's documentation (pulumi_random RandomPassword)
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


@generator("password")
def password(making: Making) -> Plain:
    """Return a random password that follows RandomPassword's inputs."""
    properties = making.properties
    special = str(properties.get("overrideSpecial") or _SPECIAL)
    classes = {
        ("lower", "minLower"): string.ascii_lowercase,
        ("upper", "minUpper"): string.ascii_uppercase,
        ("numeric", "minNumeric"): string.digits,
        ("special", "minSpecial"): special,
    }
    allowed = ""
    result: list[str] = []
    for (switch, minimum), characters in classes.items():
        if properties.get(switch) is not False:
            allowed += characters
            result += [secrets.choice(characters) for _ in range(int(str(properties.get(minimum) or 0)))]
    length = int(str(properties["length"]))
    result += [secrets.choice(allowed) for _ in range(length - len(result))]
    secrets.SystemRandom().shuffle(result)
    return "".join(result)


@generator("bcrypt_hash")
def bcrypt_hash(_: Making) -> Plain:
    """Return a text of a bcrypt hash's form; it verifies nothing (rules/BELIEVED.md)."""
    alphabet = "./" + string.ascii_uppercase + string.ascii_lowercase + string.digits
    return "$2a$10$" + "".join(secrets.choice(alphabet) for _ in range(53))
