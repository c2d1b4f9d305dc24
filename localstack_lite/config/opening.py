"""One template with its parameters → a stack that the readers can read: includes, loops, language extensions and SAM's
transform, in the order in which the cloud applies them. Pure: the disk, the translator and the stores of parameters
come in as callables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from localstack_lite.config.dynamic import LookUp, nobody
from localstack_lite.config.foreach import expand
from localstack_lite.config.includes import include
from localstack_lite.config.intrinsics import Resolver, Scope
from localstack_lite.config.language_extensions import TRANSFORM, extended, extensions_used
from localstack_lite.config.nested import PSEUDO_UNKNOWN, Given, Nested, Opened, Source, as_stacks
from localstack_lite.config.parameters import Parameters, Place, Unusable, as_text, read_parameters
from localstack_lite.config.physical import Physical
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.sam import Transformed, is_sam
from localstack_lite.config.stack import Stack, open_stack
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.errors import UserError
from localstack_lite.model.arn import ACCOUNT
from localstack_lite.model.project import Problem

Transform = Callable[[Mapping[str, Any], Mapping[str, str], Place], Transformed]

SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
#: Nested stacks of one project. Far more than anybody runs on one machine; a template may nest one twice, and so on.
MOST_STACKS = 200
_SECTIONS = ("Conditions", "Resources", "Outputs", "Globals")


@dataclass(frozen=True, slots=True)
class Opening:
    """What all stacks of a project have in common. `found` grows with the problems, `opened` and `family` with the
    stacks: the paths of those that were tried, and those that are open."""

    transform: Transform
    look_up: LookUp = nobody
    found: list[Problem] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    family: list[Stack] = field(default_factory=list)
    deploying: bool = False
    """Whether the templates are for CloudFormation: what only it can know then stays as it stands."""

    def open(self, source: Source, place: Place, given: Given, path: str, above: tuple[Source, ...]) -> Opened:
        """A UserError when it is no template or nothing in it can be translated."""
        self.opened.append(path)
        if len(self.opened) > MOST_STACKS:
            raise Refusal(f"the project has more than {MOST_STACKS} nested stacks", "nest fewer")
        document = self._included(source, place, given)
        self._check(source.name, document, given)
        parameters = self._parameters(source, document, given)
        macros = self._macros(source.name, document)
        early = self._early(document.values, parameters, place)
        document, problems = expand(source.name, document, early)
        self.found.extend(problems)
        values = as_stacks(extended(document.values, early, keep=self.deploying))
        template = self._cloudformation(source.name, replace(document, values=values), macros, parameters, place, path)
        nested = Nested((*above, source), place, self.open)
        scope = Scope(
            parameters,
            place,
            section(template, "Mappings"),
            section(template, "Conditions"),
            section(template, "Resources"),
            prefix=path.replace("/", "-"),
            output=nested.output,
        )
        nested.stack = open_stack(source.name, document, template, scope, self.found, path, self.family)
        whole = {**template, **{name: values[name] for name in ("Parameters", "Transform") if name in values}}
        return Opened(nested.stack, source, whole, nested)

    def _included(self, source: Source, place: Place, given: Given) -> Document:
        values = source.document.values
        parameters = read_parameters(values.get("Parameters"), given.values)
        early = self._early(values, parameters, place)
        document, problems = include(source.name, source.document, source.load, early, source.key)
        self.found.extend(problems)
        return document

    def _early(self, values: Mapping[str, Any], parameters: Parameters, place: Place) -> Callable[[object], object]:
        """Resolves what can be known before there are resources."""
        mappings = section(values, "Mappings")
        scope = Scope(parameters, place, mappings)
        if self.deploying:
            scope = Scope(_for_good(values, parameters, place), place, mappings, known=Physical({}, place))
        return lambda value: Resolver(scope).resolve(value)

    def _check(self, name: str, document: Document, given: Given) -> None:
        resources = document.values.get("Resources")
        if not isinstance(resources, Mapping) or not resources:
            hint = "name another with -t FILE" if given.owner is None else f"look at what {given.owner.id} names"
            raise UserError(name, "has no Resources: not a CloudFormation or SAM template", hint)
        self.found.extend(_repeated(name, document))

    def _parameters(self, source: Source, document: Document, given: Given) -> Parameters:
        used = references([document.values.get(part) for part in _SECTIONS])
        owner, declared = given.owner, document.values.get("Parameters")
        if owner is None:
            parameters = read_parameters(declared, given.values, self.look_up, used)
            self.found.extend(
                Problem("--parameter-overrides", f"there is no parameter {key}", hint, key, warning=True)
                for key, hint in parameters.undeclared.items()
            )
            return parameters
        set_it = f"set {{}} in the Parameters of {owner.id}"
        parameters = read_parameters(declared, given.values, self.look_up, used, set_it)
        known = section(document.values, "Parameters")
        unknown = {**dict.fromkeys(name for name in given.unusable if name not in known), **parameters.undeclared}
        for key in unknown:
            what = f"{source.name} declares no parameter {key}; CloudFormation would refuse the stack"
            owner.warn(Refusal(what, unknown[key] or "declare it there", ("Parameters", key)))
        lost = {name: why for name, why in given.unusable.items() if name in known}
        values = {name: value for name, value in parameters.values.items() if name not in lost}
        unusable = {**parameters.unusable, **lost}
        return replace(parameters, values=values, unusable=unusable, unsure=given.unsure.intersection(known))

    def _cloudformation(
        self, name: str, document: Document, macros: list[object], parameters: Parameters, place: Place, path: str
    ) -> Mapping[str, Any]:
        values = document.values
        if not is_sam(values):
            return values
        if SAM_TRANSFORM not in macros:
            what = f"has AWS::Serverless resources but no Transform: {SAM_TRANSFORM}"
            self.found.append(Problem(name, what, "CloudFormation would refuse it", warning=True))
        hidden = parameters.stored
        if self.deploying:  # what the translator is told may stand in what it makes
            hidden |= parameters.unsure | parameters.unusable.keys()
        texts = {
            key: ",".join(value) if isinstance(value, list) else value
            for key, value in parameters.values.items()
            if key not in hidden
        }
        made = self.transform(_without_defaults(values, hidden), texts, place)
        if made.failure:
            what = f"SAM does not take the template: {made.failure}"
            raise UserError(name, what, "look the section up in the SAM reference")
        for refused in made.refused:
            events = ("Events", refused.event) if refused.event else ()
            line = document.line("Resources", refused.logical_id, "Properties", *events)
            subject = path + refused.logical_id
            left_out = f"event {refused.event} of {subject}" if refused.event else subject
            where = f"{name}:{line}" if line else name
            what = f"{left_out}: {refused.what}"
            self.found.append(Problem(where, what, "left out; see the SAM reference", subject))
        return made.template

    def _macros(self, name: str, document: Document) -> list[object]:
        declared = document.values.get("Transform")
        macros = declared if isinstance(declared, list) else [declared] if declared else []
        where = f"{name}:{document.line('Transform') or 1}"
        for macro in macros:
            if macro not in (SAM_TRANSFORM, TRANSFORM):
                called = macro.get("Name") if isinstance(macro, Mapping) else macro
                what = f"the macro {called} runs only in CloudFormation"
                self.found.append(Problem(where, what, "what it would make is missing here", warning=True))
        if TRANSFORM not in macros:
            if used := extensions_used(document.values):
                what = f"uses {', '.join(used)} but has no Transform: {TRANSFORM}"
                self.found.append(Problem(name, what, "CloudFormation would refuse it", warning=True))
        elif SAM_TRANSFORM in macros and macros.index(SAM_TRANSFORM) < macros.index(TRANSFORM):
            what = f"{TRANSFORM} stands after {SAM_TRANSFORM}"
            self.found.append(Problem(where, what, "CloudFormation wants it before", warning=True))
        return macros


def section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = template.get(name)
    return found if isinstance(found, Mapping) else {}


def _for_good(values: Mapping[str, Any], parameters: Parameters, place: Place) -> Parameters:
    """The parameters whose value may stand in a template that is deployed: nothing secret, stored or made up. All that
    is known of the place is where it is."""
    declared = section(values, "Parameters")
    secret = {
        name for name, one in declared.items() if isinstance(one, Mapping) and as_text(one.get("NoEcho")) == "true"
    }
    hidden = {*secret, *parameters.stored, *parameters.unsure, *PSEUDO_UNKNOWN}
    if place.account != ACCOUNT:
        hidden.discard("AWS::AccountId")
    why = Unusable("its value is known only in the cloud", "")
    return Parameters(
        {name: value for name, value in parameters.values.items() if name not in hidden},
        {**parameters.unusable, **dict.fromkeys(hidden, why)},
    )


def _without_defaults(values: Mapping[str, Any], hidden: frozenset[str]) -> Mapping[str, Any]:
    """The template without the defaults of hidden parameters: those of stored ones are names, which the translator
    takes for values. What is stored itself stays out of the translator and its cache."""
    if not hidden:
        return values
    parameters = {
        name: {key: value for key, value in declared.items() if key != "Default"} if name in hidden else declared
        for name, declared in section(values, "Parameters").items()
    }
    return {**values, "Parameters": parameters}


def _repeated(name: str, document: Document) -> list[Problem]:
    return [
        Problem(f"{name}:{document.line(*path)}", f"{'.'.join(path)} stands twice", "the last one counts", warning=True)
        for path in document.repeated
    ]
