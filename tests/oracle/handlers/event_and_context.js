exports.handler = async (event, context) => {
  console.log("a line");
  return { event, context };
};
