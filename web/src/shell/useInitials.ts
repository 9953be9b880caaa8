/** Finding Chinese labels by their letters: whole words, pinyin, or its initials. The dictionary loads when it is needed. */
import { useEffect, useState } from "react";

type Match = (text: string, typed: string) => boolean;

let loaded: Match | null = null;

function plain(text: string, typed: string): boolean {
  return text.toLowerCase().includes(typed.toLowerCase());
}

/** Whether a label fits what was typed. */
export function useInitials(typed: string): (label: string) => boolean {
  const [match, setMatch] = useState<Match>(() => loaded ?? plain);
  useEffect(() => {
    if (loaded || !/^[a-z]/i.test(typed)) return undefined;
    let isThere = true;
    void import("pinyin-pro").then(({ match: byPinyin }) => {
      loaded = (text, letters) => plain(text, letters) || byPinyin(text, letters.toLowerCase()) !== null;
      if (isThere) setMatch(() => loaded ?? plain);
    });
    return () => {
      isThere = false;
    };
  }, [typed]);
  return (label) => typed === "" || match(label, typed);
}
