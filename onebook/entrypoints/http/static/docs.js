// Lists the operations of /api/openapi.json. Everything is set as text; nothing in the document is taken for markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function resolved(schema, root, depth) {
  if (!schema || depth > 3) return "…";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return depth ? name : shape(root.components.schemas[name], root, depth);
  }
  return shape(schema, root, depth);
}

function shape(schema, root, depth) {
  if (!schema) return "…";
  if (schema.anyOf) return schema.anyOf.map((part) => resolved(part, root, depth + 1)).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.properties) {
    const needed = new Set(schema.required || []);
    const pad = "  ".repeat(depth + 1);
    const lines = Object.entries(schema.properties).map(([name, part]) => {
      const title = part.title ? `   // ${part.title}` : "";
      return `${pad}${name}${needed.has(name) ? "" : "?"}: ${resolved(part, root, depth + 1)}${title}`;
    });
    return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  if (schema.items) return `[${resolved(schema.items, root, depth + 1)}]`;
  const type = [].concat(schema.type || "any").join(" | ");
  return schema.format ? `${type} (${schema.format})` : type;
}

function operationOf(path, method, said, root) {
  const details = element("details");
  const summary = element("summary");
  summary.append(element("code", method.toUpperCase(), `method ${method}`), element("code", path), element("span", said.summary));
  details.append(summary);
  for (const parameter of said.parameters || []) {
    const line = element("p", undefined, "parameter");
    line.append(element("code", parameter.name), element("span", ` ${parameter.in}${parameter.required ? ", required" : ""} `));
    line.append(element("span", parameter.description || "", "quiet"));
    details.append(line);
  }
  const body = said.requestBody && said.requestBody.content["application/json"];
  if (body) details.append(element("h3", "请求 Request"), element("pre", resolved(body.schema, root, 0)));
  for (const [status, response] of Object.entries(said.responses)) {
    const content = response.content && response.content["application/json"];
    if (content && status < "300") details.append(element("h3", `应答 ${status}`), element("pre", resolved(content.schema, root, 0)));
  }
  return details;
}

function draw(root) {
  const groups = new Map();
  for (const [path, item] of Object.entries(root.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      const tag = (item[method].tags || ["API"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationOf(path, method, item[method], root));
    }
  }
  const place = document.getElementById("operations");
  for (const [tag, operations] of groups) {
    const section = element("section");
    section.append(element("h2", tag), ...operations);
    place.append(section);
  }
  document.getElementById("state").textContent = `${root.info.title} ${root.info.version}：${root.info.description}`;
}

function filter(wanted) {
  for (const one of document.querySelectorAll("details")) {
    one.hidden = !one.firstChild.textContent.toLowerCase().includes(wanted.toLowerCase());
  }
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.querySelector("details:not([hidden])");
  }
}

document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value.trim()));
fetch("/api/openapi.json", { credentials: "same-origin" })
  .then((response) => response.json())
  .then(draw)
  .catch(() => {
    document.getElementById("state").textContent = "读取失败 Could not be loaded";
  });
