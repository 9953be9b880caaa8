/** What the server says: descriptions of forms, records, lists and reports. Amounts and quantities are exact texts. */
import type { Formula } from "@/expression/tree";

export type Kind =
  | "text"
  | "long_text"
  | "phone"
  | "email"
  | "barcode"
  | "number"
  | "quantity"
  | "price"
  | "money"
  | "percent"
  | "date"
  | "instant"
  | "month"
  | "flag"
  | "choice"
  | "choices"
  | "tags"
  | "link"
  | "lines";

/** A record that a link points at. */
export interface Linked {
  id: number;
  title: string | null;
}

export type Row = { id?: number; position?: number } & Values;
export type Value = string | number | boolean | null | undefined | string[] | Linked | Row[];
export interface Values {
  [field: string]: Value;
}

export interface Option {
  value: string;
  label: string;
}

export interface Must {
  that: Formula;
  otherwise: string;
}

export interface LinkTarget {
  form: string;
  lines: string | null;
  label: string;
  may_open: boolean;
  may_create: boolean;
}

/** Behind `link`: rows of `lines`, each with its `unit` and its ratio to the `base` unit. */
export interface PackPlaces {
  link: string;
  /** The field beside the quantity that says in which unit it is; null: in the base unit. */
  in_unit: string | null;
  lines: string;
  unit: string;
  numerator: string;
  denominator: string;
  base: string;
}

export interface Pack {
  unit: Linked;
  /** One of it is numerator ÷ denominator base units. */
  numerator: string;
  denominator: string;
}

export interface Packs {
  base: Linked;
  packs: readonly Pack[];
}

export interface Field {
  name: string;
  kind: Kind;
  label: string;
  help: string | null;
  /** Given by users, as opposed to formulas, meters and lines. */
  typed: boolean;
  meter: boolean;
  /** The account whose balance over this record a meter shows; asked at `{document: id}`. */
  account?: string;
  read_only: boolean;
  masked: boolean;
  unique: boolean;
  locked_after: string | null;
  required: Formula | null;
  visible: Formula | null;
  editable: Formula | null;
  default: Formula | null;
  formula: Formula | null;
  /** Which of these the server alone computes. */
  on_server: string[];
  must: Must[];
  link?: LinkTarget;
  options?: Option[];
  scale?: number;
  length?: number;
  at_least?: number;
  fields?: Field[];
  /** A quantity that is counted in packs: where their units stand behind the link beside it. */
  packs?: PackPlaces;
}

export interface Section {
  label: string | null;
  fields: string[];
}

export interface State {
  name: string;
  label: string;
  editable: boolean;
}

export interface Transition {
  name: string;
  label: string;
  from: string[];
  to: string;
  posts: boolean;
  /** What may be changed together with it though the state locks it: `field`, `lines.column`, `lines`: rows come and go. */
  edits?: string[];
  reversible: boolean;
  irreversible: string | null;
  may_run: boolean;
  may_reverse: boolean;
}

export type Extent = "all" | "some" | "none";

export interface Rights {
  read: Extent;
  create: Extent;
  update: Extent;
  delete: Extent;
  export: boolean;
  import: boolean;
}

/** A way to look at a list that the form declares: a board by a choice or the state, a calendar by a date. */
export interface DeclaredView {
  name: string;
  label: string;
  kind: "board" | "calendar";
  by?: string;
  on?: string;
  until?: string | null;
  title?: string | null;
  columns?: ListColumn[];
}

/** A figure that stands beside the record, or beside each row of its lines. */
export interface Beside {
  name: string;
  label: string;
  kind: Kind;
  lines: string | null;
}

export interface Print {
  name: string;
  label: string;
  paper: string;
}

export interface ListColumn {
  key: string;
  label: string;
  kind: Kind | null;
}

export interface Form {
  form: string;
  label: string;
  help: string | null;
  kind: "master" | "document";
  version: string;
  singleton: boolean;
  numbered: boolean;
  /** Its records are lots: each has a way that can be asked for. */
  is_lot?: boolean;
  numbered_at: string | null;
  title: string | null;
  dated_by: string | null;
  searchable: boolean;
  fields: Field[];
  sections: Section[];
  states: State[];
  transitions: Transition[];
  list: { columns: ListColumn[]; sort: string[]; filter: Formula | null };
  views?: DeclaredView[];
  beside?: Beside[];
  prints?: Print[];
  rights: Rights;
}

