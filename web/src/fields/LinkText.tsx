/** A link to read: it leads to its record, and shows a card of it while the pointer rests on it or a finger presses it. */
import { useQuery } from "@tanstack/react-query";
import { Popover, Skeleton } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { formQuery, recordQuery } from "@/api/queries";
import type { Linked } from "@/api/types";
import { isBlank, type Shape, shapeOf } from "./shape";
import { ValueText } from "./ValueText";
import "./fields.css";

/** The pointer rests on it on purpose. */
const REST_S = 0.4;
const PRESS_MS = 500;
const MOST = 8;

export function LinkText({ shape, value }: { shape: Shape; value: Linked }) {
  const [isOpen, setOpen] = useState(false);
  const press = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wasPressed = useRef(false);
  const text = value.title ?? `#${value.id}`;
  if (!shape.mayOpen || !shape.to) return text;
  const release = () => clearTimeout(press.current);
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      mouseEnterDelay={REST_S}
      trigger={["hover"]}
      content={() => <Card form={shape.to ?? ""} id={value.id} />}
    >
      <Link
        to={`/${shape.to}/${value.id}`}
        onTouchStart={() => {
          wasPressed.current = false;
          press.current = setTimeout(() => {
            wasPressed.current = true;
            setOpen(true);
          }, PRESS_MS);
        }}
        onTouchEnd={release}
        onTouchMove={release}
        onContextMenu={(event) => wasPressed.current && event.preventDefault()}
        onClick={(event) => wasPressed.current && event.preventDefault()}
      >
        {text}
      </Link>
    </Popover>
  );
}

/** The first things that a record says about itself. */
function Card({ form, id }: { form: string; id: number }) {
  const described = useQuery(formQuery(form));
  const found = useQuery({ ...recordQuery(form, id), retry: false });
  if (found.isError) return null;
  if (!described.data || !found.data) return <Skeleton active paragraph={{ rows: 2 }} className="link-card" />;
  const { values, title, state_label } = found.data;
  const fields = described.data.fields.filter(
    (one) => one.kind !== "lines" && one.name !== described.data.title && !isBlank(values[one.name]),
  );
  return (
    <div className="link-card">
      <b>{title ?? `#${id}`}</b>
      <span className="soft">
        {" "}
        {described.data.label}
        {state_label && ` · ${state_label}`}
      </span>
      <dl>
        {fields.slice(0, MOST).map((one) => (
          <div key={one.name}>
            <dt>{one.label}</dt>
            <dd>
              <ValueText shape={shapeOf(one)} value={values[one.name]} leads={false} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
