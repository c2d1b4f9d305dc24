"""What a FunctionName and a Qualifier mean, as the Lambda API reads them.

A name is a function's name, a partial ARN (`ACCOUNT:function:NAME`, `function:NAME`) or a whole one, each with or
without `:QUALIFIER`. First the text is checked against the service model's patterns, then the parts against this
region and the given qualifier, last the function is looked up: by its AWS name, then by its logical id. The texts are
recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_parameter, not_found, validation
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project

_REGION = r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
_ARN_START = rf"(arn:(aws[a-zA-Z-]*)?:lambda:)?{_REGION}(\d{{12}}:)?(function:)?"


@dataclass(frozen=True, slots=True)
class NameRule:
    """What an operation accepts as FunctionName: the pattern as AWS prints it, and the length it allows."""

    pattern: str
    longest: int


#: Invoke, GetFunction and most others.
NAMESPACED = NameRule(_ARN_START + r"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?", 256)
#: The concurrency operations.
PLAIN = NameRule(_ARN_START + r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?", 140)

_QUALIFIER = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
_LONGEST_QUALIFIER = 128

_UNQUALIFIED_ONLY = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
    "Please specify either a function name or an unqualified function ARN."
)

#: The same language with the parts named.
_PARTS = re.compile(
    r"(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?"
    r"(?:(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?"
    r"(?:(?P<account>\d{12}):)?(?:function:)?(?P<name>[a-zA-Z0-9\-_.]+)"
    r"(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9\-_]+))?"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A function that is there. `qualifier` is never empty; `arn` is the function's ARN as it was called: qualified
    only when the caller named a qualifier."""

    function: Function
    qualifier: str
    arn: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that was read. The function need not be there."""

    region: str
    account: str
    name: str
    qualifier: str
    """Empty when neither the name nor the parameter gave one."""

    def arn(self, qualifier: str = "") -> str:
        return function_arn(self.region, self.account, self.name, qualifier)


def declared(function: Function, qualifier: str) -> bool:
    """Whether the project itself says that there is such an alias."""
    return any(alias.name == qualifier for alias in function.aliases)


def resolve(
    project: Project,
    name: str,
    qualifier: str | None = None,
    *,
    default: str = LATEST,
    there: Callable[[Function, str], bool] = declared,
) -> Resolved | ApiError:
    """Invoke, GetFunction and the like. `name` and `qualifier` are percent-decoded; None: not given.

    `default` is what a "not found" text appends when no qualifier was given: Invoke resolves `$LATEST`, the Get
    operations say the bare ARN (pass an empty string). `there` says which versions and aliases a function has
    (`Catalogue.has`).
    """
    reference = _read(project, name, qualifier, NAMESPACED)
    if isinstance(reference, ApiError):
        return reference
    asked = reference.qualifier or LATEST
    function = _find(project, reference)
    if function is None or (asked != LATEST and not there(function, asked)):
        return not_found(f"Function not found: {reference.arn(reference.qualifier or default)}")
    arn = function_arn(reference.region, reference.account, function.name, reference.qualifier)
    return Resolved(function, asked, arn)


def resolve_unqualified(project: Project, name: str, default: str = LATEST) -> Function | ApiError:
    """For operations on the function as a whole (the concurrency operations): a qualifier in `name` is refused.
    `default` is what a "not found" text appends."""
    reference = _read(project, name, None, PLAIN)
    if isinstance(reference, ApiError):
        return reference
    if reference.qualifier:
        return invalid_parameter(_UNQUALIFIED_ONLY)
    return _find(project, reference) or not_found(f"Function not found: {reference.arn(default)}")


def read(project: Project, name: str, qualifier: str | None = None) -> tuple[Reference, Function | None] | ApiError:
    """What was asked for, and the function when it is there, for operations with "not found" texts of their own."""
    reference = _read(project, name, qualifier, NAMESPACED)
    return reference if isinstance(reference, ApiError) else (reference, _find(project, reference))


def find(project: Project, name: str) -> Function | None:
    """The function of that AWS name, else the one of that logical id."""
    by_name = next((function for function in project.functions if function.name == name), None)
    return by_name or project.function(name)


def _read(project: Project, name: str, qualifier: str | None, rule: NameRule) -> Reference | ApiError:
    errors = [] if qualifier is None else _qualifier_errors(qualifier)
    if find(project, name) is not None:
        # Functions of nested stacks are named `Child/Function` here, which AWS's pattern does not know.
        parsed = Reference(project.region, project.account, name, "")
    else:
        errors += _name_errors(name, rule)
        match = _PARTS.fullmatch(name)
        parsed = Reference(
            (match and match["region"]) or project.region,
            (match and match["account"]) or project.account,
            match["name"] if match else name,
            (match and match["qualifier"]) or "",
        )
    if errors:
        return validation(errors)
    if parsed.region != project.region:
        return not_found(f"Functions from '{parsed.region}' are not reachable in this region ('{project.region}')")
    if parsed.qualifier and qualifier is not None and qualifier != parsed.qualifier:
        return invalid_parameter("The derived qualifier from the function name does not match the specified qualifier.")
    return Reference(parsed.region, parsed.account, parsed.name, parsed.qualifier or qualifier or "")


def _find(project: Project, reference: Reference) -> Function | None:
    return find(project, reference.name) if reference.account == project.account else None


def _name_errors(name: str, rule: NameRule) -> list[str]:
    errors = []
    if len(name) > rule.longest:
        errors.append(constraint(name, "functionName", f"have length less than or equal to {rule.longest}"))
    if not re.fullmatch(rule.pattern, name, re.ASCII):
        errors.append(constraint(name, "functionName", f"satisfy regular expression pattern: {rule.pattern}"))
    return errors


def _qualifier_errors(qualifier: str) -> list[str]:
    errors = []
    if not qualifier:
        errors.append(constraint(qualifier, "qualifier", "have length greater than or equal to 1"))
    if len(qualifier) > _LONGEST_QUALIFIER:
        rule = f"have length less than or equal to {_LONGEST_QUALIFIER}"
        errors.append(constraint(qualifier, "qualifier", rule))
    if not re.fullmatch(_QUALIFIER, qualifier, re.ASCII):
        errors.append(constraint(qualifier, "qualifier", f"satisfy regular expression pattern: {_QUALIFIER}"))
    return errors
