/** Whether activity and files stand beside the record: rows need the room more than they do. Kept in this browser. */
import { useState } from "react";

/** From here on there is room for rows and activity side by side. */
const WIDE = 1680;

export function useSide(hasLines: boolean): [boolean, () => void] {
  const place = `onebook.side.${hasLines ? "rows" : "plain"}`;
  const [isOpen, setOpen] = useState(
    () => (localStorage.getItem(place) ?? (!hasLines || window.innerWidth >= WIDE ? "open" : "closed")) === "open",
  );
  const toggle = () => {
    localStorage.setItem(place, isOpen ? "closed" : "open");
    setOpen(!isOpen);
  };
  return [isOpen, toggle];
}
