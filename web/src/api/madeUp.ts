/** Made-up descriptions for tests: what a test does not speak of is plain. */
import type { Field } from "./types";

export function madeUpField(name: string, more: Partial<Field> = {}): Field {
  return {
    name,
    kind: "text",
    label: name,
    help: null,
    typed: true,
    meter: false,
    read_only: false,
    masked: false,
    unique: false,
    locked_after: null,
    required: null,
    visible: null,
    editable: null,
    default: null,
    formula: null,
    on_server: [],
    must: [],
    ...more,
  };
}
