/*
 * Under devserve: which files the function has read, so that saving one of them reloads just this function.
 *
 * Node 22.15 and newer tell of every module they load. Older ones do so for CommonJS; once ES modules are in play there
 * it cannot be known what was loaded: then nothing is told, and any change under the code's folder counts. What the
 * function reads through `fs` is told as well. Only files under the given folders, and none of installed packages.
 */
'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');

const INSTALLED = `${path.sep}node_modules${path.sep}`;
/** Source that may load ES modules without a word to us. */
const IMPORTS = /\bimport\s*\(/;
const PATIENCE = 10000;
const SEES_ALL = typeof Module.registerHooks === 'function';

class LoadedFiles {
  constructor(roots) {
    const spelled = roots.flatMap((root) => [root, real(root)]);
    this._roots = spelled.map((root) => (root.endsWith(path.sep) ? root : root + path.sep));
    this._known = new Set();
    this._told = false;
    this._unknown = false;
    this._fresh = [];
    /** Whether there is something to tell. */
    this.changed = false;
  }

  saw(file) {
    if (typeof file !== 'string' || this._known.has(file)) return;
    const whole = path.resolve(file);
    this._known.add(file);
    if (whole.includes(INSTALLED) || !this._roots.some((root) => whole.startsWith(root))) return;
    this._fresh.push(whole);
    this.changed = !this._unknown;
  }

  /** ES modules come into play. */
  importing() {
    if (!SEES_ALL) this.loseTrack();
  }

  /** From now on there may be files that we do not see. */
  loseTrack() {
    if (this._unknown) return;
    this._unknown = true;
    this.changed = false;
    if (!this._told) return;
    // What has been told cannot be taken back: whatever is there may have been read.
    this._fresh = everyFile(this._roots[0]);
    this.changed = true;
  }

  tell(api) {
    if (!this.changed) return;
    const files = [...new Set(this._fresh)].sort();
    this._fresh = [];
    this._told = true;
    this.changed = false;
    api.post('/devserve/loaded', JSON.stringify(files), '', () => {});
  }
}

/** Starts to watch; `roots` are absolute folders, the first one is the code's. */
function watch(roots) {
  const files = new LoadedFiles(roots);
  if (SEES_ALL) watchModules(files);
  else watchCommonJs(files);
  watchReads(files);
  return files;
}

function watchModules(files) {
  Module.registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) files.saw(require('url').fileURLToPath(url));
      return next(url, context);
    },
  });
}

function watchCommonJs(files) {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function _compile(content, filename, ...more) {
    files.saw(filename);
    if (more[0] === 'module' || IMPORTS.test(content)) files.loseTrack();
    return compile.call(this, content, filename, ...more);
  };
}

/** Of the functions that open files, the ones that read. */
function watchReads(files) {
  const read = (file) => files.saw(file instanceof URL ? file.pathname : Buffer.isBuffer(file) ? String(file) : file);
  const reading = (flags) => flags === undefined || flags === null || typeof flags === 'function' || flags === 'r' || flags === 0;
  for (const name of ['readFileSync', 'readFile', 'createReadStream']) wrap(fs, name, read);
  for (const name of ['openSync', 'open']) wrap(fs, name, (file, flags) => reading(flags) && read(file));
  wrap(fs.promises, 'readFile', read);
  wrap(fs.promises, 'open', (file, flags) => reading(flags) && read(file));
}

function wrap(owner, name, note) {
  const original = owner[name];
  const wrapped = function (...values) {
    note(...values);
    return original.apply(this, values);
  };
  // It looks like the one it stands for: name, length, and what is attached to it (`util.promisify`).
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  owner[name] = wrapped;
}

function real(folder) {
  try {
    return fs.realpathSync(folder);
  } catch {
    return folder;
  }
}

function everyFile(folder) {
  const found = [];
  const waiting = [folder];
  while (waiting.length > 0 && found.length < PATIENCE) {
    for (const entry of entries(waiting.pop())) {
      const file = path.join(entry.folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) waiting.push(file);
      else if (entry.isFile()) found.push(file);
    }
  }
  return found;
}

function entries(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).map((entry) => Object.assign(entry, { folder }));
  } catch {
    return [];
  }
}

module.exports = { watch };
