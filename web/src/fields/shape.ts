/** What showing and typing a value needs to know: the kind and little else, whether it comes from a form or a heading. */
import type { Field, Heading, Kind, Linked, Row, Value } from "@/api/types";

export interface Shape {
  kind: Kind;
  label: string;
  /** choice, choices: code to label. */
  options?: Record<string, string>;
  /** link: the form it points at. */
  to?: string;
  /** link to a row of another form's lines: the name of these lines. */
  lines?: string | null;
  scale?: number;
  length?: number;
  mayOpen?: boolean;
  mayCreate?: boolean;
}

export function shapeOf(field: Field): Shape {
  const shape: Shape = { kind: field.kind, label: field.label };
  if (field.options) shape.options = Object.fromEntries(field.options.map(({ value, label }) => [value, label]));
  if (field.link) {
    shape.to = field.link.form;
    shape.lines = field.link.lines;
    shape.mayOpen = field.link.may_open && !field.link.lines;
    shape.mayCreate = field.link.may_create;
  }
  if (field.scale !== undefined) shape.scale = field.scale;
  if (field.length !== undefined) shape.length = field.length;
  return shape;
}

export function shapeOfHeading(heading: Heading): Shape {
  const shape: Shape = { kind: heading.kind, label: heading.label };
  if (heading.options) shape.options = heading.options;
  if (heading.to) {
    shape.to = heading.to;
    // A row of lines has no page of its own.
    shape.mayOpen = !heading.to.includes(".");
  }
  if (heading.scale !== undefined) shape.scale = heading.scale;
  return shape;
}

export function isLinked(value: Value): value is Linked {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "id" in value && "title" in value;
}

export function isRows(value: Value): value is Row[] {
  return Array.isArray(value) && (value.length === 0 || typeof value[0] === "object");
}

export function isBlank(value: Value): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
