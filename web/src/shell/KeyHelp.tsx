/** All keys of the page in sight. */
import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useShownShortcuts, useWritten } from "@/look/shortcuts";

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("shell");
  const shortcuts = useShownShortcuts();
  const written = useWritten();
  return (
    <Modal open title={t("keys")} footer={null} onCancel={onClose}>
      <dl className="key-help">
        {[...shortcuts].reverse().map((one) => (
          <div key={`${one.keys} ${one.label}`}>
            <dt>
              <kbd>{written(one.keys)}</kbd>
            </dt>
            <dd>{one.label}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
