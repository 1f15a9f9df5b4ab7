"""Checks of single lists of the Foundry part: people, addresses, DNS zones, the organisation.

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
