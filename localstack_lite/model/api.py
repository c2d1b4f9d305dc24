"""An API Gateway API as the project declares it: routes, what they call, CORS. Function URLs are APIs of one route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from localstack_lite.model.authorizer import Guard
from localstack_lite.model.gateway_response import GatewayResponse
from localstack_lite.model.integration import HttpProxy, ParameterChanges, ServiceAction, TemplatedIntegration
from localstack_lite.model.usage import RateLimit, UsagePlan
from localstack_lite.model.validation import Validation
from localstack_lite.model.websocket import WebSocket

DEFAULT_ROUTE = "$default"
DEFAULT_STAGE = "$default"
#: The method of a WebSocket API's routes.
SOCKET = "WS"


class ApiKind(StrEnum):
    REST = "REST"
    HTTP = "HTTP"
    FUNCTION_URL = "FUNCTION_URL"
    WEBSOCKET = "WEBSOCKET"
    ALB = "ALB"
    """A target group of an Application Load Balancer. Its `id` names the load balancer."""


class Face(StrEnum):
    """As which address an API's events and replies know themselves."""

    LOCAL = "local"
    """As this machine's: `Host` as the client sent it, http, no stage in front."""
    AWS = "aws"
    """As AWS's own: `Host` is `APIID.execute-api.REGION.amazonaws.com`, https on 443, and the stage stands in front of
    every path (the browser's address is `http://127.0.0.1:3000/STAGE/...`)."""
    DOMAIN = "domain"
    """As `Api.domain`: https on 443, no stage; `Api.base_path` stands in front when there is one."""


@dataclass(frozen=True, slots=True)
class LambdaProxy:
    """`AWS_PROXY` to a Lambda function of this project.

    `function` is its logical id; `payload` the format version of HTTP APIs (`"1.0"` or `"2.0"`; REST is always 1.0 of
    its own kind); `timeout` in seconds (AWS: 29 for REST, 30 for HTTP APIs unless set lower). `method` is the
    integration's HTTP method: Lambda takes POST only, anything else makes the gateway answer 500. `streamed`: it calls
    InvokeWithResponseStream (a function URL's `InvokeMode: RESPONSE_STREAM`, REST's `responseTransferMode: STREAM`).
    """

    function: str
    payload: str = "2.0"
    timeout: float = 30.0
    method: str = "POST"
    streamed: bool = False
    qualifier: str = ""
    """The version or alias that the integration names; empty: the function itself."""
    tenant: str = ""
    """Where a REST API takes the tenant from (`gateway.mapping`), for a function with tenant isolation: what
    `integration.request.header.X-Amz-Tenant-Id` is mapped to."""
    changes: ParameterChanges = field(default_factory=ParameterChanges)
    """Of an HTTP API."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What nobody may call: a function URL whose alias is gone, or that no statement of the function's policy opens.
    The route is matched and answers 403; `why` is told to the user."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An integration that this version cannot run. The route is matched and answers 500; `why` says to the user what is
    missing. It never falls through to another route."""

    why: str


Integration = LambdaProxy | Closed | Unsupported | TemplatedIntegration | HttpProxy | ServiceAction


@dataclass(frozen=True, slots=True)
class Cors:
    """CORS of an HTTP API or a function URL. Names and origins as configured; `max_age` in seconds."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """`method` is an HTTP method or `ANY`; `path` is `/a/{b}/{proxy+}` or, on HTTP APIs, `$default` (method `ANY`). Of
    a WebSocket API `method` is `WS` and `path` the route key (`$connect`, `join`)."""

    method: str
    path: str
    integration: Integration
    operation_name: str = ""
    authorizer: str = ""
    """The authorizer's name, for display."""
    guard: Guard | None = None
    """Who may call it; None: everybody."""
    api_key: bool = False
    """Whether a request needs an API key of one of the API's usage plans."""
    validation: Validation | None = None
    responds: bool = False
    """Of a WebSocket API: it has a route response, so what its integration answers goes back to the client."""

    @property
    def key(self) -> str:
        """The route key as AWS writes it: `GET /x`, `ANY /{proxy+}` or `$default`."""
        alone = self.path == DEFAULT_ROUTE or self.method == SOCKET
        return self.path if alone else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class ApiStage:
    """A stage beside the first one: the same routes with other variables and limits."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, RateLimit] = field(default_factory=dict)
    usage_plans: tuple[UsagePlan, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainName:
    """A custom domain name that leads to a stage of the API; `base_path` without slashes, `stage` empty: the first."""

    name: str
    base_path: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    logical_id: str
    name: str
    kind: ApiKind
    routes: tuple[Route, ...]
    stage: str = DEFAULT_STAGE
    cors: Cors | None = None
    binary_media_types: tuple[str, ...] = ()
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    face: Face = Face.LOCAL
    domain: str = ""
    """The custom domain name that belongs to it."""
    base_path: str = ""
    """The custom domain's path for this API (its mapping), without slashes."""
    multi_value: bool = False
    """Of a target group: events and replies have lists of values for each header and each query parameter."""
    switchable: bool = False
    """Whether nobody declared its kind: another may be chosen with `--as`, or by a key."""

    stages: tuple[ApiStage, ...] = ()
    """Those beside `stage`."""
    domains: tuple[DomainName, ...] = ()
    """Custom domain names as the template maps them."""
    limits: Mapping[str, RateLimit] = field(default_factory=dict)
    """Throttling of the stage: by `METHOD /path`, route key, or `*` for all of it."""
    usage_plans: tuple[UsagePlan, ...] = ()
    key_source: str = "HEADER"
    """Where API keys come from: `HEADER` (`x-api-key`) or `AUTHORIZER` (`usageIdentifierKey`)."""
    gateway_responses: tuple[GatewayResponse, ...] = ()
    policy: Mapping[str, object] | None = None
    """The resource policy, an IAM policy document."""
    minimum_compression: int | None = None
    """Bytes from which on replies are compressed for clients that take that; None: never."""
    websocket: WebSocket | None = None

    @property
    def id(self) -> str:
        """The API id in hosts, ARNs and events: the logical id, lower case, letters and digits only."""
        return "".join(c for c in self.logical_id.lower() if c.isascii() and c.isalnum())
