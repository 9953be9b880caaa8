/** Over a record whose step waits for agreement: which step, for whom it waits, and what I may do about it. */
import { AuditOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowBrief } from "@/api/types";
import { useNarrow } from "@/look/useNarrow";
import "./flow.css";

const FlowView = lazy(async () => ({ default: (await import("./FlowView")).FlowView }));

interface Props {
  flow: FlowBrief;
  /** What is typed and not saved would not go along. */
  isDirty: boolean;
}

export function FlowBar({ flow, isDirty }: Props) {
  const { t } = useTranslation("flow");
  const narrow = useNarrow();
  const [isOpen, setOpen] = useState(false);
  const names = flow.people.map((one) => one.title ?? `#${one.id}`).join(t("listComma"));
  const mayDecide = flow.can.includes("agree");
  const mayResubmit = flow.can.includes("resubmit") || flow.can.includes("retry");
  const told = [
    flow.state_label,
    flow.state === "running" ? flow.steps.map((one) => one.label).join(t("listComma")) : null,
    flow.state === "running" && names ? t("waitsFor", { names }) : null,
    flow.refusal?.text,
    flow.returned && [flow.returned.by.title, flow.returned.comment].filter(Boolean).join(t("listColon")),
  ].filter(Boolean);
  return (
    <div className={`flow-bar flow-${flow.state}`} role="status">
      <AuditOutlined aria-hidden="true" />
      <span className="flow-bar-told">
        {told.join(" · ")}
        {mayResubmit && isDirty && <span className="soft"> {t("saveFirst")}</span>}
      </span>
      <Button
        size="small"
        type={mayDecide || mayResubmit ? "primary" : "default"}
        disabled={mayResubmit && isDirty}
        onClick={() => setOpen(true)}
      >
        {t(mayDecide ? "decide" : mayResubmit ? (flow.can.includes("retry") ? "act.retry" : "act.resubmit") : "look")}
      </Button>
      {isOpen && (
        <Drawer
          open
          title={t("flowTitle")}
          onClose={() => setOpen(false)}
          placement={narrow ? "bottom" : "right"}
          size={narrow ? "90%" : 640}
          className="flow-drawer"
        >
          <Suspense>
            <FlowView id={flow.id} takesFocus={!narrow} onDone={() => setOpen(false)} />
          </Suspense>
        </Drawer>
      )}
    </div>
  );
}
