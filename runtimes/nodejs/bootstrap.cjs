/*
 * The Node runtime of devserve: asks the Runtime API for invocations and runs the handler.
 *
 * No dependencies, Node 18 to 24, and nothing but HTTP to `AWS_LAMBDA_RUNTIME_API`. Files end in `.cjs` so that no
 * `package.json` above this folder changes what they mean, and because CommonJS starts faster than ES modules do.
 * What it does follows AWS's own Node runtime interface clients: 3.3 up to `nodejs22.x`, 4.0 from `nodejs24.x` on.
 */
'use strict';

require('./devserve_runtime/loop.cjs').run();
