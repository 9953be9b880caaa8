/** A figure of a report, opened. */
import { Drawer } from "antd";
import { useNarrow } from "@/look/useNarrow";
import { Account } from "./Account";

interface Props {
  title: string;
  figure: { account: string; at: Record<string, number>; until: string | null };
  onClose: () => void;
}

export default function BehindFigure({ title, figure, onClose }: Props) {
  const narrow = useNarrow();
  return (
    <Drawer open onClose={onClose} title={title} placement={narrow ? "bottom" : "right"} size={narrow ? "85%" : 560}>
      <Account account={figure.account} at={figure.at} until={figure.until} />
    </Drawer>
  );
}
