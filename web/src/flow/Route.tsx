/** The way of a flow, from whoever submits it to its end: who is asked in each step, and what they said. */
import {
  CheckOutlined,
  CloseOutlined,
  EllipsisOutlined,
  MinusOutlined,
  RollbackOutlined,
  SendOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Linked } from "@/api/types";
import { instantText, percent } from "@/look/figures";
import { FileLinks } from "@/talk/FileLinks";
import { Due } from "./Due";
import { type Asked, dueOf, type RouteStep } from "./flows";
import "./flow.css";

interface Props {
  route: readonly RouteStep[];
  /** The record that the files of answers lie beside, where answers have been given. */
  of?: { form: string; record: number };
  /** Who submitted it, and when; not yet where it is only looked at. */
  begun?: { by: Linked; at: string };
  /** What is done once all have agreed. */
  end?: string;
  isOver?: boolean;
}

const MARKS: Record<RouteStep["state"], ReactNode> = {
  agreed: <CheckOutlined aria-hidden="true" />,
  open: <EllipsisOutlined aria-hidden="true" />,
  waiting: null,
  refused: <CloseOutlined aria-hidden="true" />,
  returned: <RollbackOutlined aria-hidden="true" />,
  skipped: <MinusOutlined aria-hidden="true" />,
};

export function Route({ route, of, begun, end, isOver = false }: Props) {
  const { t } = useTranslation("flow");
  return (
    <ol className="route">
      {begun && (
        <li className="is-agreed">
          <span className="route-mark">
            <SendOutlined aria-hidden="true" />
          </span>
          <div className="route-head">
            <b>{begun.by.title}</b> <span className="soft">{t("submitted")}</span>
            <time className="soft figure">{instantText(begun.at)}</time>
          </div>
        </li>
      )}
      {route.map((one) => (
        <Stop key={one.step} step={one} of={of} />
      ))}
      {end && (
        <li className={isOver ? "is-agreed" : "is-waiting"}>
          <span className="route-mark">{isOver && <CheckOutlined aria-hidden="true" />}</span>
          <div className="route-head">
            <span className={isOver ? undefined : "soft"}>{t(isOver ? "wasDone" : "willBeDone", { what: end })}</span>
          </div>
        </li>
      )}
    </ol>
  );
}

function Stop({ step, of }: { step: RouteStep; of: Props["of"] | undefined }) {
  const { t } = useTranslation("flow");
  const isSeveral = step.people.filter((one) => one.state !== "transferred").length > 1;
  return (
    <li className={`is-${step.state}`} aria-current={step.state === "open" ? "step" : undefined}>
      <span className="route-mark">{MARKS[step.state]}</span>
      <div className="route-head">
        <b>{step.label}</b>
        {isSeveral && (
          <span className="route-mode">
            {step.agree === "share" ? t("ratio", { share: percent(step.share ?? "1") }) : t(`agreeBy.${step.agree}`)}
          </span>
        )}
        {(step.state === "skipped" || step.state === "returned" || step.state === "refused") && (
          <span className="soft">{t(`stepState.${step.state}`)}</span>
        )}
        {step.state === "open" && <Due due={dueOf(step)} />}
      </div>
      {step.people.length > 0 && (
        <ul className="route-people">
          {step.people.map((one) => (
            <Person key={`${one.id} ${one.state} ${one.at}`} asked={one} of={of} />
          ))}
        </ul>
      )}
      {step.cc.length > 0 && (
        <p className="route-cc soft">
          {t("told", { names: step.cc.map((one) => one.title ?? `#${one.id}`).join(t("listComma")) })}
        </p>
      )}
      {step.branches.length > 0 && (
        <div className="route-branches">
          {step.branches.map((branch, place) => (
            <section key={branch[0]?.step ?? place} aria-label={t("branch", { number: place + 1 })}>
              <Route route={branch} {...(of ? { of } : {})} />
            </section>
          ))}
        </div>
      )}
    </li>
  );
}

function Person({ asked, of }: { asked: Asked; of: Props["of"] | undefined }) {
  const { t } = useTranslation("flow");
  const name = asked.title ?? `#${asked.id}`;
  return (
    <li className={`asked-${asked.state}`}>
      <span className="route-person">
        <span>
          {name}
          {asked.on_behalf_of && (
            <span className="soft"> {t("onBehalfOf", { name: asked.on_behalf_of.title ?? "" })}</span>
          )}
        </span>
        {asked.state !== "waiting" && <span className="asked-word">{t(`asked.${asked.state}`)}</span>}
        {asked.at && asked.state !== "open" && <time className="soft figure">{instantText(asked.at)}</time>}
      </span>
      {asked.comment && <q className="route-comment">{asked.comment}</q>}
      {of && <FileLinks form={of.form} record={of.record} files={asked.files} />}
    </li>
  );
}
