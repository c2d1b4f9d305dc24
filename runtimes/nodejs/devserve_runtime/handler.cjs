/*
 * From `_HANDLER` to a function.
 *
 * `folder/file.export.nested`: the file is looked for without extension, then as `.js` (CommonJS, or an ES module when
 * the nearest `package.json` says so), `.mjs`, `.cjs`, and at last as `require` would find it.
 */
'use strict';

const fs = require('fs');
const { createRequire } = require('module');
const path = require('path');
const { Fault } = require('./failures.cjs');

/** The file that requires the user's code on AWS: "Require stack" of an error names it, and so do ours. */
const requireUser = createRequire('/var/runtime/index.mjs');
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const NO_CALLBACKS =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';
const CALLBACKS_GO =
  'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.';

/**
 * `{run, streaming, highWaterMark, isAsync}` of the handler. `modern`: as from `nodejs24.x` on; `importing` is called
 * before ES modules come into play.
 */
async function load(root, name, modern, importing) {
  if (name.includes('..')) {
    const text = `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new Fault('Runtime.MalformedHandlerName', text);
  }
  const base = path.basename(name);
  const dot = base.indexOf('.');
  if (dot < 0) throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
  const folder = name.slice(0, name.indexOf(base));
  const loaded = await loadModule(root, folder, base.slice(0, dot), modern, importing);
  return described(exported(loaded, base.slice(dot + 1), name, modern), modern);
}

async function loadModule(root, folder, name, modern, importing) {
  provideGlobals();
  try {
    const file = path.resolve(root, folder, name);
    for (const extension of ['', '.js', '.mjs', '.cjs']) {
      const candidate = file + extension;
      if (!fs.existsSync(candidate)) continue;
      const asModule =
        extension === '.mjs' ||
        (extension === '.js' && inModulePackage(path.dirname(candidate))) ||
        (modern && !isFolder(candidate));
      if (asModule) importing();
      const loaded = asModule ? await importFile(candidate) : requireUser(candidate);
      if (loaded) return loaded;
    }
    return requireUser(requireUser.resolve(name, { paths: [root, path.join(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      const fault = new Fault('Runtime.UserCodeSyntaxError', String(error));
      // Where it is: AWS's own stack says nothing of that up to Node 22.
      fault.stack = `${fault.name}: ${fault.message}\n${error.stack}`;
      throw fault;
    }
    if (error && error.code === 'MODULE_NOT_FOUND') throw new Fault('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

function importFile(file) {
  return import(require('url').pathToFileURL(file).href);
}

function isFolder(file) {
  return fs.statSync(file).isDirectory();
}

/** Whether the nearest `package.json` says `"type": "module"`. */
function inModulePackage(folder) {
  for (;;) {
    if (folder.endsWith('/node_modules')) return false;
    const file = path.join(folder, 'package.json');
    if (fs.existsSync(file)) {
      try {
        const content = JSON.parse(fs.readFileSync(file, 'utf8'));
        if (content) return content.type === 'module';
      } catch (error) {
        console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
        return false;
      }
    }
    const parent = path.dirname(folder);
    if (parent === folder) return false;
    folder = parent;
  }
}

function exported(loaded, names, full, modern) {
  let found = nested(loaded, names);
  if (!found && modern && loaded && typeof loaded === 'object' && 'default' in loaded) {
    found = nested(loaded.default, names);
  }
  if (!found) throw new Fault('Runtime.HandlerNotFound', `${full} is undefined or not exported`);
  if (typeof found !== 'function') throw new Fault('Runtime.HandlerNotFound', `${full} is not a function`);
  return found;
}

function nested(value, names) {
  return names.split('.').reduce((found, name) => found && found[name], value);
}

function described(run, modern) {
  const mode = run[STREAMING];
  if (mode && mode !== 'response') {
    throw new Fault('Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  const streaming = mode === 'response';
  const isAsync = run.constructor && run.constructor.name === 'AsyncFunction';
  if (modern && run.length >= 3 && !streaming) throw new Fault('Runtime.CallbackHandlerDeprecated', NO_CALLBACKS);
  if (!modern && run.length === 3 && !isAsync && !streaming) warnOfCallbacks();
  return { run, streaming, isAsync, highWaterMark: Number(run[HIGH_WATER_MARK]) || undefined };
}

function warnOfCallbacks() {
  if (process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING === undefined) console.warn(CALLBACKS_GO);
}

function provideGlobals() {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = {
    ...globalThis.awslambda,
    streamifyResponse(handler, options) {
      handler[STREAMING] = 'response';
      const mark = options && options.highWaterMark;
      if (typeof mark === 'number') handler[HIGH_WATER_MARK] = Math.trunc(mark);
      return handler;
    },
    get HttpResponseStream() {
      return require('./streaming.cjs').HttpResponseStream;
    },
  };
}

module.exports = { load };
