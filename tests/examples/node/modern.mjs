import { greeting } from "./greeting.mjs";

const started = await Promise.resolve(new Date().toISOString());

export const handler = async (event, context) => {
  console.log("asked by", event.requestContext.http.userAgent);
  return { message: greeting("modern"), function: context.functionName, started };
};
