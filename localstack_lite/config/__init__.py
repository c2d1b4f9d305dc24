"""Files → one frozen `Project`.

The way of a project, left to right; everything but the ends is pure:

    find → yaml_cfn → sam → stack (parameters, intrinsics) → functions, http_apis, rest_apis, function_urls → Project
    find → devserve_toml → toml_project ─────────────────────────────────────────────────────────────────────┘
    find → zero ─────────────────────────────────────────────────────────────────────────────────────────────┘

`read` tells the story; it, `code` and `cache` do the I/O. A SAM template becomes CloudFormation first, so there is one
reader from resources to the model. What cannot be used is a value (`Problem`), raised inside as a
`Refusal` and caught where the function, route or variable it belongs to is known; only when nothing can run at all a
`UserError` leaves this package.
"""

from localstack_lite.config.read import read

__all__ = ["read"]
