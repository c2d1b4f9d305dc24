/*
 * From the handler's name to the last invocation: initialisation, then one invocation after the other.
 *
 * A result is posted at the end of the event loop's turn, together with asking for the next invocation. What happens
 * in between on AWS happens here, too: up to `nodejs22.x` a result is out before a rejection that nobody handled ends
 * the process, from `nodejs24.x` on such a rejection comes first.
 */
'use strict';

// Not the globals: functions and their test tools replace those.
const { setImmediate } = require('timers');
const { RuntimeApi } = require('./api.cjs');
const { complete } = require('./context.cjs');
const handlers = require('./handler.cjs');
const output = require('./output.cjs');

const INVOCATION = '/2018-06-01/runtime/invocation/';
const INIT_ERROR = '/2018-06-01/runtime/init/error';
/** Exit statuses of AWS's runtime. */
const REJECTED = 128;
const UNCAUGHT = 129;

/** The whole life of the process. */
function run() {
  const { env } = process;
  if (Number(env.AWS_LAMBDA_MAX_CONCURRENCY) > 0) {
    require('./workers.cjs').run();
    return;
  }
  const reports = env.DEVSERVE_REPORT_FILES === '1';
  const roots = [env.LAMBDA_TASK_ROOT || process.cwd(), '/opt', ...(env.DEVSERVE_WATCH_ROOTS || '').split(':')];
  for (const name of ['DEVSERVE_REPORT_FILES', 'DEVSERVE_WATCH_ROOTS', '_X_AMZN_TRACE_ID']) delete env[name];
  if (env.DEVSERVE_CONNECTIONS) require('./connections.cjs').redirect(env.DEVSERVE_CONNECTIONS);
  delete env.DEVSERVE_CONNECTIONS;
  output.patchConsole();
  new Runtime(reports ? require('./loaded.cjs').watch(roots.filter(Boolean)) : null).start(roots[0]);
}

