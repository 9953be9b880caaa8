/** A formula as the server sends it: a typed tree whose numbers are texts. */

export interface Type {
  kind: "number" | "text" | "flag" | "date" | "instant" | "link" | "blank" | string;
  of?: string;
}

export type Node =
  | { node: "literal"; value: unknown; type: Type }
  | { node: "path"; up: number; key: string; type: Type }
  | { node: "given"; name: string; type: Type }
  | { node: "operation"; operator: string; operands: Node[]; type: Type }
  | { node: "call"; function: string; arguments: Node[]; type: Type }
  | {
      node: "aggregate";
      function: string;
      rows: { up: number; key: string };
      value: Node | null;
      where: Node | null;
      separator: string | null;
      type: Type;
    };

export interface Formula {
  version: number;
  type: Type;
  volatility: string;
  /** Every dotted name that the formula reads. */
  paths: string[];
  tree: Node;
}
