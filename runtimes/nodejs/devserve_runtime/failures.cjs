/* Errors as the caller gets them: the function's own, and what the runtime finds wrong itself (`Runtime.…`). */
'use strict';

const util = require('util');
const { ownStack } = require('./output.cjs');

/** What this runtime finds wrong. `kind` is AWS's error type. */
class Fault extends Error {
  constructor(kind, text, more) {
    super(text);
    Object.assign(this, more);
    const frames = /\n {4}at [^]*/.exec(this.stack);
    Object.defineProperty(this, 'name', { value: kind, enumerable: false });
    Object.defineProperty(this, 'stack', { value: `${kind}: ${this.message}${frames ? frames[0] : ''}`, writable: true });
  }
}

/** Lambda's error object. `trace` begins with the error itself, then come frames. */
function payload(error) {
  try {
    if (util.types.isNativeError(error) || looksLikeAnError(error)) {
      return {
        errorType: escaped(error.name),
        errorMessage: escaped(error.message),
        trace: ownStack(escaped(error.stack)),
      };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

function looksLikeAnError(value) {
  return value && [value.name, value.message, value.stack].every((part) => part && typeof part === 'string');
}

function escaped(text) {
  return text === undefined || text === null ? text : text.replaceAll('\x7f', '%7F');
}

function rejection(reason, promise) {
  return new Fault('Runtime.UnhandledPromiseRejection', String(reason), { reason, promise });
}

function neverSettled() {
  return new Fault(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );
}

/** What helps with a module that AWS's runtime has and this machine has not; empty when it is none of those. */
function advice(error) {
  const missing = /Cannot find (?:module|package) '(aws-sdk|@aws-sdk\/[^'/]+|@smithy\/[^'/]+)/.exec(error?.message);
  if (missing === null) return '';
  return `${missing[1]} comes with AWS's runtime; here it has to be installed: npm install --save-dev ${missing[1]}`;
}

module.exports = { Fault, payload, rejection, neverSettled, advice };
