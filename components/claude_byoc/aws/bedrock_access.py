"""`BedrockAccess`: Microsoft 365 users reach Claude on Amazon Bedrock with their Entra token."""

import json

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc.aws import bedrock_plan, documents, invocation_logging
from claude_byoc.aws.bedrock_args import BedrockAccessArgs, BedrockRoleArgs, UseCaseArgs, plan_of, roles_of
from claude_byoc.aws.bedrock_plan import EVERYONE
from claude_byoc.contract import aws as facts
from claude_byoc.contract import entra
from claude_byoc.contract.problems import Problem
from claude_byoc.outputs import BedrockRole
from claude_byoc.refusal import refuse_errors, told


class BedrockAccess(pulumi.ComponentResource):
    """Lets people signed in to one Entra tenant call Anthropic models on Amazon Bedrock, and nothing else.

    Declares an IAM OIDC provider and a role, or one per team, whose trust names the token's audience and
    whose inline policy allows Anthropic models inside the residency asked for.
    """

    roles: list[BedrockRole]
    """The roles, the one for everyone first."""
    oidc_provider_arn: Output[str]
    """ARN of the OIDC provider, made here or existing."""
    issuer: Output[str]
    """Issuer of the tokens that are trusted (URL)."""
    account_id: Output[str]
    """AWS account id."""
    region: Output[str]
    """AWS region that the add-in calls: the manifest's `aws_region`."""

    def __init__(
        self, name: str, args: BedrockAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:BedrockAccess", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name = name
        self._cloud = plan.cloud
        self._tags = args.get("tags")
        self._child = pulumi.ResourceOptions(parent=self)
        self._tenant_id = Output.from_input(args["tenant_id"])
        self.region = Output.from_input(args["region"])
        self.issuer = self._tenant_id.apply(lambda tenant: told(entra.issuer)(self._cloud, tenant))
        self.account_id = (
            Output.from_input(args["account_id"])
            if "account_id" in args
            else aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id
        )
        default = args.get("audiences", [entra.ANTHROPIC_APP_ID])
        roles = roles_of(args)
        audiences = Output.all(
            *[one for role in roles.values() for one in role.get("audiences", default)]
        ).apply(lambda known: sorted(set(known)))
        if "existing_oidc_provider_arn" in args:
            self.oidc_provider_arn = self._existing(args["existing_oidc_provider_arn"], audiences)
        else:
            provider = aws.iam.OpenIdConnectProvider(
                f"{name}-oidc", url=self.issuer, client_id_lists=audiences, tags=self._tags, opts=self._child
            )
            self.oidc_provider_arn = provider.arn
        self.roles = [self._declare_role(team, role, default) for team, role in roles.items()]
        self._declare_account_settings(args)
        self.register_outputs(
            {
                "roles": self.roles,
                "oidcProviderArn": self.oidc_provider_arn,
                "issuer": self.issuer,
                "accountId": self.account_id,
                "region": self.region,
            }
        )

    def _existing(self, arn: Input[str], audiences: Output[list[str]]) -> Output[str]:
        found = aws.iam.get_open_id_connect_provider_output(
            arn=arn, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return Output.all(
            arn=found.arn, url=found.url, known=found.client_id_lists, needed=audiences, issuer=self.issuer
        ).apply(lambda v: _checked_provider(v["arn"], v["url"], v["known"], v["needed"], v["issuer"]))

    def _declare_role(self, team: str, role: BedrockRoleArgs, default: list[Input[str]]) -> BedrockRole:
        label = self._name if team == EVERYONE else f"{self._name}-{team}"
        audiences = Output.all(*role.get("audiences", default)).apply(lambda known: sorted(set(known)))
        subjects = role.get("subjects", [])
        residency = self.region.apply(
            lambda region: told(bedrock_plan.residency)(region, role.get("residency", []), team)
        )
        trust = Output.all(
            arn=self.oidc_provider_arn,
            key=self._tenant_id.apply(lambda tenant: told(entra.issuer_key)(self._cloud, tenant)),
            audiences=audiences,
        ).apply(lambda known: _trust(team, known["arn"], known["key"], known["audiences"], subjects))
        made = aws.iam.Role(
            f"{label}-role",
            name=role.get("name", bedrock_plan.role_name(team)),
            path=role.get("path"),
            description=f"Claude in Microsoft 365 on Amazon Bedrock, for {team}",
            assume_role_policy=trust,
            max_session_duration=role.get("session_seconds", facts.SESSION_SECONDS.start),
            permissions_boundary=role.get("permissions_boundary"),
            tags=self._tags,
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{label}-inference",
            name="claude-inference",
            role=made.name,
            policy=Output.all(region=self.region, account=self.account_id, residency=residency).apply(
                lambda known: _inference(
                    team, known["region"], known["account"], known["residency"], role.get("models", [])
                )
            ),
            opts=self._child,
        )
        return {
            "team": team,
            "roleArn": made.arn,
            "roleName": made.name,
            "audiences": audiences,
            "residency": residency,
            "models": role.get("models", []),
            "assumableBy": audiences.apply(lambda known: _assumable_by(known, len(subjects))),
        }

    def _declare_account_settings(self, args: BedrockAccessArgs) -> None:
        """Declare what holds for the whole account or region; each only by explicit choice."""
        if "use_case" in args:
            aws.bedrock.UseCaseForModelAccess(
                f"{self._name}-use-case", form_data=_use_case_form(args["use_case"]), opts=self._child
            )
        for model in sorted(set(args.get("accept_model_terms", []))):
            offers = aws.bedrockfoundation.get_model_agreement_offers_output(
                model_id=model, opts=pulumi.InvokeOutputOptions(parent=self)
            )
            # The offer's token is new at each reading; what was agreed does not change with it.
            aws.bedrockfoundation.ModelAgreement(
                f"{self._name}-terms-{model}",
                model_id=model,
                offer_token=offers.offers.apply(lambda found, model=model: _offer_token(model, found)),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["offerToken"]),
            )
        if "global_endpoint_token_version" in args:
            aws.iam.SecurityTokenServicePreferences(
                f"{self._name}-sts",
                global_endpoint_token_version=args["global_endpoint_token_version"],
                opts=self._child,
            )
        if "invocation_logging" in args:
            invocation_logging.declare(
                self._name,
                args["invocation_logging"],
                region=self.region,
                account_id=self.account_id,
                tags=self._tags,
                opts=self._child,
            )


def _checked_provider(arn: str, url: str, known: list[str], needed: list[str], issuer: str) -> str:
    key = "bedrock.existingOidcProviderArn"
    problems: list[Problem] = []
    if url.removeprefix("https://") != issuer.removeprefix("https://"):
        problems.append(
            Problem(
                key, f"trusts {url}", issuer, "name the provider of this tenant, or leave it out to make one"
            )
        )
    problems += [
        Problem(
            key,
            f"does not accept the audience {audience}",
            "a provider whose client ids hold every audience in use",
            f"add it there: aws iam add-client-id-to-open-id-connect-provider "
            f"--open-id-connect-provider-arn {arn} --client-id {audience}",
        )
        for audience in needed
        if audience not in known
    ]
    refuse_errors(problems)
    return arn


def _trust(team: str, arn: str, key: str, audiences: list[str], subjects: list[str]) -> str:
    document = documents.trust_policy(
        provider_arn=arn, issuer_key=key, audiences=audiences, subjects=subjects
    )
    refuse_errors(bedrock_plan.trust_size(team, document))
    return document


def _inference(team: str, region: str, account_id: str, residency: list[str], models: list[str]) -> str:
    document = documents.inference_policy(
        partition=facts.partition(region),
        region=region,
        account_id=account_id,
        residency=residency,
        models=models,
    )
    refuse_errors(bedrock_plan.inference_size(team, document))
    return document


def _assumable_by(audiences: list[str], subjects: int) -> str:
    apps = ", ".join(audiences)
    if subjects:
        return f"{subjects} people by the subject of their token, signed in to {apps}"
    return f"every user of the tenant who can sign in to {apps}"


def _offer_token(
    model: str, offers: list[aws.bedrockfoundation.outputs.GetModelAgreementOffersOfferResult]
) -> str:
    if not offers:
        refuse_errors(
            [
                Problem(
                    "bedrock.acceptModelTerms",
                    f"names {model}, which has no offer to agree to in this account and region",
                    "Bedrock model ids that are offered there",
                    "remove it if the model answers already, or check the id and the region",
                )
            ]
        )
    return offers[0].offer_token


def _use_case_form(use_case: UseCaseArgs) -> Output[str]:
    return Output.all(**use_case).apply(
        lambda known: json.dumps(
            {
                "companyName": known["company_name"],
                "companyWebsite": known["company_website"],
                "intendedUsers": known["intended_users"],
                "industryOption": known["industry"],
                "otherIndustryOption": "",
                "useCases": known["use_cases"],
            }
        )
    )
