"""The table of AWS services is what botocore knows of them."""

from __future__ import annotations

import pytest

from localstack_lite.model.aws_services import HOST_PREFIXES, SERVICES, Protocol, known, unsupported
from localstack_lite.model.integration import AwsService

_KINDS = {"json": Protocol.JSON, "query": Protocol.QUERY, "rest-json": Protocol.REST, "rest-xml": Protocol.REST}
#: API Gateway calls these with the older of their protocols.
_OLDER = {"sqs", "monitoring"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_is_as_botocore_has_it(name: str) -> None:
    from botocore.session import Session

    api = SERVICES[name]
    metadata = Session().get_service_model(api.client).metadata
    assert metadata["endpointPrefix"] == name
    protocols = [metadata["protocol"], *metadata.get("protocols", ())]
    if name not in _OLDER:
        assert api.protocol in [_KINDS.get(protocol) for protocol in protocols]
    if api.protocol is Protocol.JSON:
        assert (metadata["targetPrefix"], metadata["jsonVersion"]) == (api.target, api.json)
    if api.protocol is Protocol.QUERY:
        assert metadata["apiVersion"] == api.version


def test_operations_with_a_host_of_their_own_are_botocores() -> None:
    from botocore.session import Session

    for (service, operation), prefix in HOST_PREFIXES.items():
        model = Session().get_service_model(SERVICES[service].client).operation_model(operation)
        assert model.endpoint == {"hostPrefix": prefix}


@pytest.mark.parametrize(
    "service",
    [
        AwsService("sqs", "r", path="1/q"),
        AwsService("sqs", "r", action="SendMessage"),
        AwsService("dynamodb", "r", action="{action}"),
        AwsService("sns", "r", action="Publish&Subject=x"),
        AwsService("s3", "r", path="b/k"),
        AwsService("s3", "r", path="k", subdomain="bucket"),
        AwsService("sagemaker", "r", path="x", subdomain="runtime"),
    ],
)
def test_plain_ones_can_be_called(service: AwsService) -> None:
    assert unsupported(service) == ""


def test_a_subdomain_that_nobody_knows_is_another_service() -> None:
    assert known(AwsService("sqs", "r", subdomain="x")) is None
    assert unsupported(AwsService("sqs", "r", path="p", subdomain="x")).startswith(
        "the AWS service x.sqs is not called"
    )
    assert unsupported(AwsService("", "r")).startswith("the AWS service (none)")
