"""One line for each refusal, with what to do, the right family of error, and never a secret."""

from __future__ import annotations

import http.client
import inspect
from json import JSONDecodeError
from typing import Any

import pytest
import urllib3
from botocore import exceptions
from botocore.parsers import ResponseParserError, create_parser
from botocore.session import Session

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.sync.refusals import of_reason, remote_error

LAMBDA, XML, QUERY = "rest-json", "rest-xml", "query"


NO_SHAPE: Any = None


def answered(protocol: str, code: str, message: str, status: int = 400, **headers: str) -> exceptions.ClientError:
    """boto3's exception of an answer with that error, parsed by boto3 itself."""
    match protocol:
        case "rest-json":
            body, headers = f'{{"message": {quoted(message)}}}', {"x-amzn-errortype": code, **headers}
        case "rest-xml":
            body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        case _:
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    raw: dict[str, Any] = {"body": body.encode(), "headers": headers, "status_code": status}
    return exceptions.ClientError(create_parser(protocol).parse(raw, NO_SHAPE), "UpdateFunctionCode")


def quoted(text: str) -> str:
    import json

    return json.dumps(text)


USER = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: lambda:UpdateFunctionCode on resource: "
ARN = "arn:aws:lambda:eu-west-2:123456789012:function:orders"
ADDRESS = "https://lambda.eu-wst-2.amazonaws.com/"

CLOUD: list[tuple[Exception, str, str]] = [
    (exceptions.NoCredentialsError(), "there are no AWS credentials", "sign in"),
    (
        exceptions.PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
        "the AWS credentials are not complete",
        "sign in",
    ),
    (
        exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired"),
        "the sign-in to AWS has expired",
        "sign in again",
    ),
    (exceptions.UnauthorizedSSOTokenError(), "the sign-in to AWS has expired", "aws sso login"),
    (
        exceptions.CredentialRetrievalError(provider="process", error_msg="exit 1"),
        "the AWS credentials cannot be had",
        "sign in",
    ),
    (answered(XML, "ExpiredToken", "The provided token has expired."), "have expired (ExpiredToken)", "sign in again"),
    (answered(LAMBDA, "ExpiredTokenException", "token", 403), "have expired", "it goes on where it stopped"),
    (
        answered(LAMBDA, "UnrecognizedClientException", "The security token included in the request is invalid.", 403),
        "AWS does not know these credentials",
        "sign in",
    ),
    (answered(QUERY, "InvalidClientTokenId", "invalid", 403), "AWS does not know these credentials", "sign in"),
    (answered(LAMBDA, "InvalidSignatureException", "Signature expired: 2026 is now earlier"), "clock", "set the clock"),
    (answered(XML, "RequestTimeTooSkewed", "The difference is too large", 403), "clock is wrong", "set the clock"),
    (
        exceptions.EndpointConnectionError(endpoint_url=ADDRESS, error="unknown host"),
        "nobody answers at https://lambda.eu-wst-2.amazonaws.com",
        "the network and at the region",
    ),
    (
        exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:5000", error="refused"),
        "nobody answers at http://127.0.0.1:5000",
        "endpoint_url",
    ),
    (
        exceptions.ConnectionClosedError(endpoint_url=ADDRESS, error="closed"),
        "the connection broke",
        "it goes on where it stopped",
    ),
    (
        ResponseParserError("Unable to parse response (syntax error: line 1), invalid XML received: b'<html>'"),
        "what answers does not answer as AWS does",
        "endpoint_url",
    ),
    (JSONDecodeError("Expecting value", "<html>", 0), "does not answer as AWS does: Expecting value", "proxy"),
    (exceptions.ReadTimeoutError(endpoint_url=ADDRESS, error="late"), "the answer did not come", "network"),
    (
        exceptions.SSLError(endpoint_url=ADDRESS, error=OSError("self-signed")),
        "no safe connection to AWS",
        "AWS_CA_BUNDLE",
    ),
    (
        answered(LAMBDA, "AccessDeniedException", f"{USER}{ARN} because no identity-based policy allows it", 403),
        f"not allowed: lambda:UpdateFunctionCode on {ARN}",
        "`devserve sync dev --print-policy`",
    ),
    (
        answered(QUERY, "AccessDenied", f"{USER}{ARN} with an explicit deny", 403),
        "not allowed: lambda:UpdateFunctionCode on",
        "--print-policy",
    ),
    (answered(XML, "AccessDenied", "Access Denied", 403), "not allowed: UpdateFunctionCode", "--print-policy"),
    (answered(XML, "403", "Forbidden", 403), "not allowed: UpdateFunctionCode", "--print-policy"),
    (
        answered(LAMBDA, "ResourceNotFoundException", f"Function not found: {ARN}", 404),
        f"it does not exist in the stage: Function not found: {ARN}",
        "deleted by hand",
    ),
    (answered(XML, "NoSuchBucket", "The specified bucket does not exist", 404), "no such bucket", "s3_bucket"),
    (answered(XML, "BucketAlreadyExists", "taken", 409), "belongs to another account", "s3_bucket"),
    (
        answered(QUERY, "ValidationError", "Stack with id shop-dev does not exist"),
        "there is no such stack",
        "devserve sync dev",
    ),
    (
        answered(QUERY, "ValidationError", "Stack:arn:aws:x is in ROLLBACK_COMPLETE state and can not be updated."),
        "the stack is ROLLBACK_COMPLETE",
        "`devserve delete dev`",
    ),
    (
        answered(QUERY, "ValidationError", "Stack:arn:x is in UPDATE_IN_PROGRESS state and can not be updated."),
        "the stack is UPDATE_IN_PROGRESS",
        "wait until it is over",
    ),
    (
        answered(QUERY, "ValidationError", "Stack:arn:x is in UPDATE_ROLLBACK_FAILED state and can not be updated."),
        "the stack is UPDATE_ROLLBACK_FAILED",
        "continue-update-rollback",
    ),
    (
        answered(LAMBDA, "CodeStorageExceededException", "Code storage limit exceeded.", 400),
        "a limit of the account is reached: CodeStorageExceededException: Code storage limit exceeded.",
        "old function and layer versions",
    ),
    (answered(QUERY, "LimitExceededException", "200 stacks"), "a limit of the account is reached", "Service Quotas"),
    (
        answered(
            LAMBDA, "InvalidParameterValueException", "Source image x does not exist. Provide a valid source image."
        ),
        "Lambda cannot get the image",
        "the stage's region",
    ),
    (
        answered(
            LAMBDA,
            "InvalidParameterValueException",
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: gone",
        ),
        "the object is not in the bucket any more",
        "uploads it again",
    ),
    (
        answered(
            LAMBDA, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
        ),
        "cannot be assumed by Lambda",
        "lambda.amazonaws.com",
    ),
    (
        answered(LAMBDA, "ResourceConflictException", f"An update is in progress for resource: {ARN}", 409),
        "An update is in progress",
        "wait until that is over",
    ),
    (answered(LAMBDA, "TooManyRequestsException", "Rate exceeded", 429), "AWS still throttles it", "in a while"),
    (answered(LAMBDA, "ServiceException", "An error occurred", 500), "AWS fails: ServiceException", "run it again"),
    (
        answered(LAMBDA, "SomethingNewException", "of 2031", 418),
        "AWS refused UpdateFunctionCode: SomethingNewException: of 2031",
        "",
    ),
]

