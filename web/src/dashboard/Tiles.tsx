/** Tiles on their grid, and what was opened behind one of their figures. */
import { lazy, Suspense, useMemo, useState } from "react";
import type { Tile } from "@/api/dashboards";
import type { FigureQuestion } from "@/behind/BehindFigure";
import { heightOf, placed } from "./grid";
import { TileFrame } from "./TileFrame";
import { TileLate } from "./TileLate";

const BehindFigure = lazy(() => import("@/behind/BehindFigure"));

/** A figure to be opened, and what it is called. */
export interface Opened {
  title: string;
  figure: FigureQuestion;
}

interface Props {
  base: string;
  tiles: readonly Tile[];
  asked: Record<string, string>;
  /** On a wall: everything is larger, and fills the height; where it stands is said already. */
  isWall?: boolean;
  /** For who only reads: nothing opens. */
  isStill?: boolean;
}

export function Tiles({ base, tiles, asked, isWall = false, isStill = false }: Props) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const standing = useMemo(() => (isWall ? tiles : placed(tiles)), [tiles, isWall]);
  const isOpening = !isWall && !isStill;
  return (
    <>
      <div className="tiles" style={{ "--rows": heightOf(standing) } as React.CSSProperties}>
        {standing.map((tile) => (
          <TileFrame
            key={tile.tile}
            base={base}
            tile={tile}
            asked={asked}
            isWall={isWall}
            onOpen={isOpening ? setOpened : undefined}
          />
        ))}
      </div>
      {opened && (
        <Suspense>
          <BehindFigure title={opened.title} figure={opened.figure} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </>
  );
}

const LATE = [
  { x: 0, y: 0, w: 3, h: 2 },
  { x: 3, y: 0, w: 3, h: 2 },
  { x: 6, y: 0, w: 3, h: 2 },
  { x: 9, y: 0, w: 3, h: 2 },
  { x: 0, y: 2, w: 8, h: 4 },
  { x: 8, y: 2, w: 4, h: 4 },
];

/** Before it is known which tiles there are. */
export function TilesLate() {
  return (
    <div className="tiles" aria-hidden="true">
      {LATE.map((at) => (
        <div key={`${at.x} ${at.y}`} className="tile" style={placeOf(at)}>
          <TileLate />
        </div>
      ))}
    </div>
  );
}

export function placeOf(at: Tile["at"]): React.CSSProperties {
  return { "--x": at.x + 1, "--y": at.y + 1, "--w": at.w, "--h": at.h } as React.CSSProperties;
}
