"""AWS: what its services choose."""

import secrets

from standin.generators import Making, generator
from standin.values import Plain


@generator("thumbprints")
def thumbprints(_: Making) -> Plain:
    """Return one certificate thumbprint of the right form (rules/BELIEVED.md)."""
    return [secrets.token_hex(20)]


@generator("agreement_offers")
def agreement_offers(_: Making) -> Plain:
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
