/*
 * How a handler says that it is done, up to `nodejs22.x`: by a promise, by the callback, or by `context.done` and its
 * like. The first one counts.
 *
 * A callback's result is held back until the event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false.
 */
'use strict';

const { setImmediate } = require('timers');

/**
 * `[callback, context, close]`. `end.result(value)` and `end.error(error)` take what the handler says;
 * `whenEmpty(action)` runs the action once the event loop is empty, in place of what was to happen then. After `close`
 * a result is too late.
 */
function build(end, whenEmpty) {
  let waits = true;
  let completed = false;
  let finished = false;

  const complete = (value) => {
    if (completed) {
      console.error('Invocation has already been reported as done. Cannot call complete more than once per invocation.');
      return;
    }
    completed = true;
    end.result(value);
  };
  const done = (error, value) => {
    whenEmpty(null);
    if (error !== undefined && error !== null) end.error(error);
    else complete(value);
  };
  const callback = (error, value) => {
    if ((error !== undefined && error !== null) || !waits) {
      done(error, value);
      return;
    }
    whenEmpty(() => setImmediate(complete, value));
  };
  // Only when it has worked it counts as the first: a result that is no JSON may still become an error.
  const once = (action) => (...values) => {
    if (!finished) {
      action(...values);
      finished = true;
    }
  };
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waits = value;
    },
    succeed: once((value) => done(null, value)),
    fail: once((error) => done(error ?? 'handled')),
    done: once(done),
  };
  const close = () => {
    completed = true;
  };
  return [once(callback), context, close];
}

module.exports = { build };
