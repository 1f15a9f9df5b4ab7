"""Checks of single lists of the Foundry part: people, addresses, DNS zones, the organisation, models.

Pure. A value that is not known yet is None and passes.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from claude_byoc.contract import azure as facts
from claude_byoc.contract.problems import Problem

# Python counts these as private; in a settings file they are an example of a public address.
_DOCUMENTATION = [ipaddress.IPv4Network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def people(groups: Mapping[str, str | None], users: Mapping[str, str | None]) -> list[Problem]:
    """Return what is wrong with the labels and object ids (GUID) of those who may call."""
    found: list[Problem] = []
    for kind, given in (("groups", groups), ("users", users)):
        for label, principal in given.items():
            key = f"foundry.{kind}.{label}"
            if not re.match(facts.LABEL_PATTERN, label):
                found.append(
                    Problem(
                        key,
                        "has a label that cannot be part of a resource's name",
                        "a lower-case letter, then letters, digits and hyphens, 31 at most",
                        "rename the label; the object id stays",
                    )
                )
            if principal is not None and not re.match(facts.OBJECT_ID_PATTERN, principal):
                found.append(
                    Problem(
                        key,
                        "is not an object id",
                        "a GUID, 8-4-4-4-12 hexadecimal digits",
                        "copy the Object ID from the Entra admin center; a name or mail address is none",
                    )
                )
    if both := sorted(set(groups) & set(users)):
        found.append(
            Problem(
                "foundry.users",
                f"and foundry.groups share the labels {', '.join(both)}",
                "a label of its own for each",
                "rename one of the two",
            )
        )
    return found


def addresses(given: Sequence[str | None]) -> list[Problem]:
    """Return a problem for each that is no public IPv4 address or range."""
    return [
        Problem(
            f"foundry.network.allowedAddresses.{number}",
            f"{address!r} is not a public IPv4 address or range",
            "for instance 203.0.113.7 or 203.0.113.0/24",
            "name the address by which the network reaches the internet",
        )
        for number, address in enumerate(given)
        if address is not None and not _is_public(address)
    ]


def _is_public(address: str) -> bool:
    try:
        network = ipaddress.IPv4Network(address, strict=False)
    except ValueError:
        return False
    return not network.is_private or any(network.subnet_of(one) for one in _DOCUMENTATION)


def dns_zones(given: Sequence[str | None]) -> list[Problem]:
    """Return a problem where some zones are named by id, and not each that the resource's names need."""
    if not given or None in given:
        return []
    absent = set(facts.PRIVATE_DNS_ZONES) - {str(zone).rpartition("/")[2] for zone in given}
    if not absent:
        return []
    return [
        Problem(
            "foundry.network.privateEndpoint.dnsZoneIds",
            f"has no zone {', '.join(sorted(absent))}",
            ", ".join(facts.PRIVATE_DNS_ZONES),
            "add it, or leave dnsZoneIds out and keep the records elsewhere",
        )
    ]


def organization(given: Mapping[str, str | None]) -> list[Problem]:
    """Return what Azure would refuse about the organisation."""
    found: list[Problem] = []
    country, industry = given.get("country_code"), given.get("industry")
    if country is not None and not re.match(facts.COUNTRY_PATTERN, country):
        found.append(
            Problem(
                "foundry.organization.countryCode",
                f"{country!r} is no country code",
                "two capital letters (ISO 3166-1), for instance US",
                "correct the value",
            )
        )
    if industry is not None and industry not in facts.INDUSTRIES:
        found.append(
            Problem(
                "foundry.organization.industry",
                f"{industry!r} is not in Azure's list",
                ", ".join(facts.INDUSTRIES),
                "choose the nearest one, or other",
            )
        )
    return found


def offer(
    model: str, *, sku: str, version: str | None, capacity: int | None, location: str | None
) -> list[Problem]:
    """Return warnings about a deployment that Azure is not known to offer, or whose quota has to be asked for."""
    known, key, found = facts.OFFERS.get(model), f"foundry.models.{model}", list[Problem]()
    if sku == facts.DATA_ZONE_SKU:
        if facts.hosted_by(version, model) == "Anthropic":
            found.append(
                Problem(
                    f"{key}.sku",
                    f"is {sku}, which is not known here to be offered of a version that Anthropic hosts",
                    f'{facts.DEFAULT_SKU}, or version "{facts.AZURE_VERSION}" of a model that Azure hosts',
                    "change one of the two, or keep them if Azure lists them together",
                    "warning",
                )
            )
        if location is not None and not re.search(facts.US_LOCATION_PATTERN, location):
            found.append(
                Problem(
                    f"{key}.sku",
                    f"is {sku}, and {location} is not in the United States, the only data zone known here to have "
                    "Claude",
                    facts.DEFAULT_SKU,
                    "change it, or keep it if Azure lists the model there",
                    "warning",
                )
            )
    if known is not None and capacity is not None and capacity > known.enterprise:
        found.append(
            Problem(
                f"{key}.capacity",
                f"is {capacity} thousand tokens a minute, more than any subscription has at first",
                f"up to {known.enterprise} (Enterprise, MCA-E) or {known.pay_as_you_go} (pay-as-you-go), of all "
                "deployments of a model, version and SKU together",
                f"lower it, or ask for more at {facts.QUOTA_FORM} with the text in the output foundry.quotaRequest",
                "warning",
            )
        )
    return found
