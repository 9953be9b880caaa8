import { expect, it } from "vitest";
import { entriesOf, freeName, givenOf, type Schema, templateRows, templatesOf } from "./messages";

const MAIL: Schema = {
  type: "object",
  properties: {
    per_minute: { anyOf: [{ type: "integer", minimum: 1, maximum: 6000 }, { type: "null" }], default: null },
    reads_as: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null },
    host: { type: "string" },
    port: { type: "integer", default: 587, minimum: 1, maximum: 65535 },
    security: { type: "string", enum: ["starttls", "tls"], default: "starttls" },
    templates: { type: "object", additionalProperties: {} },
  },
  required: ["host", "templates"],
};

it("what must be said comes first; the kind of each follows from its schema", () => {
  const entries = entriesOf(MAIL);
  expect(entries.map((one) => [one.name, one.kind, one.required])).toEqual([
    ["host", "text", true],
    ["templates", "templates", true],
    ["per_minute", "number", false],
    ["reads_as", "person", false],
    ["port", "number", false],
    ["security", "choice", false],
  ]);
  expect(entries.find((one) => one.name === "per_minute")).toMatchObject({ least: 1, most: 6000, initial: null });
  expect(entries.find((one) => one.name === "port")).toMatchObject({ initial: 587, most: 65535 });
  expect(entries.find((one) => one.name === "security")?.options).toEqual(["starttls", "tls"]);
});

it("templates survive being typed; rows without a name or a code say nothing", () => {
  const kept = { any: { code: "SMS_1", variables: ["name", "text"] } };
  expect(templatesOf(templateRows(kept))).toEqual(kept);
  expect(
    templatesOf([
      { name: " due ", code: "SMS_2", variables: "day， sum" },
      { name: "", code: "SMS_3", variables: "" },
      { name: "half", code: " ", variables: "" },
    ]),
  ).toEqual({ due: { code: "SMS_2", variables: ["day", "sum"] } });
});

it("a new channel gets a name that nobody has", () => {
  expect(freeName("mail", [])).toBe("mail");
  expect(freeName("mail", ["mail", "mail_2"])).toBe("mail_3");
});

it("what is left empty is not said, but no and zero are", () => {
  expect(givenOf({ host: "h", user: "", port: null, name: undefined, on: false, count: 0 })).toEqual({
    host: "h",
    on: false,
    count: 0,
  });
});
