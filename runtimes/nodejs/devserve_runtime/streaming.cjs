/*
 * Response streaming: a writable stream whose bytes go out in chunks as they come, and `awslambda.HttpResponseStream`.
 *
 * Each write leaves at once; `write` returns false while the Runtime API does not take more, and `drain` says when it
 * does. An error after the first byte is told in trailers, as base64 of Lambda's error object; so is that of a stream
 * which the function destroyed, as `pipeline` does when its source fails.
 */
'use strict';

const { Writable } = require('stream');
const { printable } = require('./api.cjs');
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
    this._ended = false; // whether the request's last bytes are sent
    this._over = undefined; // what Node waits for after the last bytes
    this._trailers = '';
    this._onBeforeFirstWrite = undefined;
    this.done = new Promise((resolve, reject) => {
      this._answered = resolve;
      this._broken = reject;
    });
    this.done.catch(() => {}); // nobody may look at it before the handler has ended
  }

  setContentType(contentType) {
    if (this._called) throw new Fault('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    if (/[^\t -~\x80-\xff]/.test(contentType)) throw new TypeError('Invalid character in header content ["Content-Type"]');
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
    this._over = done;
    this._end();
  }

  _destroy(error, done) {
    done(error);
    this._broken(error ?? new Error('Response stream is not finished.'));
  }

  /** The last bytes of the request; the reply settles `done`. */
  _end() {
    if (this._ended) return;
    this._ended = true;
    this._api.finish(`0\r\n${this._trailers}\r\n`);
  }

  _open() {
    if (this._opened) return;
    this._opened = true;
    this.replied = new Promise((resolve) => {
      this._replied = resolve;
    });
    const announced = `Trailer: ${ERROR_TYPE}, ${ERROR_BODY}\r\n`;
    const type = `Content-Type: ${this._contentType}\r\n`;
    this._api.open(this._path, `${MODE}${announced}${type}Transfer-Encoding: chunked\r\n`, () => {
      this._replied();
      this._over?.();
      this._answered();
    });
  }
}

/** `{writable, untouched, done, fail}`: `done` is settled when the whole response has been taken or the function has
 *  destroyed the stream; `fail` ends what was begun with that error. */
function open(api, path, highWaterMark, payload) {
  const stream = new ResponseStream(api, path, highWaterMark);
  return {
    writable: stream,
    done: stream.done,
    get untouched() {
      return !stream._opened;
    },
    get unfinished() {
      return stream._opened && !stream._ended;
    },
    fail(error) {
      if (!stream.writableEnded || stream.destroyed) {
        const told = payload(error);
        const body = Buffer.from(JSON.stringify(told)).toString('base64');
        stream._trailers = `${ERROR_TYPE}: ${printable(told.errorType)}\r\n${ERROR_BODY}: ${body}\r\n`;
        // What is still in the stream's own buffer goes first, unless the function threw it away.
        if (stream.destroyed) stream._end();
        else stream.end();
      }
      return stream.replied;
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
