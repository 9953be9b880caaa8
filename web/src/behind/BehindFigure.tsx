/** A figure, opened: the entries of an account, the rows of records that sum to it, the accounts of a statement, what a metric counts. */
import { Drawer } from "antd";
import { useNarrow } from "@/look/useNarrow";
import { Account, type AccountQuestion } from "./Account";
import { Counted, type CountedQuestion } from "./Counted";
import { Parts, type PartsQuestion } from "./Parts";
import { Rows, type RowsQuestion } from "./Rows";

export type FigureQuestion = AccountQuestion | RowsQuestion | PartsQuestion | CountedQuestion;

interface Props {
  title: string;
  figure: FigureQuestion;
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
      ) : "counted" in figure ? (
        <Counted question={figure} />
      ) : (
        <Rows question={figure} />
      )}
    </Drawer>
  );
}