class Runtime {
  /** `files` tells which files the function has read, or is null. */
  constructor(files) {
    this._files = files;
    this._modern = Number((/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV || '') || [])[1]) >= 24;
    // Nobody waits for this process any more: whatever the function still has running goes with it.
    this._api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API, () => process.reallyExit(0));
    this._errorPath = INIT_ERROR;
    this._held = null; // the path and the body of a result that is not out yet
    this._whenEmpty = null;
    this._traceId = undefined;
    this._ending = false;
    this._streaming = null;
    this._answering = null; // the streamed response of this invocation
    this._flush = () => this._post();
    this._accepted = () => {};
    this._arrived = (status, headers, body) => this._invoke(status, headers, body);
  }

  async start(root) {
    this._listen();
    try {
      const importing = () => this._files?.importing();
      const loaded = await handlers.load(root, process.env._HANDLER || '', this._modern, importing);
      // Called as a method of this class, so that stacks read as they do on AWS: `at Runtime.handler`.
      this.handler = loaded.run;
      this._isAsync = loaded.isAsync;
      this._highWaterMark = loaded.highWaterMark;
      if (loaded.streaming) this._streaming = require('./streaming.cjs');
    } catch (error) {
      const advice = process.env.DEVSERVE ? failures().advice(error) : '';
      if (advice) process.stderr.write(`devserve: ${advice}\n`);
      this._fail(this._modern ? 'Init Error' : 'Uncaught Exception', error, this._modern ? 1 : UNCAUGHT);
      return;
    }
    // A promise that was rejected while loading is told before anything is asked for: it is an error of initialisation.
    setImmediate(() => {
      if (!this._ending) this._next();
    });
  }

  _listen() {
    if (this._modern) {
      // Node's own way of dying, with this name for the error.
      process.on('unhandledRejection', (reason, promise) => {
        throw failures().rejection(reason, promise);
      });
      return;
    }
    process.on('uncaughtException', (error) => this._fail('Uncaught Exception', error, UNCAUGHT));
    process.on('unhandledRejection', (reason, promise) => {
      this._fail('Unhandled Promise Rejection', failures().rejection(reason, promise), REJECTED);
    });
    process.on('beforeExit', () => {
      const action = this._whenEmpty;
      if (action !== null) action();
    });
    process.on('exit', () => this._postHeld());
  }

  /** Log the error, post it for whatever is going on, and end with that status. */
  _fail(what, error, status) {
    this._ending = true;
    this._postHeld();
    output.logError(what, error);
    if (this._answering?.unfinished) {
      this._answering.fail(error).then(() => process.exit(status));
      return;
    }
    this._files?.tell(this._api);
    const told = failures().payload(error);
    this._api.post(this._errorPath, JSON.stringify(told), told.errorType, () => process.exit(status));
  }

  _invoke(status, headers, body) {
    if (status !== 200) {
      process.exit(1);
    }
    const id = headers['lambda-runtime-aws-request-id'];
    output.current.requestId = id;
    output.current.tenantId = headers['lambda-runtime-aws-tenant-id'];
    this._errorPath = `${INVOCATION}${id}/error`;
    const traceId = headers['lambda-runtime-trace-id'];
    if (traceId !== this._traceId) {
      this._traceId = traceId;
      if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
      else process.env._X_AMZN_TRACE_ID = traceId;
    }
    const path = `${INVOCATION}${id}/response`;
    if (this._streaming !== null) this._stream(path, headers, body);
    else if (this._modern) this._await(path, headers, body);
    else this._call(path, headers, body);
  }

  /** As from `nodejs24.x` on: a result or a promise of it, and that is all. */
  async _await(path, headers, body) {
    let result;
    try {
      result = await this.handler(JSON.parse(body), complete({}, headers, true));
    } catch (error) {
      setImmediate(() => this._error(error));
      return;
    }
    try {
      this._result(path, result);
    } catch {
      const { Fault } = failures();
      this._error(new Fault('Runtime.JSONStringifyError', 'Unable to stringify response body'));
    }
  }

  /** Up to `nodejs22.x`: promises, callbacks, `context.done`, and what an empty event loop means. */
  _call(path, headers, body) {
    const end = { result: (value) => this._resultOrThrow(path, value), error: (error) => this._error(error) };
    const whenEmpty = (action) => {
      this._whenEmpty = action;
    };
    const [callback, context, close] = require('./callbacks.cjs').build(end, whenEmpty);
    this._whenEmpty = () => {
      this._whenEmpty = null;
      close();
      if (this._isAsync) this._error(failures().neverSettled());
      else this._result(path, null);
    };
    try {
      const result = this.handler(JSON.parse(body), complete(context, headers, false), callback);
      if (result && typeof result.then === 'function') {
        result.then(context.succeed, context.fail).catch(context.fail);
      }
    } catch (error) {
      callback(error);
    }
  }

  _stream(path, headers, body) {
    const stream = this._streaming.open(this._api, path, this._highWaterMark, failures().payload);
    this._answering = stream;
    let over = false;
    const next = () => {
      if (!over) this._next();
      over = true;
    };
    const fail = (error) => {
      this._whenEmpty = null;
      if (over) return;
      if (stream.untouched) {
        over = true;
        this._error(error);
      } else {
        output.logError('Invoke Error', error);
        stream.fail(error).then(next);
      }
    };
    this._whenEmpty = () => fail(new Error('Response stream is not finished.'));
    const run = async () => {
      const result = this.handler(JSON.parse(body), stream.writable, complete(this._streamContext(), headers, this._modern));
      if (!result || typeof result.then !== 'function') {
        throw new Error('Streaming does not support non-async handlers.');
      }
      if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
      await stream.done;
    };
    run().then(next, fail);
  }

  _streamContext() {
    return this._modern ? {} : { callbackWaitsForEmptyEventLoop: true };
  }

  _resultOrThrow(path, value) {
    try {
      this._result(path, value);
    } catch {
      throw new Error('Unable to stringify response body');
    }
  }

  _result(path, value) {
    // A function or a symbol has no JSON at all.
    const body = JSON.stringify(value === undefined ? null : value) ?? 'null';
    this._whenEmpty = null;
    this._held = [path, body];
    setImmediate(this._flush);
  }

  _error(error) {
    this._whenEmpty = null;
    output.logError('Invoke Error', error);
    const told = failures().payload(error);
    this._api.post(this._errorPath, JSON.stringify(told), told.errorType, this._accepted);
    setImmediate(() => this._next());
  }

  /** The held result goes out together with the question for the next invocation, unless there is more to say. */
  _post() {
    if (this._held === null) return;
    if (this._files !== null && this._files.changed) {
      this._postHeld();
      this._next();
      return;
    }
    const [path, body] = this._held;
    this._held = null;
    this._api.postAndNext(path, body, this._accepted, this._arrived);
  }

  _postHeld() {
    if (this._held === null) return;
    const [path, body] = this._held;
    this._held = null;
    this._api.post(path, body, '', this._accepted);
  }

  _next() {
    this._tellFiles();
    this._api.next(this._arrived);
  }

  _tellFiles() {
    if (this._files !== null && this._files.changed) this._files.tell(this._api);
  }
}

function failures() {
  return require('./failures.cjs');
}

module.exports = { run };
