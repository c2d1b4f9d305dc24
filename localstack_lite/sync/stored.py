"""What is thought to lie in the stage's bucket, compared with what does. I/O: reads.

Objects of our own bucket end after a while, and people empty buckets. A stack deploy that takes code from there would
fail at the first that is gone; so its keys are listed before it, which is one call for most stages.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.sync.look import Sight
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import DeployStack, Plan


def in_doubt(made: Plan, sight: Sight) -> bool:
    """Whether that plan leaves out uploads of what is taken for uploaded."""
    return bool(sight.manifest.uploaded) and any(isinstance(step, DeployStack) for step in made.steps)


def looked_up(site: Site, sight: Sight) -> Sight:
    """The same with only those keys that are there."""
    there = keys(site, sight.manifest.bucket)
    return replace(sight, manifest=replace(sight.manifest, uploaded=sight.manifest.uploaded & there))


def keys(site: Site, bucket: str) -> frozenset[str]:
    """All of the stage's; none without a bucket."""
    return frozenset(site.reader.objects(bucket, f"{site.prefix}/")) if bucket else frozenset()
