"""Amazon Bedrock: the first-use form."""

import json
from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.errors import CloudError
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

USE_CASE = "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess"

_TF = "github.com/hashicorp/terraform-provider-aws internal/service/bedrock/use_case_for_model_access.go"


@check_rule(USE_CASE, source=_TF + " (form_data is JSON text)")
def form_is_json(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a form that is not JSON."""
    form = inputs.get("formData")
    if isinstance(form, str):
        try:
            json.loads(form)
        except ValueError as error:
            yield Problem("formData", f"must be JSON text: {error}")


@cloud_rule(USE_CASE, "create", source=_TF + " (Create)")
def form_is_adopted_if_equal(subject: Subject) -> None:
    """Adopt a form that was accepted before only where it is the same one."""
    row = subject.cloud.get(USE_CASE, subject.place, subject.id)
    row = row or subject.cloud.kept(USE_CASE, subject.place, subject.id)
    if row is None:
        return
    stored, form = row.properties.get("formData"), subject.text("formData")
    same_meaning = isinstance(stored, str) and json.loads(stored) == json.loads(form)
    if not same_meaning and not subject.holds(stored, form):
        raise CloudError(
            "AlreadyExists",
            "resource already exists with different form data. Form data cannot be updated, please update "
            "the form data to what was accepted and create or import the resource",
        )


@cloud_rule(USE_CASE, "update", source=_TF + " (WithNoUpdate)")
def form_cannot_change(_: Subject) -> None:
    """Refuse every update."""
    raise CloudError("NotSupported", "the use case form cannot be updated once it was accepted")