USERS: list[tuple[Exception, str, str]] = [
    (exceptions.ProfileNotFound(profile="shop"), "there is no such AWS profile", "list-profiles"),
    (exceptions.NoRegionError(), "no AWS region is set", 'region = "eu-west-2"'),
    (exceptions.InvalidRegionError(region_name="eu west"), "that is no region", "eu-west-2"),
    (exceptions.ConfigParseError(path="~/.aws/config"), "the AWS configuration cannot be used", "~/.aws/config"),
    (ValueError("Invalid endpoint: nowhere"), "Invalid endpoint: nowhere", "AWS_*"),
    (
        answered(XML, "PermanentRedirect", "Use another endpoint", 301, **{"x-amz-bucket-region": "eu-central-1"}),
        "the bucket is in eu-central-1",
        "s3_bucket",
    ),
    (
        answered(XML, "AuthorizationHeaderMalformed", "the region 'eu-west-2' is wrong; expecting 'us-east-1'"),
        "the bucket is in us-east-1",
        "s3_bucket",
    ),
    (answered(XML, "301", "", 301, **{"x-amz-bucket-region": "eu-north-1"}), "is in eu-north-1", "s3_bucket"),
    (
        answered(QUERY, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"),
        "the template needs CAPABILITY_NAMED_IAM",
        'capabilities = ["CAPABILITY_NAMED_IAM"]',
    ),
    (
        answered(QUERY, "ValidationError", "Template error: instance of Fn::GetAtt references undefined resource X"),
        "Template error: instance of Fn::GetAtt references undefined resource X",
        "correct the template",
    ),
    (
        answered(LAMBDA, "RequestEntityTooLargeException", "Request must be smaller than 69905067 bytes", 413),
        "the package is too large: Request must be smaller than 69905067 bytes",
        "a layer",
    ),
    (
        answered(LAMBDA, "InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"),
        "the package is too large: Unzipped size must be smaller than 262144000 bytes",
        "an image",
    ),
    (
        answered(LAMBDA, "BadRequestException", "Unable to parse API definition because of a malformed input"),
        "Unable to parse API definition",
        "correct the template",
    ),
]


@pytest.mark.parametrize(("error", "what", "hint"), CLOUD, ids=lambda each: str(each)[:40])
def test_what_the_cloud_refuses(error: Exception, what: str, hint: str) -> None:
    told = remote_error(error, "Orders", "dev")
    assert isinstance(told, RemoteError)
    assert told.where == "Orders"
    assert what in told.what
    assert hint in told.hint
    assert "\n" not in told.what + told.hint


@pytest.mark.parametrize(("error", "what", "hint"), USERS, ids=lambda each: str(each)[:40])
def test_what_the_user_can_put_right(error: Exception, what: str, hint: str) -> None:
    told = remote_error(error, "stage dev", "dev")
    assert isinstance(told, UserError)
    assert told.where == "stage dev"
    assert what in told.what
    assert hint in told.hint
    assert "\n" not in told.what + told.hint


KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

SECRETS: list[Exception] = [
    answered(
        LAMBDA,
        "InvalidSignatureException",
        f"The Canonical String should have been 'POST x-amz-security-token:{SECRET}'",
        403,
    ),
    answered(XML, "SignatureDoesNotMatch", f"{KEY} {SECRET}", 403),
    answered(XML, "InvalidAccessKeyId", f"The AWS Access Key Id {KEY} does not exist in our records.", 403),
    answered(LAMBDA, "SomethingNewException", f"key {KEY}, X-Amz-Security-Token={SECRET}", 400),
    answered(LAMBDA, "ServiceException", f"password: {SECRET}", 500),
]


@pytest.mark.parametrize("error", SECRETS)
def test_no_secret_of_a_message_is_told(error: Exception) -> None:
    told = remote_error(error, "Orders")
    assert KEY not in told.what + told.hint
    assert SECRET not in told.what + told.hint


def test_values_that_boto3_repeats_are_not_told() -> None:
    session = Session()
    session.set_credentials("x", "y")
    client: Any = session.create_client("lambda", region_name="eu-west-2")
    environment = {"Variables": {"PASSWORD": ["hunter2"]}}
    with pytest.raises(exceptions.ParamValidationError) as caught:
        client.update_function_configuration(FunctionName="orders", Environment=environment)
    told = remote_error(caught.value, "Orders")
    assert isinstance(told, UserError)
    assert "Environment.Variables.PASSWORD" in told.what
    assert "hunter2" not in told.what


def test_an_endless_message_is_cut() -> None:
    told = remote_error(answered(LAMBDA, "SomethingNewException", "word " * 1000), "Orders")
    assert len(told.what) < 500
    assert told.what.endswith("…")


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = RemoteError("Orders", "what", "hint")
    assert remote_error(error, "elsewhere") is error


def test_the_reason_of_a_change_set_is_told_like_an_error() -> None:
    assert isinstance(of_reason("Template error: unresolved condition dependency", "shop-dev"), UserError)
    denied = of_reason(f"{USER}{ARN} because no identity-based policy allows it", "shop-dev", "dev")
    assert isinstance(denied, RemoteError)
    assert denied.what == f"not allowed: lambda:UpdateFunctionCode on {ARN}"


def raised_by(module: Any) -> list[type[Exception]]:
    found = [each for _, each in inspect.getmembers(module, inspect.isclass) if issubclass(each, Exception)]
    # Those of `http.client` say what they are out of what they are made with.
    return [each for each in found if not issubclass(each, Warning | http.client.IncompleteRead)]


KINDS = [*raised_by(exceptions), *raised_by(urllib3.exceptions), ResponseParserError, KeyError, RecursionError]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_whatever_boto3_or_what_is_below_it_raises_is_one_line_of_ours(kind: type[Exception]) -> None:
    error = kind.__new__(kind, "something went wrong")
    told = remote_error(error, "stage dev", "dev")
    assert isinstance(told, RemoteError | UserError)
    assert told.what
    assert "\n" not in told.what + told.hint
