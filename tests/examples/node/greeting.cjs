exports.greeting = (who) => `Hello, ${who}!`;
