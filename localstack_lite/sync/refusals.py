"""What AWS refused, in one line with what to do about it. Pure: exceptions in, errors of ours out.

What is wrong with the user's configuration (a profile, a region's name, a template, a value in it) is a UserError; what
the cloud refuses or does not answer is a RemoteError. No text has a credential in it: messages that repeat what was
signed are replaced, and what looks like a key is taken out of all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.sync.failure import Failure, Trouble, failure_of, is_garbled, trouble_of

_LONGEST = 400
_SIGN_IN = "sign in (`aws sso login`, `aws configure`, AWS_PROFILE), or name a profile for the stage"
_SIGN_IN_AGAIN = "sign in again (`aws sso login`, or new keys), then run it again: it goes on where it stopped"

_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired", "ExpiredTokenFault"}
)
_UNKNOWN_KEY = frozenset(
    {
        *("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken"),
        *("AuthFailure", "InvalidClientTokenIdException", "IncompleteSignature", "MissingAuthenticationToken"),
        *("IncompleteSignatureException", "MissingAuthenticationTokenException"),
    }
)
_SIGNATURE = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"})
_DENIED = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"),
        *("UnauthorizedException", "ForbiddenException", "NotAuthorized", "AllAccessDisabled", "OptInRequired"),
    }
)
_ELSEWHERE = frozenset(
    {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "TemporaryRedirect"}
)
_MISSING = frozenset({"ResourceNotFoundException", "NotFoundException", "StateMachineDoesNotExist"})
_TOO_LARGE = frozenset({"RequestEntityTooLargeException", "RequestTooLargeException", "EntityTooLarge"})
_FULL = frozenset(
    {"CodeStorageExceededException", "LimitExceededException", "ServiceQuotaExceededException", "TooManyBuckets"}
)
_CONFLICT = frozenset({"ResourceConflictException", "ConflictException", "OperationAborted", "ResourceInUseException"})
_INVALID = frozenset(
    {
        *("ValidationError", "ValidationException", "InvalidParameterValueException", "BadRequestException"),
        *("InvalidDefinition", "InvalidParameterValue", "InvalidArgument", "MalformedPolicy", "InvalidArn"),
        *("UnprocessableEntityException", "InvalidRequestContentException", "InvalidZipFileException"),
    }
)

_ACTION = re.compile(r"not authorized to perform: ?([\w-]+:[\w*]+)(?: on (?:the )?resource: ?(\S+))?")
_STATE = re.compile(r"is in ([A-Z_]+) state")
_ADDRESS = re.compile(r'"?((?:https?|wss?)://[^\s"]+)"?')
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b")
_LONG_SECRET = re.compile(r"(?i)((?:security-?token|secret\w*|password|signature|credential)\s*[=:]\s*)[^\s,;&]+")
_VALUE = re.compile(r"value: .*?(?=, type:|, valid |$)")

Refusal = RemoteError | UserError


@dataclass(frozen=True, slots=True)
class Case:
    """What failed, with what, and the name of the stage for hints that are commands."""

    failure: Failure
    where: str
    stage: str


def remote_error(error: BaseException, where: str, stage: str = "STAGE") -> Refusal:
    """Of an exception of boto3. `where` is what the call was about (a function, a bucket, a stack); `stage` as in
    `Case`."""
    if isinstance(error, RemoteError | UserError):
        return error
    return refusal(failure_of(error), where, stage)


def refusal(failure: Failure, where: str, stage: str = "STAGE") -> Refusal:
    if not failure.code and not failure.status:
        return _silence(failure, where)
    for codes, rule in _RULES:
        if failure.code in codes:
            return rule(Case(failure, where, stage))
    if trouble_of(failure) is Trouble.THROTTLED:
        what = f"AWS still throttles it ({failure.code or failure.status}) after many tries"
        return RemoteError(where, what, "somebody else uses this account's rate as well: run it again in a while")
    if trouble_of(failure) is Trouble.SERVER:
        what = f"AWS fails: {_told(failure)}"
        return RemoteError(where, what, "run it again; health.aws.amazon.com says what is known to be broken")
    if failure.status in (301, 307, 400) and failure.region:
        return _elsewhere(Case(failure, where, stage))
    if failure.status == 403:
        return _denied(Case(failure, where, stage))
    return RemoteError(where, f"AWS refused {failure.operation or 'it'}: {_told(failure)}", _see(failure))


def of_reason(reason: str, where: str, stage: str = "STAGE") -> Refusal:
    """Of the reason that CloudFormation gives for what failed later on: it has the words of an error, and no code."""
    denied = _ACTION.search(reason) is not None
    return refusal(Failure(reason, "AccessDenied" if denied else "ValidationError"), where, stage)


def _expired(case: Case) -> Refusal:
    return RemoteError(case.where, f"the AWS credentials have expired ({case.failure.code})", _SIGN_IN_AGAIN)


def _unknown_key(case: Case) -> Refusal:
    what = f"AWS does not know these credentials ({case.failure.code})"
    return RemoteError(
        case.where, what, f"{_SIGN_IN}; a key that was deleted or of another partition looks like this too"
    )


def _signature(case: Case) -> Refusal:
    late = case.failure.code == "RequestTimeTooSkewed" or "Signature expired" in case.failure.message
    if late or "not yet current" in case.failure.message:
        return RemoteError(
            case.where, "this machine's clock is wrong, so AWS takes no signature of it", "set the clock"
        )
    return RemoteError(case.where, f"AWS takes the secret key for wrong ({case.failure.code})", _SIGN_IN)


def _denied(case: Case) -> Refusal:
    found = _ACTION.search(case.failure.message)
    action = found[1] if found else case.failure.operation or "this"
    on = f" on {found[2].rstrip('.')}" if found and found[2] else ""
    because = _because(case.failure.message)
    hint = f"ask for it to be allowed; `devserve sync {case.stage} --print-policy` prints what a push needs"
    return RemoteError(case.where, f"not allowed: {action}{on}{because}", hint)


def _because(message: str) -> str:
    _, found, reason = message.partition(" because ")
    return f" ({_clean(reason).rstrip('.')})" if found and "explicit deny" in reason else ""


def _elsewhere(case: Case) -> Refusal:
    region = case.failure.region or _expected_region(case.failure.message)
    there = f"in {region}" if region else "in another region than the stage"
    hint = "name a bucket in the stage's region (s3_bucket), or none: then one is made"
    return UserError(case.where, f"the bucket is {there}, and code has to lie where its functions are", hint)


def _expected_region(message: str) -> str:
    found = re.search(r"expecting '([\w-]+)'", message)
    return found[1] if found else ""


def _missing(case: Case) -> Refusal:
    what = f"it does not exist in the stage: {_clean(case.failure.message)}"
    hint = f"if it was deleted by hand: take it out of the template, `devserve sync {case.stage}`, and put it back"
    return RemoteError(case.where, what, hint)


def _no_bucket(case: Case) -> Refusal:
    hint = "make it, or leave s3_bucket out of the stage: then one is made"
    return RemoteError(case.where, "there is no such bucket", hint)


def _no_key(case: Case) -> Refusal:
    hint = f"`devserve sync {case.stage}` uploads it again"
    return RemoteError(case.where, "the object is not in the bucket any more", hint)


def _taken_bucket(case: Case) -> Refusal:
    what = "a bucket of this name belongs to another account"
    return RemoteError(case.where, what, "name a bucket of your own for the stage (s3_bucket)")


def _capabilities(case: Case) -> Refusal:
    wanted = ", ".join(sorted(set(re.findall(r"CAPABILITY_\w+", case.failure.message)))) or "more capabilities"
    hint = f'give the stage: capabilities = ["{wanted}"]'.replace(", ", '", "')
    return UserError(case.where, f"the template needs {wanted}, which the stage does not grant", hint)


def _too_large(case: Case) -> Refusal:
    hint = "leave out what it does not need, move dependencies to a layer, or use an image (10 GB)"
    return UserError(case.where, f"the package is too large: {_clean(case.failure.message)}", hint)


def _full(case: Case) -> Refusal:
    if case.failure.code == "CodeStorageExceededException":
        hint = "delete old function and layer versions, or ask for a higher quota (code storage of the region)"
    else:
        hint = "delete what is not used any more, or ask for a higher quota (Service Quotas)"
    return RemoteError(case.where, f"a limit of the account is reached: {_told(case.failure)}", hint)


def _conflict(case: Case) -> Refusal:
    return RemoteError(case.where, _clean(case.failure.message), "wait until that is over, then run it again")


def _invalid(case: Case) -> Refusal:
    message = case.failure.message
    if state := _STATE.search(message):
        return RemoteError(
            case.where, f"the stack is {state[1]} and cannot be changed now", _of_state(state[1], case.stage)
        )
    if "does not exist" in message and "Stack" in message:
        return RemoteError(case.where, "there is no such stack", f"push it first: devserve sync {case.stage}")
    if "Unzipped size" in message or "unzipped size" in message:
        return _too_large(case)
    if "NoSuchKey" in message:
        return _no_key(case)
    if "NoSuchBucket" in message:
        return _no_bucket(case)
    if "ource image" in message:
        hint = "push it to a repository in the stage's region that Lambda may read"
        return RemoteError(case.where, f"Lambda cannot get the image: {_clean(message)}", hint)
    if "role" in message and "assume" in message:
        hint = "its trust policy has to name lambda.amazonaws.com; a new role takes some seconds"
        return RemoteError(case.where, _clean(message), hint)
    return UserError(
        case.where, _clean(message) or case.failure.code, "AWS's own words: correct the template or the stage"
    )


def _of_state(state: str, stage: str) -> str:
    if state.endswith("_IN_PROGRESS"):
        return "another deployment is on its way: wait until it is over, then run it again"
    if state in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        return f"it never came to be: `devserve delete {stage}`, then `devserve sync {stage}`"
    if state == "UPDATE_ROLLBACK_FAILED":
        return "its last rollback is stuck: `aws cloudformation continue-update-rollback --stack-name STACK`"
    return f"look at it: devserve status {stage}"


_RULES: tuple[tuple[frozenset[str], Callable[[Case], Refusal]], ...] = (
    (_EXPIRED, _expired),
    (_UNKNOWN_KEY, _unknown_key),
    (_SIGNATURE, _signature),
    (_DENIED, _denied),
    (_ELSEWHERE, _elsewhere),
    (frozenset({"NoSuchBucket"}), _no_bucket),
    (frozenset({"NoSuchKey"}), _no_key),
    (frozenset({"BucketAlreadyExists"}), _taken_bucket),
    (frozenset({"InsufficientCapabilitiesException", "InsufficientCapabilities"}), _capabilities),
    (_TOO_LARGE, _too_large),
    (_INVALID, _invalid),
    (_MISSING, _missing),
    (_FULL, _full),
    (_CONFLICT, _conflict),
)


def _silence(failure: Failure, where: str) -> Refusal:
    """boto3 did not get as far as an answer."""
    text = _clean(failure.message)
    if failure.is_a("NoCredentialsError"):
        return RemoteError(where, "there are no AWS credentials", _SIGN_IN)
    if failure.is_a("PartialCredentialsError"):
        return RemoteError(where, f"the AWS credentials are not complete: {text}", _SIGN_IN)
    if failure.is_a("SSOError", "TokenRetrievalError", "LoginError", "NoAuthTokenError"):
        return RemoteError(where, f"the sign-in to AWS has expired: {text}", _SIGN_IN_AGAIN)
    if failure.is_a("CredentialRetrievalError", "MetadataRetrievalError", "RefreshWithMFAUnsupportedError"):
        return RemoteError(where, f"the AWS credentials cannot be had: {text}", _SIGN_IN)
    if failure.is_a("ProfileNotFound"):
        return UserError(where, f"there is no such AWS profile: {text}", "look at `aws configure list-profiles`")
    if failure.is_a("NoRegionError"):
        return no_region(where)
    if failure.is_a("InvalidRegionError", "UnknownRegionError", "UnknownEndpointError", "EndpointVariantError"):
        return UserError(where, f"that is no region: {text}", 'as in region = "eu-west-2"')
    if failure.is_a("ParamValidationError", "EndpointResolutionError", "ValidationError"):
        return UserError(where, f"boto3 refuses it before AWS can: {text}", "correct the template or the stage")
    if failure.is_a("ConfigParseError", "ConfigNotFound", "InvalidConfigError", "ValueError") and not is_garbled(
        failure
    ):
        return UserError(where, f"the AWS configuration cannot be used: {text}", "look at ~/.aws/config and AWS_*")
    return _unreached(failure, where, text)


def _unreached(failure: Failure, where: str, text: str) -> Refusal:
    if is_garbled(failure):
        hint = "a proxy or a sign-in page in between? look at the network and at endpoint_url"
        return RemoteError(where, f"what answers does not answer as AWS does: {text}", hint)
    found = _ADDRESS.search(failure.message)
    address = found[1].rstrip("/") if found else ""
    if failure.is_a("SSLError"):
        return RemoteError(
            where, f"no safe connection to AWS: {text}", "a proxy in between? AWS_CA_BUNDLE names its CA"
        )
    if trouble_of(failure) is Trouble.UNREACHED:
        hint = "look at the network and at the region" if ".amazonaws." in address else "look at endpoint_url"
        return RemoteError(where, f"nobody answers at {address or 'AWS'}", hint)
    if trouble_of(failure) is Trouble.DROPPED:
        what = "the answer did not come" if failure.is_a("ReadTimeoutError") else "the connection broke"
        at = f" ({address})" if address else ""
        return RemoteError(where, f"{what}{at}", "look at the network, then run it again: it goes on where it stopped")
    return RemoteError(where, f"AWS cannot be asked: {text}", "run it again")


def no_region(where: str) -> UserError:
    hint = 'give the stage one (region = "eu-west-2"), or set AWS_REGION or the profile\'s region'
    return UserError(where, "no AWS region is set", hint)


def _told(failure: Failure) -> str:
    """AWS's code and words."""
    words = _clean(failure.message)
    code = failure.code or str(failure.status)
    return code if words in ("", code) else f"{code}: {words}"


def _see(failure: Failure) -> str:
    return f"request {failure.request_id}" if failure.request_id else ""


def _clean(message: str) -> str:
    """One line of bearable length without values that were sent and without anything that looks like a key."""
    text = _VALUE.sub("value: …", message) if "validation failed" in message else message
    text = _LONG_SECRET.sub(r"\1…", _KEY_ID.sub("…", text))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} …"
