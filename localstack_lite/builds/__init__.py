"""The step between reading a project and running it: what is made of the user's files before they run.

Reading never starts a program and never asks the network; a sandbox runs what is there. What lies between is here:
TypeScript is bundled by the project's own esbuild, whatever compiles by its makefile; layers are built, fetched and
merged into one `/opt`; and containers, which have no virtual environment, get the packages that the code names.

* `esbuild`, `makefile` and `packages` say which commands that takes and read what the tools complain about (pure).
* `dependencies` says what packages containers lack. `tree` moves results into place: a runtime that starts at that
  moment never meets half of a file. `tool` runs programs, `published` asks AWS for layers.
* Python packages are made for Lambda's machine, whatever machine this is: `requirements` says which list counts,
  `locks` and the modules named after one read it, `python_install` has pip or uv install it as wheels (`source_build`
  makes those that are lacking), `tidy` takes out of the result what is this machine's. `target_packages` is for a
  push.
* What is pushed: `contents` says which folders a package is made of, `npm_packages` and `outputs` make those that are
  not the user's own, `listing` says what is in them and `excludes` what is left out; `packing` makes them zips
  (`zips`), of which only what changed is read, and `stock` knows those made before. `sizes` compares with what Lambda
  takes, `binaries` finds programs for other machines.
* `builder` is the story of what runs here, and what `app` holds as its `ports.Builder`; `packager` the story of a push,
  its `ports.Packager`. `making` is what both do with esbuild, make and compilers.

aws-lambda-builders makes compiled languages (`foreign`), in a process of its own. For Python, Node and makefiles it is
not used: it copies the whole source for every build and installs packages again each time, where an edit has to be
answered within a fraction of a second; and the commands are a few lines.

The package is not called `build`, because every tool around takes a folder of that name for output.
"""
