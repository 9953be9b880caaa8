/** A figure of a report, opened: the entries of an account, the rows of records that sum to it, or the accounts of a statement. */
import { Drawer } from "antd";
import { useNarrow } from "@/look/useNarrow";
import { Account, type AccountQuestion } from "./Account";
import { Parts, type PartsQuestion } from "./Parts";
import { Rows, type RowsQuestion } from "./Rows";

interface Props {
  title: string;
  figure: AccountQuestion | RowsQuestion | PartsQuestion;
  onClose: () => void;
}

export default function BehindFigure({ title, figure, onClose }: Props) {
  const narrow = useNarrow();
  return (
    <Drawer open onClose={onClose} title={title} placement={narrow ? "bottom" : "right"} size={narrow ? "85%" : 560}>
      {"account" in figure ? (
        <Account {...figure} />
      ) : "of" in figure ? (
        <Parts question={figure} />
      ) : (
        <Rows question={figure} />
      )}
    </Drawer>
  );
}
