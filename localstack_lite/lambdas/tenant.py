"""Whose invocation it is, of a function whose environments are never shared between tenants. Pure.

The header is mandatory there and refused everywhere else (AWS docs, "Tenant isolation"; length and characters are
botocore's service model). The text for the missing one is AWS's; the other is worded like it.
"""

from __future__ import annotations

import re
from typing import Final

from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_parameter, validation
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Invocation, Refused

HEADER: Final = "X-Amz-Tenant-Id"
_LONGEST: Final = 256
_PATTERN: Final = r"[a-zA-Z0-9\._:\/=+\-@ ]+"


def errors(tenant: str | None) -> list[str]:
    """What the service's front end says about the header, whatever the function is."""
    if tenant is None:
        return []
    found = []
    if len(tenant) > _LONGEST:
        found.append(constraint(tenant, "tenantId", f"have length less than or equal to {_LONGEST}"))
    if not tenant:
        found.append(constraint(tenant, "tenantId", "have length greater than or equal to 1"))
    if not re.fullmatch(_PATTERN, tenant):
        found.append(constraint(tenant, "tenantId", f"satisfy regular expression pattern: {_PATTERN}"))
    return found


def wrong(function: Function, tenant: str | None) -> ApiError | None:
    """Whether the function takes calls with, or without, a tenant."""
    if function.tenancy and tenant is None:
        return invalid_parameter(
            "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try "
            "again."
        )
    if tenant is not None and not function.tenancy:
        return invalid_parameter(
            "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request "
            "and try again."
        )
    return None


def refused(function: Function, invocation: Invocation) -> Refused | None:
    """What the Invoke API says to whoever calls the function for nobody, or for somebody that it does not know: a
    gateway, a schedule, the queue of events. None: it may run."""
    whose = invocation.tenant_id or None
    found = errors(whose)
    error = validation(found) if found else wrong(function, whose)
    if error is None:
        return None
    why = "no tenant is named" if whose is None else "the tenant is none" if found else "it has no tenants"
    headers = (("x-amzn-ErrorType", error.code),)
    return Refused(invocation.request_id, error.status, error.code, error.body(), why, headers)
