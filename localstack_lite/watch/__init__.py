"""From a saved file to a plan of what has to be reloaded.

* `targets` says what of a project is watched, `ignore` which paths never count.
* A source (`inotify` on Linux, `native` elsewhere, `poll` where the system tells nothing) reports raw events.
* `debounce` makes one batch of a burst, `content` tells a changed file from one that was only saved again.
* `impact` decides which functions the batch concerns.
* `watcher` joins them and is what `app` holds as its `FileWatch`.

Linux does without watchdog: its observer runs one thread per folder that is not watched recursively, and a recursive
watch would walk node_modules and virtual environments. Here one descriptor sits on the event loop and ignored folders
cost nothing.
"""
