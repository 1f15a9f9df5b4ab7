"""Amazon Bedrock: the first-use form, model invocation logging, the offers of a model."""

import json
import re
from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.errors import CloudError
from standin.rules import ARN, Subject, check_rule, cloud_rule
from standin.values import Plain

USE_CASE = "aws:bedrock/useCaseForModelAccess:UseCaseForModelAccess"
LOGGING = "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration"
GET_OFFERS = "aws:bedrockfoundation/getModelAgreementOffers:getModelAgreementOffers"

OFFER_TYPES = ("ALL", "PUBLIC")

_SERVICE = "github.com/hashicorp/terraform-provider-aws internal/service/bedrock/"
_TF = _SERVICE + "use_case_for_model_access.go"
_MODEL = re.compile(
    r"[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}([a-z0-9-]{1,63}[.]){0,2}[a-z0-9-]{1,63}"
    r"([:][a-z0-9-]{1,63}){0,2}(/[a-z0-9]{12}|)"
)


@check_rule(USE_CASE, source=_TF + " (form_data is JSON text)")
def form_is_json(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a form that is not JSON."""
    form = inputs.get("formData")
    if isinstance(form, str):
        try:
            json.loads(form)
        except ValueError as error:
            yield Problem("formData", f"must be JSON text: {error}")


@check_rule(LOGGING, source=_SERVICE + "model_invocation_logging_configuration.go (role_arn is an ARN)")
def logging_role_is_an_arn(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a role that is not named by its ARN."""
    config = inputs.get("loggingConfig")
    log_group = config.get("cloudwatchConfig") if isinstance(config, dict) else None
    role = log_group.get("roleArn") if isinstance(log_group, dict) else None
    if isinstance(role, str) and not ARN.fullmatch(role):
        yield Problem("loggingConfig.cloudwatchConfig.roleArn", f"{role!r} is not a valid ARN")


@check_rule(GET_OFFERS, source=_SERVICE + "foundation_model_agreement_offers_data_source.go")
def offers_of_a_model(inputs: Mapping[str, Plain]) -> Iterator[Problem]:
    """Refuse a model id or a type of offer that the provider refuses."""
    model, kind = inputs.get("modelId"), inputs.get("offerType")
    if model is None:
        yield Problem("modelId", "missing required property modelId")
    elif not _MODEL.fullmatch(str(model)):
        yield Problem("modelId", f"must match {_MODEL.pattern}, got {model!r}")
    if kind is not None and kind not in OFFER_TYPES:
        yield Problem("offerType", f"expected one of {', '.join(OFFER_TYPES)}, got {kind!r}")


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
