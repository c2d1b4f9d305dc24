"""Pushing a project to a real stage: what is different there is found, planned as data, done, and checked.

* `remote`, `manifest`, `release`: what the stage is, what this machine knows of it, what was pushed when (values).
* `changes`, `direct`, `plan`: what differs, which of it has a call of its own, and the frozen `steps` that make it
  right (pure). `--dry-run` is one more reader of that plan.
* `aws` reads and `writer` writes, both through `pace`, which keeps to AWS's limits; `refusals` says in one line what
  AWS answers at length.
* `push` is the story; `journal` remembers, so that what was interrupted is finished by the next run.
"""
