/*
 * Response streaming: a writable stream whose bytes go out in chunks as they come, and `awslambda.HttpResponseStream`.
 *
 * An error after the first byte is told in trailers, as base64 of Lambda's error object.
 */
'use strict';

const { Writable } = require('stream');
const { Fault } = require('./failures.cjs');

const MODE = 'Lambda-Runtime-Function-Response-Mode: streaming\r\n';
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const PRELUDE = 'application/vnd.awslambda.http-integration-response';

class ResponseStream extends Writable {
  constructor(api, path, highWaterMark) {
    super({ highWaterMark });
    this._api = api;
    this._path = path;
    this._contentType = 'application/octet-stream';
    this._called = false;
    this._opened = false;
    this._trailers = '';
    this._onBeforeFirstWrite = undefined;
    this.done = new Promise((resolve) => {
      this._answered = resolve;
    });
  }

  setContentType(contentType) {
    if (this._called) throw new Fault('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this._contentType = contentType;
  }

  write(chunk, encoding, callback) {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) chunk = JSON.stringify(chunk);
    if (!this._called) {
      this._called = true;
      if (typeof this._onBeforeFirstWrite === 'function') this._onBeforeFirstWrite((first) => super.write(first));
    }
    return super.write(chunk, encoding, callback);
  }

  _write(chunk, _encoding, done) {
    this._open();
    if (chunk.length === 0) return done();
    const head = Buffer.from(`${chunk.length.toString(16)}\r\n`);
    this._api.write(Buffer.concat([head, chunk, Buffer.from('\r\n')]), done);
  }

  _final(done) {
    this._open();
    this._api.finish(`0\r\n${this._trailers}\r\n`, () => {
      done();
      this._answered();
    });
  }

  _open() {
    if (this._opened) return;
    this._opened = true;
    const announced = `Trailer: ${ERROR_TYPE}, ${ERROR_BODY}\r\n`;
    const type = `Content-Type: ${this._contentType}\r\n`;
    this._api.open(this._path, `${MODE}${announced}${type}Transfer-Encoding: chunked\r\n`);
  }
}

/** `{writable, untouched, done, fail}`: `done` is settled when the whole response has been taken. */
function open(api, path, highWaterMark, payload) {
  const stream = new ResponseStream(api, path, highWaterMark);
  return {
    writable: stream,
    done: stream.done,
    get untouched() {
      return !stream._opened;
    },
    async fail(error) {
      if (!stream.writableEnded) {
        const told = payload(error);
        const body = Buffer.from(JSON.stringify(told)).toString('base64');
        stream._trailers = `${ERROR_TYPE}: ${told.errorType}\r\n${ERROR_BODY}: ${body}\r\n`;
        stream.end();
      }
      await stream.done;
    },
  };
}

/** What functions use to send a status and headers before the body. */
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(PRELUDE);
    const text = JSON.stringify(prelude);
    // The prelude ends with eight NULs.
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(8));
    };
    return stream;
  }
}

module.exports = { open, HttpResponseStream };
