/* The handler's context object: same fields, same types as AWS's (`memoryLimitInMB` is text). */
'use strict';

const { env } = process;
/** Read once, before any of the function's code has run: reading `process.env` is slow. */
const FUNCTION = {
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
};
const TRACE_CONTEXT = ['traceparent', 'tracestate', 'baggage'];

/** Adds to `context` what the headers of an invocation and the environment say. `modern`: as from `nodejs24.x` on. */
function complete(context, headers, modern) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const clientContext = parsed(headers['lambda-runtime-client-context'], 'ClientContext');
  const more = modern ? { xRayTraceId: headers['lambda-runtime-trace-id'], w3c: traceContext(clientContext) } : undefined;
  return Object.assign(
    context,
    FUNCTION,
    {
      clientContext,
      identity: parsed(headers['lambda-runtime-cognito-identity'], 'CognitoIdentity'),
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      awsRequestId: headers['lambda-runtime-aws-request-id'],
      tenantId: headers['lambda-runtime-aws-tenant-id'],
      getRemainingTimeInMillis: () => deadline - Date.now(),
    },
    more,
  );
}

function parsed(header, name) {
  if (header === undefined) return undefined;
  try {
    return JSON.parse(header);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

/** The W3C trace context that the caller passed in the client context: taken out of there, seen through `w3c()`. */
function traceContext(clientContext) {
  const fields = {};
  if (clientContext && typeof clientContext === 'object' && 'w3c' in clientContext) {
    const { w3c } = clientContext;
    delete clientContext.w3c;
    for (const name of TRACE_CONTEXT) if (w3c && typeof w3c[name] === 'string') fields[name] = w3c[name];
  }
  Object.freeze(fields);
  return () => fields;
}

module.exports = { complete };
