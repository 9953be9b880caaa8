/** Buttons that rules give to a record's page. */
import { ThunderboltOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { actionKey, api, Problem } from "@/api/client";
import { keys } from "@/api/queries";
import type { RuleButton } from "@/api/types";
import { useMessage } from "@/look/messages";

interface Props {
  form: string;
  id: number;
  buttons: readonly RuleButton[];
  /** What is typed and not saved would not be seen by the rule. */
  isDirty: boolean;
}

export function RuleButtons({ form, id, buttons, isDirty }: Props) {
  const { t } = useTranslation("rule");
  const queries = useQueryClient();
  const message = useMessage();
  const act = useRef({ of: "", key: "" });
  const press = useMutation({
    mutationFn: (rule: string) => {
      // The same press again, after no answer came, is done once.
      if (act.current.of !== rule) act.current = { of: rule, key: actionKey() };
      return api.post<{ text?: string } | undefined>(`${form}/${id}/buttons/${rule}`, {}, { key: act.current.key });
    },
    onSuccess: async (told) => {
      act.current = { of: "", key: "" };
      void message.success(told?.text ?? t("pressed"));
      void queries.invalidateQueries({ queryKey: keys.lists(form) });
      await queries.invalidateQueries({ queryKey: keys.record(form, id) });
    },
    onError: (error) => {
      if (error instanceof Problem && error.status !== 0) act.current = { of: "", key: "" };
      void message.error(
        error instanceof Problem && error.body.detail ? error.body.detail : t("common:somethingWrong"),
      );
    },
  });
  return buttons.map((one) => (
    <Tooltip key={one.rule} title={isDirty ? t("saveFirst") : one.reasons.join("；")}>
      <Button
        icon={<ThunderboltOutlined aria-hidden="true" />}
        disabled={!one.is_allowed || isDirty}
        loading={press.isPending && press.variables === one.rule}
        onClick={() => press.mutate(one.rule)}
      >
        {one.label}
      </Button>
    </Tooltip>
  ));
}