/** A form among all that I may use. */
export type FormEntry = Pick<Form, "form" | "label" | "kind" | "rights">;

/** The head of a column, of a list or of a report. */
export interface Heading {
  key: string;
  label: string;
  kind: Kind;
  to?: string;
  scale?: number;
  measure?: boolean;
  options?: Record<string, string>;
  /** Of a report: whether its rows are grouped by it. */
  is_key?: boolean;
  /** Of a column that came from a value of the key that stands across: the measure, and that value. */
  of?: string;
  pivot?: Value;
}

export type ListRow = { id: number } & Values;

export interface Page {
  form: string;
  columns: Heading[];
  rows: ListRow[];
  /** Marks: rows in front of this page are asked for `before` the one, those behind it by `cursor` of the other. */
  previous?: string | null;
  next: string | null;
  sums?: Record<string, string>;
  count?: { value: number; more: boolean };
}

export interface ReportPage extends Page {
  report: string;
  parameters: Record<string, Value>;
  total_rows: number;
  totals: Record<string, string>;
  offset: number;
  /** From which day to which the figures are; without it they are of now. */
  days?: { first: string | null; last: string | null } | null;
  /** What was written into the book after this instant is not in the figures. */
  known_at?: string | null;
  /** By the name of what rows can become: of each row of the page whether it qualifies. */
  creates?: Record<string, boolean[]>;
  /** The keys that its rows can be grouped by. */
  groups?: Heading[];
  /** How they are grouped, as the rows behind a figure are asked for. */
  grouping?: string[];
  /** Rows that `top` left out, and what they come to. */
  more?: number;
  others?: Record<string, string> | null;
  /** The key that stands across, and how many of its values have no column. */
  pivot?: { key: string; more: number } | null;
  /** What the records are called that link parameters point at. */
  titles?: Record<string, string | null>;
}

/** A step that is open to a record, or why it is not. */
export interface OpenTransition {
  name: string;
  label: string;
  to: string;
  is_allowed: boolean;
  /** In the user's words. */
  reasons: string[];
}

export interface RecordPage {
  form: string;
  id: number;
  version: number;
  state?: string;
  state_label?: string;
  number?: string | null;
  title: string | null;
  values: Values;
  stamps: { created_at: string; created_by: Linked | null; updated_at: string; updated_by: Linked | null };
  editable: boolean;
  deletable: boolean;
  deleted_at: string | null;
  transitions: OpenTransition[];
  related: { before: Related[]; after: Related[] };
  steps: Step[];
  flow?: FlowBrief | null;
  buttons?: RuleButton[];
}

export interface Related {
  form: string;
  label?: string;
  id: number;
  title?: string | null;
  number?: string | null;
  state?: string | null;
  state_label?: string | null;
  [more: string]: unknown;
}

/** A step that the record took, which may perhaps be reversed. */
export interface Step {
  id: number;
  transition: string;
  label: string;
  journal: number | null;
  reversible: boolean;
}

/** A step that waits for agreement, as the record's page tells of it. */
export interface FlowBrief {
  id: number;
  state: FlowState;
  state_label: string;
  transition: string;
  transition_label: string;
  /** Where it stands, and who is asked there. */
  steps: { step: string; label: string }[];
  people: Linked[];
  by: Linked;
  at: string;
  /** Steps that may be taken meanwhile. */
  meanwhile: string[];
  refusal: FlowRefusal | null;
  /** Who returned it, and with which words. */
  returned?: { by: Linked; comment: string } | null;
  /** Mine, where I am asked. */
  task: number | null;
  /** What I may do with it now. */
  can: FlowAct[];
}

/** Why what was agreed to could not be done. */
export interface FlowRefusal {
  code: string;
  text: string;
  problems: string[];
}

