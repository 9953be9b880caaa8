/** A tile in its place: its head with what can be done with it, and its content, which it asks for by itself. */
import { FullscreenOutlined, MoreOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps, Modal } from "antd";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, keep } from "@/api/client";
import type { Tile } from "@/api/dashboards";
import { useMessage } from "@/look/messages";
import { HelpMark } from "./HelpMark";
import { TileBody, type Told } from "./TileBody";
import { type Opened, placeOf } from "./Tiles";
import { useSeen } from "./useSeen";

interface Props {
  base: string;
  tile: Tile;
  asked: Record<string, string>;
  isWall: boolean;
  onOpen: ((opened: Opened) => void) | undefined;
}

/** Drawn as a picture, a tile can be read as a table as well. */
const PICTURES = new Set(["line", "bar", "stacked", "area", "pie", "funnel", "scatter", "map", "calendar", "gauge"]);
/** Columns of the grid that leave room for no more than a figure. */
const SMALL = 3;
const FILES = ["xlsx", "csv", "pdf"] as const;
const FORMATS = { xlsx: "Excel", csv: "CSV", pdf: "PDF" };

export function TileFrame({ base, tile, asked, isWall, onOpen }: Props) {
  const { t } = useTranslation("dashboard");
  const id = useId();
  const go = useNavigate();
  const message = useMessage();
  const ground = useRef<HTMLElement>(null);
  const isSeen = useSeen(ground) || isWall;
  const [isTable, setTable] = useState(false);
  const [isLarge, setLarge] = useState(false);
  const [{ page, rule }, setTold] = useState<Told>({ page: null, rule: null });
  const isFigures = tile.kind === "metrics" || tile.kind === "report";
  const isPicture = isFigures && PICTURES.has(tile.draw);
  // Two of these stand side by side on a phone.
  const isSmall = tile.kind === "metrics" && !isPicture && tile.at.w <= SMALL;
  const take = async (format: (typeof FILES)[number]) => {
    try {
      keep(await api.file("GET", `${base}/tiles/${tile.tile}/export`, { query: { ...asked, format } }));
    } catch (error) {
      void message.error(error instanceof Error && error.message ? error.message : t("common:somethingWrong"));
    }
  };
  const items: NonNullable<MenuProps["items"]> = [
    ...(isPicture
      ? [{ key: "table", label: t(isTable ? "seePicture" : "seeData"), icon: <TableOutlined aria-hidden="true" /> }]
      : []),
    ...(isFigures || tile.kind === "list"
      ? [{ key: "large", label: t("enlarge"), icon: <FullscreenOutlined aria-hidden="true" /> }]
      : []),
    ...(page && onOpen ? [{ key: "page", label: t(tile.kind === "list" ? "openList" : "openReport") }] : []),
    ...(tile.may_export && onOpen
      ? [
          { type: "divider" as const },
          ...FILES.map((format) => ({ key: format, label: t("exportAs", { format: FORMATS[format] }) })),
        ]
      : []),
  ];
  const act: MenuProps["onClick"] = ({ key }) => {
    if (key === "table") setTable(!isTable);
    else if (key === "large") setLarge(true);
    else if (key === "page" && page) void go(page);
    else void take(key as (typeof FILES)[number]);
  };
  const label = tile.label ?? "";
  const isBare = label === "" && (tile.kind === "metrics" || tile.kind === "text" || tile.kind === "shortcuts");
  const isStill = isWall || tile.kind === "text" || (tile.draw === "map" && !onOpen);
  const body = (isLargest: boolean) => (
    <TileBody
      base={base}
      tile={tile}
      asked={asked}
      isTable={isTable}
      isWall={isWall}
      isLarge={isLargest}
      onOpen={onOpen}
      onTold={setTold}
    />
  );
  return (
    <section
      ref={ground}
      className={`tile of-${tile.kind} draws-${tile.draw}${isBare ? " is-bare" : ""}${isSmall ? " is-small" : ""}`}
      style={placeOf(tile.at)}
      {...(label ? { "aria-labelledby": id } : { "aria-label": t("tile") })}
    >
      {(label || items.length > 0) && (
        <header className="tile-head">
          <h2 id={id}>{label}</h2>
          {rule && <HelpMark label={label} rule={rule} />}
          {items.length > 0 && !isWall && (
            <Dropdown trigger={["click"]} menu={{ items, onClick: act }} placement="bottomRight">
              <Button
                type="text"
                size="small"
                className="tile-more"
                icon={<MoreOutlined aria-hidden="true" />}
                aria-label={t("tileMore", { label })}
              />
            </Dropdown>
          )}
        </header>
      )}
      {/* Where nothing in it takes the keys, they scroll it. */}
      <div className="tile-body" {...(isStill ? { tabIndex: 0 } : {})}>
        {isSeen && body(false)}
      </div>
      {isLarge && (
        <Modal open title={label} footer={null} onCancel={() => setLarge(false)} width="min(1400px, 96vw)" centered>
          <div className={`tile-large of-${tile.kind} draws-${tile.draw}`}>{body(true)}</div>
        </Modal>
      )}
    </section>
  );
}
