"""Where an AWS service is for this user, and requests signed for it. I/O: botocore, on the thread that asks.

Where: the address that the project names, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, what the user's profile
says, else AWS itself. As whom: the user's profile or environment; an address of the user's own gets dummies when there
is nobody, AWS itself is then not asked.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from localstack_lite.model.aws_services import HOST_PREFIXES, SERVICES
from localstack_lite.model.outgoing import Outgoing, ServiceRequest, Unreached

_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn")
_OTHERS = "set AWS_ENDPOINT_URL to call something else"


class AwsAddress:
    """Used by several threads. Services are looked up once for each region."""

    def __init__(self, profile: str, endpoint_url: str) -> None:
        self._profile = profile
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        self._core: Any = None
        self._services: dict[tuple[str, str], Service] = {}

    def signed(self, request: ServiceRequest) -> Outgoing | Unreached:
        from botocore.exceptions import BotoCoreError

        if request.service not in SERVICES:
            return Unreached(f"the AWS service {request.service} is not called from here")
        try:
            with self._lock:
                service = self._service(request.service, request.region)
                credentials = self._credentials(service)
            if credentials is None:
                return Unreached(f"there are no AWS credentials to call {service.host} with; {_OTHERS}")
            return _signed(request, service, credentials)
        except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
            return Unreached(" ".join(str(error).split()))

    def _service(self, name: str, region: str) -> Service:
        known = self._services.get((name, region))
        if known is None:
            known = self._services[name, region] = self._looked_up(name, region)
        return known

    def _looked_up(self, name: str, region: str) -> Service:
        from botocore.config import Config
        from botocore.session import Session

        if self._core is None:
            self._core = Session(profile=self._profile or None)
            # Asking the machine's metadata address takes seconds on a laptop, where nobody is there.
            self._core.get_component("credential_provider").remove("iam-role")
        client = self._core.create_client(
            SERVICES[name].client,
            region_name=region,
            endpoint_url=self._endpoint_url or None,
            config=Config(signature_version=None),
        )
        try:
            metadata = client.meta.service_model
            return Service(str(client.meta.endpoint_url), metadata.signing_name, region)
        finally:
            client.close()

    def _credentials(self, service: Service) -> Any:
        from botocore.credentials import Credentials

        found = self._core.get_credentials()
        if found is None:
            return None if service.of_aws else Credentials("devserve", "devserve")
        return found.get_frozen_credentials()


class Service:
    """`url` is its address, without a slash at the end; `signing` the name that signatures are made for."""

    def __init__(self, url: str, signing: str, region: str) -> None:
        self.url = url.rstrip("/")
        self.signing = signing
        self.region = region
        self.host = urlsplit(url).hostname or ""
        self.of_aws = self.host.endswith(_OF_AWS)


def _signed(request: ServiceRequest, service: Service, credentials: Any) -> Outgoing:
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest

    url = service.url
    prefix = HOST_PREFIXES.get((request.service, request.action), "")
    if prefix and service.of_aws:
        scheme, _, rest = url.partition("://")
        url = f"{scheme}://{prefix}{rest}"
    url += request.path if request.path.startswith("/") else f"/{request.path}"
    if request.query:
        url += f"?{request.query}"
    made = AWSRequest(request.method, url, data=request.body)
    for name, value in request.headers:
        made.headers.add_header(name, value)
    auth = S3SigV4Auth if service.signing == "s3" else SigV4Auth
    auth(credentials, service.signing, service.region).add_auth(made)
    return Outgoing(request.method, url, tuple(made.headers.items()), request.body, request.timeout)
