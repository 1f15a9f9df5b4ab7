"""Azure Resource Manager: records of public DNS zones."""

from collections.abc import Mapping

from standin.rules import Subject, cloud_rule
from standin.rules.azure_native.container_apps import RECORD


@cloud_rule(RECORD, "create", source="learn.microsoft.com/azure/dns/dns-zones-records (CNAME records)")
def an_alias_stands_alone(subject: Subject) -> None:
    """Refuse a CNAME record beside another record of its name, and another one beside it."""
    kind, place = subject.text("recordType"), _place(subject.properties)
    for row in subject.cloud.all(RECORD, subject.place):
        other = str(row.properties.get("recordType"))
        if _place(row.properties) == place and "CNAME" in {kind, other} and kind != other:
            raise subject.refusal("CnameStandsAlone", other=other)


def _place(properties: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        str(properties.get(name)).lower()
        for name in ("resourceGroupName", "zoneName", "relativeRecordSetName")
    )
