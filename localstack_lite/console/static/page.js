// Two views: the functions of the project, and with ?function=NAME the log of one. All data comes from api/.

const main = document.getElementById("main");

function make(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

async function read(path) {
  const response = await fetch(path);
  const value = await response.json();
  if (!response.ok) throw new Error(value.message ?? response.statusText);
  return value;
}

function row(cells) {
  return make("tr", {}, ...cells);
}

function functionRow(each) {
  const link = make("a", { href: `?function=${encodeURIComponent(each.logicalId)}` }, each.name);
  const routes = each.routes.map((route) => make("div", {}, make("code", {}, route)));
  return row([
    make("td", {}, link),
    make("td", {}, make("code", {}, each.handler)),
    make("td", {}, each.runtime),
    make("td", { className: "number" }, `${each.memory} MB`),
    make("td", { className: "number" }, `${each.timeout} s`),
    make("td", {}, ...routes),
  ]);
}

async function showFunctions() {
  const { functions, problems } = await read("api/functions");
  const names = ["Function", "Handler", "Runtime", "Memory", "Timeout", "Routes"];
  const head = make("thead", {}, row(names.map((name) => make("th", { scope: "col" }, name))));
  const table = make("table", {}, head, make("tbody", {}, ...functions.map(functionRow)));
  const found = problems.map((each) => make("li", {}, `${each.where}: ${each.what} `, make("span", { className: "soft" }, each.hint)));
  const list = found.length ? [make("h2", {}, "Problems"), make("ul", {}, ...found)] : [];
  main.replaceChildren(functions.length ? table : make("p", {}, "This project has no functions."), ...list);
}

async function showLogs(name) {
  const { events } = await read(`api/logs?function=${encodeURIComponent(name)}`);
  const lines = events.flatMap((event) => [
    make("time", { className: "soft" }, new Date(event.timestamp).toLocaleTimeString()),
    make("pre", {}, event.message.trimEnd()),
  ]);
  const log = lines.length ? make("div", { className: "log" }, ...lines) : make("p", {}, "Nothing yet: invoke it and reload this page.");
  main.replaceChildren(make("h2", {}, name), log);
}

const wanted = new URLSearchParams(location.search).get("function");
try {
  await (wanted ? showLogs(wanted) : showFunctions());
} catch (error) {
  main.replaceChildren(make("p", { role: "alert" }, String(error.message ?? error)));
}
