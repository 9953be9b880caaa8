/** Why this number: the entries behind a balance, the steps of a promise, or the formula of a figure with what it reads. */
import { Button, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import type { Field, Form, Row, Value, Values } from "@/api/types";
import { Account } from "@/behind/Account";
import { Meter, type MeterQuestion } from "@/behind/Meter";
import { isRows, shapeOf } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import { useNarrow } from "@/look/useNarrow";
import { formulaText } from "./formulaText";

/** What is asked about. */
export type Question =
  | { of: "account"; account: string; at: Record<string, number>; label?: string }
  | { of: "field"; field: Field; lines: Field | null; row: Row | null };

interface Props {
  form: Form;
  id: number | null;
  values: Values;
  question: Question;
  /** Asks about what a formula reads. */
  onAsk: (question: Question) => void;
  onClose: () => void;
}

export function Why({ form, id, values, question, onAsk, onClose }: Props) {
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const label = question.of === "field" ? question.field.label : (question.label ?? t("why.title"));
  const account =
    question.of === "account"
      ? { account: question.account, at: question.at }
      : question.field.account && id !== null && !question.row
        ? { account: question.field.account, at: { document: id } }
        : null;
  const meter = question.of === "field" && id !== null ? meterOf(form.form, id, question) : null;
  return (
    <Drawer
      open
      onClose={onClose}
      title={t("why.of", { label })}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "85%" : 560}
    >
      {question.of === "field" && (
        <Shown field={question.field} value={(question.row ?? values)[question.field.name]} />
      )}
      {account && <Account {...account} />}
      {meter && <Meter question={meter} />}
      {!account && !meter && question.of === "field" && (
        <Reads form={form} values={values} question={question} onAsk={onAsk} />
      )}
    </Drawer>
  );
}

/** What the server is asked about a meter of promises, of a record or of a stored row. */
export function meterOf(
  form: string,
  id: number,
  { field, lines, row }: Extract<Question, { of: "field" }>,
): MeterQuestion | null {
  if (!field.meter || field.account) return null;
  if (!lines) return { form, id, field: field.name };
  return row?.id ? { form, id, field: `${lines.name}.${field.name}`, row: row.id } : null;
}

function Shown({ field, value }: { field: Field; value: Value }) {
  return (
    <p className="why-figure">
      <ValueText shape={shapeOf(field)} value={value} />
    </p>
  );
}

function Reads({
  form,
  values,
  question,
  onAsk,
}: Pick<Props, "form" | "values" | "onAsk"> & { question: Extract<Question, { of: "field" }> }) {
  const { t } = useTranslation("record");
  const { field, lines, row } = question;
  if (!field.formula) return <p className="soft">{t(field.meter ? "why.meter" : "why.typed")}</p>;
  const labelOf = (key: string) => labelled(form, lines, key);
  return (
    <>
      <h3>{t("why.formula")}</h3>
      <p className="why-formula">{formulaText(field.formula, labelOf)}</p>
      <h3>{t("why.reads")}</h3>
      <ul className="why-reads">
        {field.formula.paths.map((path) => (
          <Read key={path} {...{ form, lines, row, values, path, onAsk }} label={labelOf(path)} />
        ))}
      </ul>
    </>
  );
}

interface ReadProps {
  form: Form;
  lines: Field | null;
  row: Row | null;
  values: Values;
  path: string;
  label: string;
  onAsk: Props["onAsk"];
}

function Read({ form, lines, row, values, path, label, onAsk }: ReadProps) {
  const { t } = useTranslation("record");
  const [first = "", second] = path.replace("^.", "").split(".");
  const isAbove = path.startsWith("^.");
  const own = lines && !isAbove ? lines.fields?.find((one) => one.name === first) : undefined;
  const field = own ?? form.fields.find((one) => one.name === first);
  const holder = own && row ? row : values;
  if (!field) return null;
  if (field.kind === "lines") {
    const column = field.fields?.find((one) => one.name === second);
    const rows = values[field.name];
    if (!column || !isRows(rows)) return null;
    return (
      <li>
        <span>{label}</span>
        <ol className="why-rows">
          {rows.map((one, place) => (
            <li key={one.id ?? place}>
              <Openable field={column} onAsk={() => onAsk({ of: "field", field: column, lines: field, row: one })}>
                <ValueText shape={shapeOf(column)} value={one[column.name]} leads={false} />
              </Openable>
            </li>
          ))}
        </ol>
      </li>
    );
  }
  if (second) return <li className="soft">{t("why.behind", { label })}</li>;
  return (
    <li>
      <span>{label}</span>
      <Openable
        field={field}
        onAsk={() => onAsk({ of: "field", field, lines: own ? lines : null, row: own ? row : null })}
      >
        <ValueText shape={shapeOf(field)} value={holder[field.name]} leads={false} />
      </Openable>
    </li>
  );
}

function Openable({ field, onAsk, children }: { field: Field; onAsk: () => void; children: React.ReactNode }) {
  if (!field.formula && !field.meter) return children;
  return (
    <Button type="link" size="small" onClick={onAsk}>
      {children}
    </Button>
  );
}

/** What a dotted name is called, as far as the form knows. */
function labelled(form: Form, lines: Field | null, path: string): string {
  const [first = "", ...rest] = path.replace("^.", "").split(".");
  const own = path.startsWith("^.") ? undefined : lines?.fields?.find((one) => one.name === first);
  const field = own ?? form.fields.find((one) => one.name === first);
  if (!field) return path;
  if (rest.length === 0) return field.label;
  const column = field.fields?.find((one) => one.name === rest[0]);
  return [field.label, column?.label ?? rest.join(".")].join(".");
}