export type FlowState = "running" | "granted" | "done" | "refused" | "withdrawn" | "returned" | "stuck";
export type FlowAct =
  | "agree"
  | "refuse"
  | "return"
  | "transfer"
  | "add_before"
  | "add_after"
  | "withdraw"
  | "resubmit"
  | "retry"
  | "move";

/** A button that a rule gives to the record's page. */
export interface RuleButton {
  rule: string;
  label: string;
  is_allowed: boolean;
  reasons: string[];
}

/** What a command did. */
export interface Outcome {
  form: string;
  id: number;
  version: number;
  state: string | null;
  number: string | null;
  journal: number | null;
  created: { form: string; id: number }[];
  undone: { form: string; id: number; transition: string }[];
  warnings: { code: string; field: string | null; row: number | null; text: string }[];
  repeated: boolean;
  /** It was not done yet: it waits for agreement. */
  flow?: number | null;
}

export interface MenuItem {
  form?: string;
  report?: string;
  dashboard?: string;
  label: string;
  singleton?: boolean;
  may_create?: boolean;
}

export interface Menu {
  menu: string;
  label: string;
  items: MenuItem[];
}

export interface Waiting {
  form: string;
  label: string;
  state: string;
  state_label: string;
  transitions: { name: string; label: string }[];
  count: number;
  more: boolean;
}

export interface Home {
  /** The workbench of my role. */
  desk?: { dashboard: string; label: string; help: string | null } | null;
  waiting: Waiting[];
  begin: { form: string; label: string }[];
  menus: Menu[];
}

export interface Preferences {
  theme?: "light" | "dark" | "system";
  size?: "normal" | "large";
  [more: string]: unknown;
}

export interface Session {
  login: string;
  csrf: string;
  expires_at: string;
  /** `zone`: where the company is, for what day it is there. */
  company: { id: number; name: string; zone?: string } | null;
  companies: { id: number; name: string }[];
  user: {
    id: number;
    name: string;
    language: string;
    roles: string[];
    /** Whether they may do everything: pages for administrators are shown to them. */
    administers?: boolean;
    preferences?: Preferences;
  } | null;
}

export interface ReportDescription {
  report: string;
  label: string;
  source: string;
  of: string;
  /** How many columns of its page are the keys of its rows; they come first. */
  keys: number;
  /** Over a span: whether a column is of the days before it, of its own days, or of all up to its end. */
  tenses?: Record<string, "opening" | "moved" | "closing">;
  /** Of a statement: its columns whose figures open. */
  opens?: string[] | null;
  /** `required`: nothing is shown before it is given. */
  parameters: { name: string; kind: Kind; label: string; to: string | null; has_default: boolean; required: boolean }[];
  prints?: Print[];
  /** Documents that can be made of its rows. */
  creates?: { name: string; label: string; form: string }[];
}

export interface Change {
  id: number;
  at: string;
  by: Linked;
  action: string;
  action_label: string;
  version: number;
  changes: { field: string; label: string; old: Value; new: Value }[];
  /** Rows that came, went or changed; a changed cell holds old and new. */
  lines: {
    lines: string;
    label: string;
    what: "added" | "removed" | "changed";
    row: number;
    values: { field: string; label: string; value: Value }[];
  }[];
  /** The file that was brought or taken away. */
  file?: { name: string } | null;
  /** What was said of the approval of a step. */
  flow?: {
    id: number;
    transition_label: string;
    step: string | null;
    comment: string;
    files: { id: number; name: string }[];
    on_behalf_of: string | null;
    to: string[];
  } | null;
}

export interface Notification {
  id: number;
  at: string;
  kind: string;
  text: string;
  form: string | null;
  record: number | null;
  title: string | null;
  by: Linked | null;
  read: boolean;
  /** Its own title, in the reader's language. */
  heading?: string | null;
  /** Where it leads, if not to a record. */
  link?: string | null;
  urgent?: boolean;
}

export interface Notifications {
  items: Notification[];
  next: string | null;
  unread: number;
}

export interface Activity {
  items: {
    id: number;
    at: string;
    by: Linked | null;
    form: string;
    form_label: string;
    record: number;
    title: string | null;
    action: string;
    action_label: string;
  }[];
  next: string | null;
}
