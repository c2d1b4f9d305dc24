/*
 * The HTTP client of the Runtime API: one kept-alive connection on a bare socket, replies in the order of requests.
 *
 * `http` would cost more to load than all the rest, and several times as much per invocation. Replies with a length
 * and in chunks are understood (AWS's emulator sends long events in chunks). The connection keeps the process alive
 * only while a reply is waited for: while the handler runs, an empty event loop has a meaning of its own.
 */
'use strict';

const { Buffer } = require('buffer');
const net = require('net');

/** Bodies from this length on are sent alone: a refusal is likelier there, and nothing must be asked for after it. */
const LONG = 131072;
const CRLF = Buffer.from('\r\n');
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NEXT = '/2018-06-01/runtime/invocation/next';

/** Calls back with `(status, headers, body)` per request: header names in lower case, the body as text. */
class RuntimeApi {
  /** `address` is `HOST:PORT`; `gone` is called once when the other side has closed the connection. */
  constructor(address, gone) {
    const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address);
    this._common = ` HTTP/1.1\r\nHost: ${address}\r\n`;
    this._next = `GET ${NEXT}${this._common}\r\n`;
    this._waiting = [];
    this._quiet = null;
    this._rest = null; // what has come of a reply whose head or chunks are not complete
    this._reply = null; // a reply whose body with a length is coming
    this._usualHead = '';
    this._usualHeaders = null;
    this._socket = net.connect({
      host,
      port: Number(port),
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafe(65536), callback: (size, buffer) => this._read(size, buffer) },
    });
    this._socket.on('error', gone);
    this._socket.on('end', gone);
    this._socket.on('close', gone);
  }

  /** Ask for the next invocation. */
  next(done) {
    this._send(this._next, done);
  }

  /** Post `body` (text). With an `errorType` it is an error. */
  post(path, body, errorType, done) {
    this._send(this._posting(path, body, errorType), done);
  }

  /** Post a result and ask for the next invocation in the same write: one system call and one wake-up less each. */
  postAndNext(path, body, posted, next) {
    if (body.length >= LONG) {
      this.post(path, body, '', (...reply) => {
        posted(...reply);
        this.next(next);
      });
      return;
    }
    this._waiting.push(posted);
    this._send(this._posting(path, body, '') + this._next, next);
  }

  /** Begin a request whose body follows in `write`. The process is not kept alive for its reply before it is whole. */
  open(path, headers, done) {
    this._waiting.push(done);
    this._socket.write(`POST ${path}${this._common}${headers}\r\n`);
  }

  /** Send bytes of the opened request. */
  write(data, sent) {
    return this._socket.write(data, sent);
  }

  /** End the opened request with its last bytes. */
  finish(data) {
    if (this._waiting.length > 0) this._socket.ref(); // else it was refused before it was whole
    this._socket.write(data);
  }

  /** Call back when every request has its reply. */
  whenQuiet(done) {
    if (this._waiting.length === 0) done();
    else this._quiet = done;
  }

  _posting(path, body, errorType) {
    const kind = errorType ? `Lambda-Runtime-Function-Error-Type: ${printable(errorType)}\r\n` : '';
    const length = Buffer.byteLength(body);
    return `POST ${path}${this._common}Content-Type: application/json\r\n${kind}Content-Length: ${length}\r\n\r\n${body}`;
  }

  _send(text, done) {
    this._waiting.push(done);
    this._socket.ref();
    this._socket.write(text);
  }

  _read(size, buffer) {
    let data = size === buffer.length ? buffer : buffer.subarray(0, size);
    if (this._reply !== null) {
      data = this._fill(data);
    } else if (this._rest !== null) {
      data = Buffer.concat([this._rest, data]);
      this._rest = null;
    }
    while (data.length > 0) {
      const used = this._take(data);
      if (used === 0) {
        this._rest = Buffer.from(data);
        break;
      }
      data = data.subarray(used);
    }
    return true;
  }

  /** How many bytes at the start of `data` were one reply, or the start of one with a length; zero: more is needed. */
  _take(data) {
    const end = data.indexOf(END_OF_HEAD);
    if (end < 0) return 0;
    const start = end + 4;
    const head = data.utf8Slice(0, end);
    if (head === this._usualHead) {
      // The answer to what is posted is the same every time.
      const headers = this._usualHeaders;
      return this._body(202, headers, Number(headers['content-length'] || 0), data, start);
    }
    const lines = head.split('\r\n');
    const headers = {};
    for (let i = 1; i < lines.length; i++) {
      const colon = lines[i].indexOf(':');
      headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
    }
    const status = Number(lines[0].split(' ', 2)[1]);
    if (status === 100) return start;
    const length = headers['content-length'];
    if (length === undefined && /chunked/i.test(headers['transfer-encoding'] || '')) {
      return this._chunks(status, headers, data, start);
    }
    if (status === 202 && length !== undefined) {
      this._usualHead = head;
      this._usualHeaders = headers;
    }
    return this._body(status, headers, Number(length || 0), data, start);
  }

  _body(status, headers, length, data, start) {
    const end = start + length;
    if (data.length >= end) {
      this._answer(status, headers, data.utf8Slice(start, end));
      return end;
    }
    const body = Buffer.allocUnsafe(length);
    const filled = data.copy(body, 0, start);
    this._reply = { status, headers, body, filled };
    return data.length;
  }

  _fill(data) {
    const reply = this._reply;
    const used = data.copy(reply.body, reply.filled);
    reply.filled += used;
    if (reply.filled === reply.body.length) {
      this._reply = null;
      this._answer(reply.status, reply.headers, reply.body.toString());
    }
    return data.subarray(used);
  }

  _chunks(status, headers, data, start) {
    const parts = [];
    let at = start;
    for (;;) {
      const line = data.indexOf(CRLF, at);
      if (line < 0) return 0;
      const size = parseInt(data.latin1Slice(at, line), 16);
      at = line + 2;
      if (size === 0) break;
      if (data.length < at + size + 2) return 0;
      parts.push(data.subarray(at, at + size));
      at += size + 2;
    }
    for (;;) {
      const line = data.indexOf(CRLF, at); // trailers, then an empty line
      if (line < 0) return 0;
      const empty = line === at;
      at = line + 2;
      if (empty) break;
    }
    this._answer(status, headers, Buffer.concat(parts).toString());
    return at;
  }

  _answer(status, headers, body) {
    const done = this._waiting.shift();
    if (this._waiting.length === 0) this._socket.unref();
    done(status, headers, body);
    if (this._quiet !== null && this._waiting.length === 0) this._quiet();
  }
}

function printable(text) {
  return String(text).replace(/[^ -~]/g, '?');
}

module.exports = { RuntimeApi, printable };
