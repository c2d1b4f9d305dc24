/*
 * What a function sends to WebSocket clients of its own project reaches devserve and not AWS.
 *
 * Handlers make the address from their event, `https://{domainName}/{stage}`, and that is AWS's own form here, too: an
 * address where nobody would know the connection. So requests by https to one of the project's WebSocket APIs go to
 * devserve, whichever client makes them; every other address is left alone.
 */
'use strict';

const http = require('http');
const https = require('https');
const { syncBuiltinESMExports } = require('module');
const { urlToHttpOptions } = require('url');

/** `setting`: the address of devserve, and behind it the hosts of the project's WebSocket APIs, separated by spaces. */
function redirect(setting) {
  const [address, ...names] = setting.split(' ');
  const here = new URL(address);
  const hosts = new Set(names);
  const { request } = https;

  https.request = function (...given) {
    const options = read(given);
    if (!hosts.has(options.hostname || options.host)) return request.apply(this, given);
    const headers = Object.entries(options.headers || {}).filter(([name]) => name.toLowerCase() !== 'host');
    const port = here.port || 80;
    const changed = { ...options, protocol: 'http:', host: here.hostname, hostname: here.hostname, port, agent: undefined };
    return http.request({ ...changed, headers: Object.fromEntries(headers) }, given.find(isFunction));
  };
  https.get = function (...given) {
    const sent = https.request(...given);
    sent.end();
    return sent;
  };
  syncBuiltinESMExports();
}

/** The options of a call in any of its forms: an address, options, or both. */
function read(given) {
  const [first, second] = given;
  if (typeof first !== 'string' && !(first instanceof URL)) return first || {};
  let options = {};
  try {
    options = urlToHttpOptions(new URL(first));
  } catch {
    return {}; // https says what is wrong with it
  }
  return typeof second === 'object' ? { ...options, ...second } : options;
}

function isFunction(value) {
  return typeof value === 'function';
}

module.exports = { redirect };
