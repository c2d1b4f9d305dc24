const { greeting } = require("./greeting.cjs");

exports.greet = (event, context, callback) => {
  callback(null, { statusCode: 200, body: greeting(event.pathParameters.name) });
};
