/*
 * `console` as on Lambda: a line with time, request id and level, or a JSON object.
 *
 * Each call is one log event, however many lines it has: it goes as a frame to the descriptor that
 * `_LAMBDA_TELEMETRY_LOG_FD` names; without it to stdout, with `\r` between the lines. A frame is AWS's: four bytes of
 * type, four of length, eight of microseconds since the epoch, the text; all numbers big-endian. What the function
 * writes to `process.stdout` itself stays as it is.
 */
'use strict';

const { Buffer } = require('buffer');
const fs = require('fs');
const util = require('util');

const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const TEXT = 0xa55a0003;
const JSON_TEXT = 0xa55a0002;
const METHODS = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

/** What log events say of the invocation that runs. */
const current = { requestId: undefined, tenantId: undefined };
const asJson = (process.env.AWS_LAMBDA_LOG_FORMAT || '').toUpperCase() === 'JSON';

/** `lock`: of the worker threads that share the descriptor, so that no frame is torn apart by another. */
function patchConsole(lock) {
  const descriptor = process.env._LAMBDA_TELEMETRY_LOG_FD;
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  const put = descriptor ? framed(Number(descriptor), lock) : plain;
  const least = LEVELS[(process.env.AWS_LAMBDA_LOG_LEVEL || '').toUpperCase()] || LEVELS.TRACE;
  const render = asJson ? jsonEvent : textEvent;
  for (const [method, level] of Object.entries(METHODS)) {
    console[method] =
      LEVELS[level] < least
        ? () => {}
        : (...values) => {
            const now = new Date();
            put(level, now, render(level, now.toISOString(), values));
          };
  }
}

/** Log an error the way AWS's runtime does; `what` is only seen in text. */
function logError(what, error) {
  const known = error instanceof Error ? error : new Error(error);
  if (asJson) console.error(known);
  else console.error(what, formatted(known));
}

function textEvent(level, time, values) {
  return `${time}\t${current.requestId}\t${level}\t${util.format(...values)}`;
}

function jsonEvent(level, time, values) {
  const event = { timestamp: time, level, requestId: current.requestId };
  if (current.tenantId != null) event.tenantId = current.tenantId;
  if (values.length === 1) {
    event.message = values[0];
    try {
      return JSON.stringify(event, withErrors);
    } catch {
      event.message = util.format(values[0]); // circular, or a BigInt
      return JSON.stringify(event);
    }
  }
  event.message = util.format(...values);
  const error = values.find((value) => value instanceof Error);
  if (error !== undefined) Object.assign(event, told(error, []));
  return JSON.stringify(event);
}

function withErrors(_key, value) {
  return value instanceof Error ? Object.assign(told(value, value.stack), value) : value;
}

function told(error, without) {
  return {
    errorType: error.constructor ? error.constructor.name : 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? ownStack(error.stack) : without,
  };
}

/** An error as one line of JSON. For the sake of those who parse it, it begins with a tab, as AWS's does. */
function formatted(error) {
  try {
    return '\t' + JSON.stringify(error, (_key, value) => (value instanceof Error ? spelledOut(value) : value));
  } catch {
    const text = JSON.stringify(require('./failures.cjs').payload(error));
    return '\t' + text;
  }
}

function spelledOut(error) {
  const all = Object.assign({ errorType: error.name, errorMessage: error.message, code: error.code }, error);
  if (typeof error.stack === 'string') all.stack = ownStack(error.stack);
  return all;
}

const OURS = __dirname.slice(0, -'devserve_runtime'.length);

/** The lines of a stack without this runtime's own frames. */
function ownStack(stack) {
  return String(stack)
    .split('\n')
    .filter((line) => !line.includes(OURS) || !/^\s+at /.test(line));
}

function framed(descriptor, lock) {
  const none = asJson ? JSON_TEXT : TEXT;
  return (level, now, event) => {
    // AWS ends text with a newline and JSON without one.
    const text = asJson ? event : event + '\n';
    const length = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(16 + length);
    frame.writeUInt32BE(none + 4 * LEVELS[level], 0);
    frame.writeUInt32BE(length, 4);
    frame.writeBigInt64BE(BigInt(now.valueOf()) * 1000n, 8);
    frame.utf8Write(text, 16);
    if (lock === undefined) {
      writeAll(descriptor, frame);
      return;
    }
    while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1);
    writeAll(descriptor, frame);
    Atomics.store(lock, 0, 0);
    Atomics.notify(lock, 0, 1);
  };
}

function plain(_level, _now, event) {
  process.stdout.write(event.replace(/\n/g, '\r') + '\n');
}

/** All of it, now. The pipe may be full and, since Node has opened it as stdout, not willing to wait. */
function writeAll(descriptor, data) {
  let at = 0;
  while (at < data.length) {
    try {
      at += fs.writeSync(descriptor, data, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // closed by the function: what it logs now is lost, as on AWS
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

module.exports = { current, patchConsole, logError, ownStack };
