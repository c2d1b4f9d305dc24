"""Files → one frozen `Project`.

The way of a project, left to right; everything but the ends is pure:

    find → yaml_cfn → opening → functions, http_apis, rest_apis, function_urls → dynamic ──────────────────→ Project
    find → devserve_toml → toml_project ─────────────────────────────────────────────────────────────────────┘
    find → cdk (stacks of a synthesised app as plain templates) → the same way as a template ────────────────┤
    find → zero ─────────────────────────────────────────────────────────────────────────────────────────────┘

`opening` makes a stack of a template: includes, parameters, foreach, language_extensions, sam, then intrinsics on
demand; `nested` opens the stacks inside it when their outputs or functions are wanted. What a template refers to in
other people's stores is looked up last, by `lookup`.

`read` tells the story; it and the modules that touch files do the I/O. A SAM template becomes CloudFormation first, so
there is one reader from resources to the model. What cannot be used is a value (`Problem`), raised inside as a
`Refusal` and caught where the function, route or variable it belongs to is known; only when nothing can run at all a
`UserError` leaves this package.
"""

from localstack_lite.config.read import read

__all__ = ["read"]
