/*
 * One worker thread of managed instances: it initialises the function, then runs as many invocations beside each other
 * as it has lanes. A lane has a connection of its own and does what the loop does, one invocation after the other.
 */
'use strict';

const { AsyncLocalStorage } = require('async_hooks');
const { parentPort, workerData } = require('worker_threads');
const { RuntimeApi } = require('./api.cjs');
const { complete } = require('./context.cjs');
const failures = require('./failures.cjs');
const handlers = require('./handler.cjs');
const output = require('./output.cjs');

const INVOCATION = '/2018-06-01/runtime/invocation/';
const INIT_ERROR = '/2018-06-01/runtime/init/error';
const { AWS_LAMBDA_RUNTIME_API: ADDRESS, AWS_EXECUTION_ENV, _HANDLER: HANDLER } = process.env;
const MODERN = Number((/nodejs(\d+)/.exec(AWS_EXECUTION_ENV || '') || [])[1]) >= 24;
const FAILED = 1;

const scope = new AsyncLocalStorage();
Object.defineProperties(output.current, {
  requestId: { get: () => scope.getStore()?.requestId },
  tenantId: { get: () => scope.getStore()?.tenantId },
});

class Lane {
  constructor(api, loaded, files) {
    this._api = api;
    this._loaded = loaded;
    this._files = files;
    this._streaming = loaded.streaming ? require('./streaming.cjs') : null;
    this._id = null;
    this._stream = null;
    this._arrived = (status, headers, body) => this._invoke(status, headers, body);
  }

  next() {
    if (this._files?.changed) this._files.tell(this._api);
    this._api.next(this._arrived);
  }

  /** The worker ends because of that error: whoever waits for this lane gets it. */
  fail(error, done) {
    if (this._id === null) return done();
    if (this._stream?.unfinished) return this._stream.fail(error).then(done);
    const told = failures.payload(error);
    return this._api.post(`${INVOCATION}${this._id}/error`, JSON.stringify(told), told.errorType, done);
  }

  _invoke(status, headers, body) {
    if (status !== 200) process.exit(FAILED);
    const requestId = headers['lambda-runtime-aws-request-id'];
    this._id = requestId;
    parentPort.postMessage([true, requestId]);
    scope.run({ requestId, tenantId: headers['lambda-runtime-aws-tenant-id'] }, () => {
      const path = `${INVOCATION}${requestId}/response`;
      (this._streaming ? this._pour(path, headers, body) : this._call(path, headers, body)).catch((error) => {
        output.logError('Invoke Error', error);
        this.fail(error, () => this._over());
      });
    });
  }

  _over() {
    parentPort.postMessage([false, this._id]);
    this._id = this._stream = null;
    this.next();
  }

  async _call(path, headers, body) {
    const result = await this._result(JSON.parse(body), complete({}, headers, MODERN));
    let text;
    try {
      text = JSON.stringify(result === undefined ? null : result) ?? 'null';
    } catch {
      const kind = MODERN ? failures.Fault : Error;
      const words = ['Unable to stringify response body'];
      throw new kind(...(MODERN ? ['Runtime.JSONStringifyError', ...words] : words));
    }
    this._api.post(path, text, '', () => this._over());
  }

  /** Up to `nodejs22.x` a function that is not async answers by its callback, or not at all. */
  _result(event, context) {
    return new Promise((resolve, reject) => {
      const callback = (error, value) => (error === undefined || error === null ? resolve(value) : reject(error));
      const result = this._loaded.run(event, context, callback);
      if (MODERN || (result && typeof result.then === 'function')) resolve(result);
      else if (this._loaded.run.length < 3) resolve(null);
    });
  }

  async _pour(path, headers, body) {
    const { run, highWaterMark } = this._loaded;
    const stream = this._streaming.open(this._api, path, highWaterMark, failures.payload);
    this._stream = stream;
    const result = run(JSON.parse(body), stream.writable, complete({}, headers, MODERN));
    if (!result || typeof result.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
    if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
    await stream.done;
    this._over();
  }
}

async function main() {
  const { env } = process;
  const root = env.LAMBDA_TASK_ROOT || process.cwd();
  const roots = [root, '/opt', ...(env.DEVSERVE_WATCH_ROOTS || '').split(':')].filter(Boolean);
  const files = env.DEVSERVE_REPORT_FILES === '1' ? require('./loaded.cjs').watch(roots) : null;
  for (const name of ['DEVSERVE_REPORT_FILES', 'DEVSERVE_WATCH_ROOTS', '_X_AMZN_TRACE_ID']) delete env[name];
  output.patchConsole(new Int32Array(workerData.lock));
  parentPort.on('message', () => {}); // keeps the thread alive while a handler waits for nothing that could happen
  const connect = () => new RuntimeApi(ADDRESS, () => process.reallyExit(0));
  const first = connect();
  const lanes = [];
  const end = (what, error) => {
    output.logError(what, error);
    files?.tell(first);
    let left = lanes.length;
    const failed = () => --left <= 0 && process.exit(FAILED);
    if (left > 0) {
      for (const lane of lanes) lane.fail(error, failed);
      return;
    }
    const told = failures.payload(error);
    first.post(INIT_ERROR, JSON.stringify(told), told.errorType, failed);
  };
  process.on('uncaughtException', (error) => end('Uncaught Exception', error));
  process.on('unhandledRejection', (reason, promise) => {
    end('Unhandled Promise Rejection', failures.rejection(reason, promise));
  });
  let loaded;
  try {
    loaded = await handlers.load(root, HANDLER || '', MODERN, () => files?.importing());
  } catch (error) {
    end('Init Error', error);
    return;
  }
  for (let number = 0; number < workerData.polls; number++) {
    lanes.push(new Lane(number === 0 ? first : connect(), loaded, number === 0 ? files : null));
  }
  for (const lane of lanes) lane.next();
}

main();
