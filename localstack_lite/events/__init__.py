"""Events that do not come from a person at a browser.

* `samples` knows the sample events that devserve ships: one JSON file for each kind of caller.
* `edit` changes a value deep inside an event, for `devserve events generate --set`.

Schedules, from values to the shell: `timetable` says who runs next (expressions are `model.expression`'s),
`schedule_event` what the function gets, by `json_path` and `input_transformer`; `clockwork` waits, invokes and tells.

Asynchronous invocations, from values to the shell: `retry` says what becomes of one after a try, `turns` whose turn it
is, `destination_record` what is told of its end; `event_queue` keeps them in a file (`queue_files` says whose,
`kept_queue` opens it when it is needed, `queued` is what is in it), `sender` and `deliveries` send, `moves` tells;
`async_invocations` runs them.
"""
