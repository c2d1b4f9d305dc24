"""Images shaped like AWS's for Lambda, made on this machine from Debian's packages: no registry is asked.

`python -m tests.images` makes those that are missing and names them. A recipe's digest is part of a tag of its own, so
that an unchanged image is found and a changed recipe is made again.

* `suite` says which Debian, which Python and which Node they hold.
* `rootfs` makes the system that all are based on, with debootstrap.
* `recipes` says what goes into each image; the folders beside it hold their Dockerfiles and scripts.
* `build` makes them, one process of this machine at a time.
"""
