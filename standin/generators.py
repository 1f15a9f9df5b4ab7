"""Computed values that no template can make; `generate:` in a type names them."""

import secrets
import string
from collections.abc import Callable, Mapping

from standin.values import Plain

# source: the `special` description in the random provider's documentation (pulumi_random RandomPassword)
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def password(properties: Mapping[str, Plain]) -> Plain:
    """Return a random password that follows RandomPassword's inputs."""
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


def bcrypt_hash(_: Mapping[str, Plain]) -> Plain:
    """Return a text of a bcrypt hash's form; it verifies nothing (rules/BELIEVED.md)."""
    alphabet = "./" + string.ascii_uppercase + string.ascii_lowercase + string.digits
    return "$2a$10$" + "".join(secrets.choice(alphabet) for _ in range(53))


def thumbprints(_: Mapping[str, Plain]) -> Plain:
    """Return one certificate thumbprint of the right form (rules/BELIEVED.md)."""
    return [secrets.token_hex(20)]


def agreement_offers(_: Mapping[str, Plain]) -> Plain:
    """Return one offer of a model, as getModelAgreementOffers lists it, with a token of its own each time.

    source: pulumi_aws GetModelAgreementOffersOfferResult; that a token is new each time follows from
    `ignore_changes=["offerToken"]` in the documentation of ModelAgreement
    """
    terms: dict[str, Plain] = {
        "legalTerms": [{"url": "https://stand-in.invalid/legal-terms"}],
        "supportTerms": [{"refundPolicyDescription": "none: a stand-in sells nothing"}],
        "usageBasedPricingTerms": [
            {"rateCards": [{"description": "any use", "dimension": "any", "price": "0.00", "unit": "Units"}]}
        ],
        "validityTerms": [{"agreementDuration": "P1Y"}],
    }
    return [
        {
            "offerId": f"offer-{secrets.token_hex(7)}",
            "offerToken": secrets.token_urlsafe(48),
            "termDetails": [terms],
        }
    ]


GENERATORS: Mapping[str, Callable[[Mapping[str, Plain]], Plain]] = {
    "password": password,
    "bcrypt_hash": bcrypt_hash,
    "thumbprints": thumbprints,
    "agreement_offers": agreement_offers,
}
