"""The arguments of `GoogleGateway`, apart from it so that they need no Google SDK."""

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.gateway.service_args import GatewayServiceArgs


class GoogleGatewayHostArgs(TypedDict, total=False):
    """What a gateway in Cloud Run takes beside what it takes everywhere."""

    name: str
    """What the names of all that is made begin with: 6 to 24 lower-case letters, digits, hyphens. Default
    `claude-gateway`."""
    cpu: int
    """vCPUs of the application's container: 1, 2, 4, 6 or 8. Default 1."""
    memory_mib: int
    """Its memory, in which the files lie as well. Default 2048."""
    predict_role: Input[str]
    """Full name of a role with `aiplatform.endpoints.predict` that exists, for a vertex upstream. Default: a custom
    role is made in the upstream's project."""
    dns_zone: str
    """Managed zone of Cloud DNS (its name) that holds `domain`; the records are made in it. Public, or for an internal
    gateway the public one that proves the domain to the certificate authority."""
    private_dns_zone: str
    """Private managed zone that exists and holds `domain`, for an internal gateway. Default: one for this name alone is
    made, so that the same name can answer otherwise outside."""
    certificate: str
    """Certificate for `domain` that exists: `projects/P/global/sslCertificates/NAME`, or for an internal gateway
    `projects/P/locations/REGION/certificates/NAME` of Certificate Manager. Default: one that Google makes and
    renews."""
    network: Input[str]
    """VPC network of an internal gateway, `projects/P/global/networks/NAME`."""
    subnet: Input[str]
    """Subnet for its address, `projects/P/regions/REGION/subnetworks/NAME`."""
    proxy_subnet_range: str
    """Range (CIDR, /23 or larger is advised) of the proxy-only subnet to make. Default: the network has one in the
    region already."""
    notification_channels: list[str]
    """Channels of Cloud Monitoring that alerts notify, `projects/P/notificationChannels/NUMBER`. Default: alerts show
    in Cloud Monitoring alone."""
    propagation_delay_seconds: float
    """Seconds that a new service waits for its grants, and between tries while something is not usable yet, 0 to 600.
    Default 60."""


class GoogleGatewayArgs(GatewayServiceArgs, GoogleGatewayHostArgs):
    """What `GoogleGateway` needs to know."""

    project_id: Input[str]
    """Google Cloud project that the gateway runs in, by its id."""
    region: Input[str]
    """Region of Cloud Run, for instance `europe-west1`."""
