"""Where user code runs. A sandbox starts a process that speaks the Lambda Runtime API to devserve, and nothing else.

* `spec` says how a function of some runtime is run: command, environment variables, folder; `search_paths` where it
  finds commands and modules. `interpreter` finds the Python that the project itself uses, `node` the Node.js
  (`node_versions`), `bootstrap` the program of a custom runtime (`elf`), `debugpy_folder` the debugger. `remarks` are
  what the user should know about it, `not_started` is what stands in for a process that cannot be had.
* `log_stream` turns what a process writes into log events.
* `process` runs functions as processes of this machine; `census` knows which processes belong to an environment;
  `guardian` is the small script that outlives a killed devserve and clears up after it.
* `engine` is the connection to a Docker engine: `ping` and `endpoint` find it as the `docker` command would, `reach`
  says how containers call this machine. `images` gets what functions run in: found (`image_names`), fetched
  (`pull_progress`) or built (`image_build`, `build_output`).
* `docker` runs functions in containers of it. What a container is made from: `container` (the engine's words),
  `container_plan` (a function's folders and limits), `container_command` (command, variables), `debugging`. A container
  that lives is a `container_cell` (`attach_line`, `attach_stream`, `log_fifo`, `cgroup`; `bare_cell` without a shell);
  `warden` is the language its first process speaks, `tenancy` what follows, `container_runtime` one start in it.
  `prepared` decides which wait; `yard`, `leftovers`, `reaping` and its script `reaper` see that none is left.
* `scripted` is a sandbox without any process: it follows a script, for tests of everything else.

All of them implement `ports.Sandbox`.
"""
