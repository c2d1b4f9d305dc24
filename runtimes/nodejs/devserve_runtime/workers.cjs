/*
 * Managed instances: several invocations at once, as AWS's runtime has it. Worker threads share the work, one per
 * processor or as many as `AWS_LAMBDA_NODEJS_WORKER_COUNT` says; each initialises the function and polls as often as it
 * takes for all of them together to take `AWS_LAMBDA_MAX_CONCURRENCY` invocations.
 *
 * This is the main thread. A worker that ends takes only its own invocations with it, which are answered here; the
 * others go on. When the last one has ended, the process ends.
 */
'use strict';

const os = require('os');
const path = require('path');
const { Worker } = require('worker_threads');
const { RuntimeApi } = require('./api.cjs');

function run() {
  const { env } = process;
  const most = Number(env.AWS_LAMBDA_MAX_CONCURRENCY);
  const count = Math.min(most, Number(env.AWS_LAMBDA_NODEJS_WORKER_COUNT) || os.cpus().length || 1);
  const api = new RuntimeApi(env.AWS_LAMBDA_RUNTIME_API, () => process.reallyExit(0));
  const lock = new SharedArrayBuffer(4);
  let living = count;
  for (let number = 0; number < count; number++) {
    const polls = Math.floor(most / count) + (number < most % count ? 1 : 0);
    const running = new Set();
    const worker = new Worker(path.join(__dirname, 'worker.cjs'), { workerData: { polls, lock } });
    worker.on('message', ([begins, id]) => (begins ? running.add(id) : running.delete(id)));
    worker.on('error', () => {}); // an exit follows
    worker.on('exit', (code) => {
      living -= 1;
      for (const id of running) answer(api, id, code);
      if (living === 0) api.whenQuiet(() => process.exit(code));
    });
  }
}

function answer(api, id, code) {
  const how = code ? `with error: exit status ${code}` : 'without providing a reason';
  const told = { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: Runtime exited ${how}` };
  api.post(`/2018-06-01/runtime/invocation/${id}/error`, JSON.stringify(told), told.errorType, () => {});
}

module.exports = { run };
