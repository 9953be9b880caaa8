/** A quantity in packs where no key says 箱: a figure for each unit, the largest first. */
import { InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Linked, Packs } from "@/api/types";
import { inBase, type Packed, packedOf, partsOf } from "./packs";
import { figureIn } from "./reading";

interface Props {
  quantity: string | null;
  /** The unit that the quantity is in; null: the base unit. */
  unit: Linked | null;
  packs: Packs;
  label: string;
  onChange: (packed: Packed | null) => void;
}

export function PackFigures({ quantity, unit, packs, label, onChange }: Props) {
  const { t } = useTranslation("lines");
  // While somebody types, what they type is not counted into larger packs under their thumb.
  const [typed, setTyped] = useState<Record<number, string> | null>(null);
  const base = quantity === null ? "0" : inBase({ quantity, unit: unit ?? packs.base }, packs);
  const parts = base === null ? null : partsOf(base, packs);
  if (!parts) return null;
  const counts = typed ?? Object.fromEntries(parts.map((one) => [one.unit.id, one.count === "0" ? "" : one.count]));
  const change = (id: number, count: string | null) => {
    const next = { ...counts, [id]: figureIn(count ?? "") ?? "" };
    setTyped(next);
    onChange(
      packedOf(
        parts.map((one) => ({ unit: one.unit, count: next[one.unit.id] || "0" })),
        packs,
      ),
    );
  };
  return (
    <fieldset className="lines-packs" aria-label={t("inPacks", { label })} onBlur={() => setTyped(null)}>
      {parts.map((one) => (
        <InputNumber<string>
          key={one.unit.id}
          stringMode
          controls={false}
          min="0"
          inputMode="decimal"
          className="figure-input"
          aria-label={`${label} ${one.unit.title ?? ""}`}
          value={counts[one.unit.id] || null}
          suffix={one.unit.title}
          onChange={(count) => change(one.unit.id, count === null ? null : String(count))}
        />
      ))}
    </fieldset>
  );
}
